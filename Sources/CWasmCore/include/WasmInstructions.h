// The instruction table: one row per WebAssembly instruction. Everything that has to know an instruction reads its row:
// the decoder and the validator (shape, immediates, types), the translator (first internal operation), the disassembler
// (name) and the handlers (the expression that computes it).
//
// A row's code is its opcode; instructions behind the prefix 0xFC have 0x100 added to their sub-opcode, those behind 0xFD
// 0x200: they are in WasmVectorInstructions.h.
// In the expressions x and y are the operands and, where the row is a statement, v the result. `uint32_t` rows see their
// operands as 32 bits, `uint64_t` rows as 64. TRAP(reason) leaves the handler.
//
// To add an instruction: add its row here. A new family also needs its forms (WasmOperations.h) and its handlers.
#ifndef WASM_INSTRUCTIONS_H
#define WASM_INSTRUCTIONS_H

#include "WasmVectorInstructions.h"

// Value types, as the binary format writes them.
#define WASM_I32 0x7F
#define WASM_I64 0x7E
#define WASM_F32 0x7D
#define WASM_F64 0x7C
#define WASM_V128 0x7B
#define WASM_FUNCREF 0x70
#define WASM_EXTERNREF 0x6F

// X(code, id, name, operand type, COMMUTATIVE or ORDERED, C type, statement)
#define WASM_INT_ARITHMETIC(X) \
    X(0x6A, i32_add, "i32.add", WASM_I32, COMMUTATIVE, uint32_t, v = x + y) \
    X(0x6B, i32_sub, "i32.sub", WASM_I32, ORDERED, uint32_t, v = x - y) \
    X(0x6C, i32_mul, "i32.mul", WASM_I32, COMMUTATIVE, uint32_t, v = x * y) \
    X(0x71, i32_and, "i32.and", WASM_I32, COMMUTATIVE, uint32_t, v = x & y) \
    X(0x72, i32_or, "i32.or", WASM_I32, COMMUTATIVE, uint32_t, v = x | y) \
    X(0x73, i32_xor, "i32.xor", WASM_I32, COMMUTATIVE, uint32_t, v = x ^ y) \
    X(0x74, i32_shl, "i32.shl", WASM_I32, ORDERED, uint32_t, v = x << (y & 31)) \
    X(0x75, i32_shr_s, "i32.shr_s", WASM_I32, ORDERED, uint32_t, v = (uint32_t)((int32_t)x >> (y & 31))) \
    X(0x76, i32_shr_u, "i32.shr_u", WASM_I32, ORDERED, uint32_t, v = x >> (y & 31)) \
    X(0x77, i32_rotl, "i32.rotl", WASM_I32, ORDERED, uint32_t, v = (x << (y & 31)) | (x >> (-y & 31))) \
    X(0x78, i32_rotr, "i32.rotr", WASM_I32, ORDERED, uint32_t, v = (x >> (y & 31)) | (x << (-y & 31))) \
    X(0x7C, i64_add, "i64.add", WASM_I64, COMMUTATIVE, uint64_t, v = x + y) \
    X(0x7D, i64_sub, "i64.sub", WASM_I64, ORDERED, uint64_t, v = x - y) \
    X(0x7E, i64_mul, "i64.mul", WASM_I64, COMMUTATIVE, uint64_t, v = x * y) \
    X(0x83, i64_and, "i64.and", WASM_I64, COMMUTATIVE, uint64_t, v = x & y) \
    X(0x84, i64_or, "i64.or", WASM_I64, COMMUTATIVE, uint64_t, v = x | y) \
    X(0x85, i64_xor, "i64.xor", WASM_I64, COMMUTATIVE, uint64_t, v = x ^ y) \
    X(0x86, i64_shl, "i64.shl", WASM_I64, ORDERED, uint64_t, v = x << (y & 63)) \
    X(0x87, i64_shr_s, "i64.shr_s", WASM_I64, ORDERED, uint64_t, v = (uint64_t)((int64_t)x >> (y & 63))) \
    X(0x88, i64_shr_u, "i64.shr_u", WASM_I64, ORDERED, uint64_t, v = x >> (y & 63)) \
    X(0x89, i64_rotl, "i64.rotl", WASM_I64, ORDERED, uint64_t, v = (x << (y & 63)) | (x >> (-y & 63))) \
    X(0x8A, i64_rotr, "i64.rotr", WASM_I64, ORDERED, uint64_t, v = (x >> (y & 63)) | (x << (-y & 63)))

// The same, for statements that can trap.
#define WASM_INT_DIVISION(X) \
    X(0x6D, i32_div_s, "i32.div_s", WASM_I32, ORDERED, uint32_t, if (!y) TRAP(DIVISION_BY_ZERO); \
      if (x == 0x80000000u && y == ~0u) TRAP(INTEGER_OVERFLOW); v = (uint32_t)((int32_t)x / (int32_t)y)) \
    X(0x6E, i32_div_u, "i32.div_u", WASM_I32, ORDERED, uint32_t, if (!y) TRAP(DIVISION_BY_ZERO); v = x / y) \
    X(0x6F, i32_rem_s, "i32.rem_s", WASM_I32, ORDERED, uint32_t, if (!y) TRAP(DIVISION_BY_ZERO); \
      v = y == ~0u ? 0 : (uint32_t)((int32_t)x % (int32_t)y)) \
    X(0x70, i32_rem_u, "i32.rem_u", WASM_I32, ORDERED, uint32_t, if (!y) TRAP(DIVISION_BY_ZERO); v = x % y) \
    X(0x7F, i64_div_s, "i64.div_s", WASM_I64, ORDERED, uint64_t, if (!y) TRAP(DIVISION_BY_ZERO); \
      if (x == 1ull << 63 && y == ~0ull) TRAP(INTEGER_OVERFLOW); v = (uint64_t)((int64_t)x / (int64_t)y)) \
    X(0x80, i64_div_u, "i64.div_u", WASM_I64, ORDERED, uint64_t, if (!y) TRAP(DIVISION_BY_ZERO); v = x / y) \
    X(0x81, i64_rem_s, "i64.rem_s", WASM_I64, ORDERED, uint64_t, if (!y) TRAP(DIVISION_BY_ZERO); \
      v = y == ~0ull ? 0 : (uint64_t)((int64_t)x % (int64_t)y)) \
    X(0x82, i64_rem_u, "i64.rem_u", WASM_I64, ORDERED, uint64_t, if (!y) TRAP(DIVISION_BY_ZERO); v = x % y)

#define WASM_INT_BINARY(X) WASM_INT_ARITHMETIC(X) WASM_INT_DIVISION(X)

// X(code, id, name, operand type, COMMUTATIVE or ORDERED, C type, id of the negated comparison, expression)
#define WASM_INT_COMPARE(X) \
    X(0x46, i32_eq, "i32.eq", WASM_I32, COMMUTATIVE, uint32_t, i32_ne, x == y) \
    X(0x47, i32_ne, "i32.ne", WASM_I32, COMMUTATIVE, uint32_t, i32_eq, x != y) \
    X(0x48, i32_lt_s, "i32.lt_s", WASM_I32, ORDERED, uint32_t, i32_ge_s, (int32_t)x < (int32_t)y) \
    X(0x49, i32_lt_u, "i32.lt_u", WASM_I32, ORDERED, uint32_t, i32_ge_u, x < y) \
    X(0x4A, i32_gt_s, "i32.gt_s", WASM_I32, ORDERED, uint32_t, i32_le_s, (int32_t)x > (int32_t)y) \
    X(0x4B, i32_gt_u, "i32.gt_u", WASM_I32, ORDERED, uint32_t, i32_le_u, x > y) \
    X(0x4C, i32_le_s, "i32.le_s", WASM_I32, ORDERED, uint32_t, i32_gt_s, (int32_t)x <= (int32_t)y) \
    X(0x4D, i32_le_u, "i32.le_u", WASM_I32, ORDERED, uint32_t, i32_gt_u, x <= y) \
    X(0x4E, i32_ge_s, "i32.ge_s", WASM_I32, ORDERED, uint32_t, i32_lt_s, (int32_t)x >= (int32_t)y) \
    X(0x4F, i32_ge_u, "i32.ge_u", WASM_I32, ORDERED, uint32_t, i32_lt_u, x >= y) \
    X(0x51, i64_eq, "i64.eq", WASM_I64, COMMUTATIVE, uint64_t, i64_ne, x == y) \
    X(0x52, i64_ne, "i64.ne", WASM_I64, COMMUTATIVE, uint64_t, i64_eq, x != y) \
    X(0x53, i64_lt_s, "i64.lt_s", WASM_I64, ORDERED, uint64_t, i64_ge_s, (int64_t)x < (int64_t)y) \
    X(0x54, i64_lt_u, "i64.lt_u", WASM_I64, ORDERED, uint64_t, i64_ge_u, x < y) \
    X(0x55, i64_gt_s, "i64.gt_s", WASM_I64, ORDERED, uint64_t, i64_le_s, (int64_t)x > (int64_t)y) \
    X(0x56, i64_gt_u, "i64.gt_u", WASM_I64, ORDERED, uint64_t, i64_le_u, x > y) \
    X(0x57, i64_le_s, "i64.le_s", WASM_I64, ORDERED, uint64_t, i64_gt_s, (int64_t)x <= (int64_t)y) \
    X(0x58, i64_le_u, "i64.le_u", WASM_I64, ORDERED, uint64_t, i64_gt_u, x <= y) \
    X(0x59, i64_ge_s, "i64.ge_s", WASM_I64, ORDERED, uint64_t, i64_lt_s, (int64_t)x >= (int64_t)y) \
    X(0x5A, i64_ge_u, "i64.ge_u", WASM_I64, ORDERED, uint64_t, i64_lt_u, x >= y)

// X(code, id, name, operand type, result type, feature, expression over the 64 bits of x)
#define WASM_INT_UNARY(X) \
    X(0x45, i32_eqz, "i32.eqz", WASM_I32, WASM_I32, MVP, (uint32_t)x == 0) \
    X(0x50, i64_eqz, "i64.eqz", WASM_I64, WASM_I32, MVP, x == 0) \
    X(0x67, i32_clz, "i32.clz", WASM_I32, WASM_I32, MVP, (uint32_t)x ? __builtin_clz((uint32_t)x) : 32) \
    X(0x68, i32_ctz, "i32.ctz", WASM_I32, WASM_I32, MVP, (uint32_t)x ? __builtin_ctz((uint32_t)x) : 32) \
    X(0x69, i32_popcnt, "i32.popcnt", WASM_I32, WASM_I32, MVP, __builtin_popcount((uint32_t)x)) \
    X(0x79, i64_clz, "i64.clz", WASM_I64, WASM_I64, MVP, x ? __builtin_clzll(x) : 64) \
    X(0x7A, i64_ctz, "i64.ctz", WASM_I64, WASM_I64, MVP, x ? __builtin_ctzll(x) : 64) \
    X(0x7B, i64_popcnt, "i64.popcnt", WASM_I64, WASM_I64, MVP, __builtin_popcountll(x)) \
    X(0xA7, i32_wrap_i64, "i32.wrap_i64", WASM_I64, WASM_I32, MVP, (uint32_t)x) \
    X(0xAC, i64_extend_i32_s, "i64.extend_i32_s", WASM_I32, WASM_I64, MVP, (int64_t)(int32_t)x) \
    X(0xAD, i64_extend_i32_u, "i64.extend_i32_u", WASM_I32, WASM_I64, MVP, (uint32_t)x) \
    X(0xC0, i32_extend8_s, "i32.extend8_s", WASM_I32, WASM_I32, SIGN_EXTENSION, (uint32_t)(int32_t)(int8_t)x) \
    X(0xC1, i32_extend16_s, "i32.extend16_s", WASM_I32, WASM_I32, SIGN_EXTENSION, (uint32_t)(int32_t)(int16_t)x) \
    X(0xC2, i64_extend8_s, "i64.extend8_s", WASM_I64, WASM_I64, SIGN_EXTENSION, (int64_t)(int8_t)x) \
    X(0xC3, i64_extend16_s, "i64.extend16_s", WASM_I64, WASM_I64, SIGN_EXTENSION, (int64_t)(int16_t)x) \
    X(0xC4, i64_extend32_s, "i64.extend32_s", WASM_I64, WASM_I64, SIGN_EXTENSION, (int64_t)(int32_t)x)

// X(code, id, name, type, COMMUTATIVE or ORDERED, C type, expression); arithmetic results are canonical where they are NaN,
// copysign's are not.
#define WASM_FLOAT_BINARY(X) \
    X(0x92, f32_add, "f32.add", WASM_F32, COMMUTATIVE, float, CANONICAL_F32(x + y)) \
    X(0x93, f32_sub, "f32.sub", WASM_F32, ORDERED, float, CANONICAL_F32(x - y)) \
    X(0x94, f32_mul, "f32.mul", WASM_F32, COMMUTATIVE, float, CANONICAL_F32(x * y)) \
    X(0x95, f32_div, "f32.div", WASM_F32, ORDERED, float, CANONICAL_F32(x / y)) \
    X(0x96, f32_min, "f32.min", WASM_F32, COMMUTATIVE, float, f32_minimum(x, y)) \
    X(0x97, f32_max, "f32.max", WASM_F32, COMMUTATIVE, float, f32_maximum(x, y)) \
    X(0x98, f32_copysign, "f32.copysign", WASM_F32, ORDERED, float, __builtin_copysignf(x, y)) \
    X(0xA0, f64_add, "f64.add", WASM_F64, COMMUTATIVE, double, CANONICAL_F64(x + y)) \
    X(0xA1, f64_sub, "f64.sub", WASM_F64, ORDERED, double, CANONICAL_F64(x - y)) \
    X(0xA2, f64_mul, "f64.mul", WASM_F64, COMMUTATIVE, double, CANONICAL_F64(x * y)) \
    X(0xA3, f64_div, "f64.div", WASM_F64, ORDERED, double, CANONICAL_F64(x / y)) \
    X(0xA4, f64_min, "f64.min", WASM_F64, COMMUTATIVE, double, f64_minimum(x, y)) \
    X(0xA5, f64_max, "f64.max", WASM_F64, COMMUTATIVE, double, f64_maximum(x, y)) \
    X(0xA6, f64_copysign, "f64.copysign", WASM_F64, ORDERED, double, __builtin_copysign(x, y))

// X(code, id, name, operand type, C type, expression)
#define WASM_FLOAT_COMPARE(X) \
    X(0x5B, f32_eq, "f32.eq", WASM_F32, float, x == y) \
    X(0x5C, f32_ne, "f32.ne", WASM_F32, float, x != y) \
    X(0x5D, f32_lt, "f32.lt", WASM_F32, float, x < y) \
    X(0x5E, f32_gt, "f32.gt", WASM_F32, float, x > y) \
    X(0x5F, f32_le, "f32.le", WASM_F32, float, x <= y) \
    X(0x60, f32_ge, "f32.ge", WASM_F32, float, x >= y) \
    X(0x61, f64_eq, "f64.eq", WASM_F64, double, x == y) \
    X(0x62, f64_ne, "f64.ne", WASM_F64, double, x != y) \
    X(0x63, f64_lt, "f64.lt", WASM_F64, double, x < y) \
    X(0x64, f64_gt, "f64.gt", WASM_F64, double, x > y) \
    X(0x65, f64_le, "f64.le", WASM_F64, double, x <= y) \
    X(0x66, f64_ge, "f64.ge", WASM_F64, double, x >= y)

// X(code, id, name, operand type, result type, operand C type, result C type, expression)
#define WASM_FLOAT_UNARY(X) \
    X(0x8B, f32_abs, "f32.abs", WASM_F32, WASM_F32, float, float, __builtin_fabsf(x)) \
    X(0x8C, f32_neg, "f32.neg", WASM_F32, WASM_F32, float, float, -x) \
    X(0x8D, f32_ceil, "f32.ceil", WASM_F32, WASM_F32, float, float, CANONICAL_F32(f32_ceiling(x))) \
    X(0x8E, f32_floor, "f32.floor", WASM_F32, WASM_F32, float, float, CANONICAL_F32(f32_floored(x))) \
    X(0x8F, f32_trunc, "f32.trunc", WASM_F32, WASM_F32, float, float, CANONICAL_F32(f32_truncated(x))) \
    X(0x90, f32_nearest, "f32.nearest", WASM_F32, WASM_F32, float, float, CANONICAL_F32(f32_rounded(x))) \
    X(0x91, f32_sqrt, "f32.sqrt", WASM_F32, WASM_F32, float, float, CANONICAL_F32(__builtin_elementwise_sqrt(x))) \
    X(0x99, f64_abs, "f64.abs", WASM_F64, WASM_F64, double, double, __builtin_fabs(x)) \
    X(0x9A, f64_neg, "f64.neg", WASM_F64, WASM_F64, double, double, -x) \
    X(0x9B, f64_ceil, "f64.ceil", WASM_F64, WASM_F64, double, double, CANONICAL_F64(f64_ceiling(x))) \
    X(0x9C, f64_floor, "f64.floor", WASM_F64, WASM_F64, double, double, CANONICAL_F64(f64_floored(x))) \
    X(0x9D, f64_trunc, "f64.trunc", WASM_F64, WASM_F64, double, double, CANONICAL_F64(f64_truncated(x))) \
    X(0x9E, f64_nearest, "f64.nearest", WASM_F64, WASM_F64, double, double, CANONICAL_F64(f64_rounded(x))) \
    X(0x9F, f64_sqrt, "f64.sqrt", WASM_F64, WASM_F64, double, double, CANONICAL_F64(__builtin_elementwise_sqrt(x))) \
    X(0xB6, f32_demote_f64, "f32.demote_f64", WASM_F64, WASM_F32, double, float, CANONICAL_F32((float)x)) \
    X(0xBB, f64_promote_f32, "f64.promote_f32", WASM_F32, WASM_F64, float, double, CANONICAL_F64((double)x))

// X(code, id, name, operand type, result type, result C type, expression over the 64 bits of x)
#define WASM_INT_TO_FLOAT(X) \
    X(0xB2, f32_convert_i32_s, "f32.convert_i32_s", WASM_I32, WASM_F32, float, (float)(int32_t)x) \
    X(0xB3, f32_convert_i32_u, "f32.convert_i32_u", WASM_I32, WASM_F32, float, (float)(uint32_t)x) \
    X(0xB4, f32_convert_i64_s, "f32.convert_i64_s", WASM_I64, WASM_F32, float, (float)(int64_t)x) \
    X(0xB5, f32_convert_i64_u, "f32.convert_i64_u", WASM_I64, WASM_F32, float, (float)x) \
    X(0xB7, f64_convert_i32_s, "f64.convert_i32_s", WASM_I32, WASM_F64, double, (double)(int32_t)x) \
    X(0xB8, f64_convert_i32_u, "f64.convert_i32_u", WASM_I32, WASM_F64, double, (double)(uint32_t)x) \
    X(0xB9, f64_convert_i64_s, "f64.convert_i64_s", WASM_I64, WASM_F64, double, (double)(int64_t)x) \
    X(0xBA, f64_convert_i64_u, "f64.convert_i64_u", WASM_I64, WASM_F64, double, (double)x) \
    X(0xBE, f32_reinterpret_i32, "f32.reinterpret_i32", WASM_I32, WASM_F32, float, f32_from_bits((uint32_t)x)) \
    X(0xBF, f64_reinterpret_i64, "f64.reinterpret_i64", WASM_I64, WASM_F64, double, f64_from_bits(x))

// X(code, id, name, operand type, result type, feature, operand C type, statement)
#define WASM_FLOAT_TO_INT(X) \
    X(0xA8, i32_trunc_f32_s, "i32.trunc_f32_s", WASM_F32, WASM_I32, MVP, float, \
      CHECK_RANGE(x >= -2147483648.0f && x < 2147483648.0f); v = (uint32_t)(int32_t)x) \
    X(0xA9, i32_trunc_f32_u, "i32.trunc_f32_u", WASM_F32, WASM_I32, MVP, float, \
      CHECK_RANGE(x > -1.0f && x < 4294967296.0f); v = (uint32_t)x) \
    X(0xAA, i32_trunc_f64_s, "i32.trunc_f64_s", WASM_F64, WASM_I32, MVP, double, \
      CHECK_RANGE(x > -2147483649.0 && x < 2147483648.0); v = (uint32_t)(int32_t)x) \
    X(0xAB, i32_trunc_f64_u, "i32.trunc_f64_u", WASM_F64, WASM_I32, MVP, double, \
      CHECK_RANGE(x > -1.0 && x < 4294967296.0); v = (uint32_t)x) \
    X(0xAE, i64_trunc_f32_s, "i64.trunc_f32_s", WASM_F32, WASM_I64, MVP, float, \
      CHECK_RANGE(x >= -0x1p63f && x < 0x1p63f); v = (uint64_t)(int64_t)x) \
    X(0xAF, i64_trunc_f32_u, "i64.trunc_f32_u", WASM_F32, WASM_I64, MVP, float, \
      CHECK_RANGE(x > -1.0f && x < 0x1p64f); v = (uint64_t)x) \
    X(0xB0, i64_trunc_f64_s, "i64.trunc_f64_s", WASM_F64, WASM_I64, MVP, double, \
      CHECK_RANGE(x >= -0x1p63 && x < 0x1p63); v = (uint64_t)(int64_t)x) \
    X(0xB1, i64_trunc_f64_u, "i64.trunc_f64_u", WASM_F64, WASM_I64, MVP, double, \
      CHECK_RANGE(x > -1.0 && x < 0x1p64); v = (uint64_t)x) \
    X(0xBC, i32_reinterpret_f32, "i32.reinterpret_f32", WASM_F32, WASM_I32, MVP, float, v = f32_bits(x)) \
    X(0xBD, i64_reinterpret_f64, "i64.reinterpret_f64", WASM_F64, WASM_I64, MVP, double, v = f64_bits(x)) \
    X(0x100, i32_trunc_sat_f32_s, "i32.trunc_sat_f32_s", WASM_F32, WASM_I32, SATURATING, float, \
      v = (uint32_t)SATURATED(int32_t, x >= -2147483648.0f, x < 2147483648.0f, INT32_MIN, INT32_MAX)) \
    X(0x101, i32_trunc_sat_f32_u, "i32.trunc_sat_f32_u", WASM_F32, WASM_I32, SATURATING, float, \
      v = SATURATED(uint32_t, x > -1.0f, x < 4294967296.0f, 0, UINT32_MAX)) \
    X(0x102, i32_trunc_sat_f64_s, "i32.trunc_sat_f64_s", WASM_F64, WASM_I32, SATURATING, double, \
      v = (uint32_t)SATURATED(int32_t, x > -2147483649.0, x < 2147483648.0, INT32_MIN, INT32_MAX)) \
    X(0x103, i32_trunc_sat_f64_u, "i32.trunc_sat_f64_u", WASM_F64, WASM_I32, SATURATING, double, \
      v = SATURATED(uint32_t, x > -1.0, x < 4294967296.0, 0, UINT32_MAX)) \
    X(0x104, i64_trunc_sat_f32_s, "i64.trunc_sat_f32_s", WASM_F32, WASM_I64, SATURATING, float, \
      v = (uint64_t)SATURATED(int64_t, x >= -0x1p63f, x < 0x1p63f, INT64_MIN, INT64_MAX)) \
    X(0x105, i64_trunc_sat_f32_u, "i64.trunc_sat_f32_u", WASM_F32, WASM_I64, SATURATING, float, \
      v = SATURATED(uint64_t, x > -1.0f, x < 0x1p64f, 0, UINT64_MAX)) \
    X(0x106, i64_trunc_sat_f64_s, "i64.trunc_sat_f64_s", WASM_F64, WASM_I64, SATURATING, double, \
      v = (uint64_t)SATURATED(int64_t, x >= -0x1p63, x < 0x1p63, INT64_MIN, INT64_MAX)) \
    X(0x107, i64_trunc_sat_f64_u, "i64.trunc_sat_f64_u", WASM_F64, WASM_I64, SATURATING, double, \
      v = SATURATED(uint64_t, x > -1.0, x < 0x1p64, 0, UINT64_MAX))

// X(code, id, name, result type, C type in memory, C type it is widened through, log2 of its bytes)
#define WASM_INT_LOAD(X) \
    X(0x28, i32_load, "i32.load", WASM_I32, uint32_t, uint32_t, 2) \
    X(0x29, i64_load, "i64.load", WASM_I64, uint64_t, uint64_t, 3) \
    X(0x2C, i32_load8_s, "i32.load8_s", WASM_I32, int8_t, uint32_t, 0) \
    X(0x2D, i32_load8_u, "i32.load8_u", WASM_I32, uint8_t, uint32_t, 0) \
    X(0x2E, i32_load16_s, "i32.load16_s", WASM_I32, int16_t, uint32_t, 1) \
    X(0x2F, i32_load16_u, "i32.load16_u", WASM_I32, uint16_t, uint32_t, 1) \
    X(0x30, i64_load8_s, "i64.load8_s", WASM_I64, int8_t, uint64_t, 0) \
    X(0x31, i64_load8_u, "i64.load8_u", WASM_I64, uint8_t, uint64_t, 0) \
    X(0x32, i64_load16_s, "i64.load16_s", WASM_I64, int16_t, uint64_t, 1) \
    X(0x33, i64_load16_u, "i64.load16_u", WASM_I64, uint16_t, uint64_t, 1) \
    X(0x34, i64_load32_s, "i64.load32_s", WASM_I64, int32_t, uint64_t, 2) \
    X(0x35, i64_load32_u, "i64.load32_u", WASM_I64, uint32_t, uint64_t, 2)

// X(code, id, name, result type, C type, log2 of its bytes)
#define WASM_FLOAT_LOAD(X) \
    X(0x2A, f32_load, "f32.load", WASM_F32, float, 2) \
    X(0x2B, f64_load, "f64.load", WASM_F64, double, 3)

// X(code, id, name, operand type, C type in memory, log2 of its bytes)
#define WASM_INT_STORE(X) \
    X(0x36, i32_store, "i32.store", WASM_I32, uint32_t, 2) \
    X(0x37, i64_store, "i64.store", WASM_I64, uint64_t, 3) \
    X(0x3A, i32_store8, "i32.store8", WASM_I32, uint8_t, 0) \
    X(0x3B, i32_store16, "i32.store16", WASM_I32, uint16_t, 1) \
    X(0x3C, i64_store8, "i64.store8", WASM_I64, uint8_t, 0) \
    X(0x3D, i64_store16, "i64.store16", WASM_I64, uint16_t, 1) \
    X(0x3E, i64_store32, "i64.store32", WASM_I64, uint32_t, 2)

// X(code, id, name, operand type, C type, log2 of its bytes)
#define WASM_FLOAT_STORE(X) \
    X(0x38, f32_store, "f32.store", WASM_F32, float, 2) \
    X(0x39, f64_store, "f64.store", WASM_F64, double, 3)

// Everything whose types or control flow are its own affair: X(code, id, name, immediates, feature)
#define WASM_SPECIAL(X) \
    X(0x00, unreachable, "unreachable", NONE, MVP) \
    X(0x01, nop, "nop", NONE, MVP) \
    X(0x02, block, "block", BLOCK, MVP) \
    X(0x03, loop, "loop", BLOCK, MVP) \
    X(0x04, if, "if", BLOCK, MVP) \
    X(0x05, else, "else", NONE, MVP) \
    X(0x08, throw, "throw", INDEX, EXCEPTIONS) \
    X(0x0A, throw_ref, "throw_ref", NONE, EXCEPTIONS) \
    X(0x1F, try_table, "try_table", TRY_TABLE, EXCEPTIONS) \
    X(0x0B, end, "end", NONE, MVP) \
    X(0x0C, br, "br", INDEX, MVP) \
    X(0x0D, br_if, "br_if", INDEX, MVP) \
    X(0x0E, br_table, "br_table", BRANCH_TABLE, MVP) \
    X(0x0F, return, "return", NONE, MVP) \
    X(0x10, call, "call", INDEX, MVP) \
    X(0x11, call_indirect, "call_indirect", TWO_INDICES, MVP) \
    X(0x12, return_call, "return_call", INDEX, TAIL_CALL) \
    X(0x13, return_call_indirect, "return_call_indirect", TWO_INDICES, TAIL_CALL) \
    X(0x1A, drop, "drop", NONE, MVP) \
    X(0x1B, select, "select", NONE, MVP) \
    X(0x1C, select_typed, "select", TYPES, REFERENCE_TYPES) \
    X(0x20, local_get, "local.get", INDEX, MVP) \
    X(0x21, local_set, "local.set", INDEX, MVP) \
    X(0x22, local_tee, "local.tee", INDEX, MVP) \
    X(0x23, global_get, "global.get", INDEX, MVP) \
    X(0x24, global_set, "global.set", INDEX, MVP) \
    X(0x25, table_get, "table.get", INDEX, REFERENCE_TYPES) \
    X(0x26, table_set, "table.set", INDEX, REFERENCE_TYPES) \
    X(0x3F, memory_size, "memory.size", INDEX, MVP) \
    X(0x40, memory_grow, "memory.grow", INDEX, MVP) \
    X(0x41, i32_const, "i32.const", I32, MVP) \
    X(0x42, i64_const, "i64.const", I64, MVP) \
    X(0x43, f32_const, "f32.const", F32, MVP) \
    X(0x44, f64_const, "f64.const", F64, MVP) \
    X(0xD0, ref_null, "ref.null", REFERENCE_TYPE, REFERENCE_TYPES) \
    X(0xD1, ref_is_null, "ref.is_null", NONE, REFERENCE_TYPES) \
    X(0xD2, ref_func, "ref.func", INDEX, REFERENCE_TYPES) \
    X(0x108, memory_init, "memory.init", TWO_INDICES, BULK) \
    X(0x109, data_drop, "data.drop", INDEX, BULK) \
    X(0x10A, memory_copy, "memory.copy", TWO_INDICES, BULK) \
    X(0x10B, memory_fill, "memory.fill", INDEX, BULK) \
    X(0x10C, table_init, "table.init", TWO_INDICES, BULK) \
    X(0x10D, elem_drop, "elem.drop", INDEX, BULK) \
    X(0x10E, table_copy, "table.copy", TWO_INDICES, BULK) \
    X(0x10F, table_grow, "table.grow", INDEX, REFERENCE_TYPES) \
    X(0x110, table_size, "table.size", INDEX, REFERENCE_TYPES) \
    X(0x111, table_fill, "table.fill", INDEX, REFERENCE_TYPES)

/// How many codes there are: one-byte opcodes, then those behind 0xFC, then those behind 0xFD.
#define WASM_INSTRUCTION_COUNT 0x320

#endif
