// The rows of the instruction table behind the prefix 0xFD: vectors of 128 bits. A row's code is its sub-opcode plus 0x200.
//
// Expressions see their operands as the lanes that the row names (VectorLanes.h) and may give lanes of any kind. What
// arithmetic on floats gives is canonical where it is NaN; what only moves bits is not.
#ifndef WASM_VECTOR_INSTRUCTIONS_H
#define WASM_VECTOR_INSTRUCTIONS_H

// X(code, id, name, COMMUTATIVE or ORDERED, feature, lanes of x and y, expression)
#define WASM_VECTOR_BINARY(X) \
    X(0x20E, i8x16_swizzle, "i8x16.swizzle", ORDERED, SIMD, u8x16, swizzled(x, y)) \
    X(0x223, i8x16_eq, "i8x16.eq", COMMUTATIVE, SIMD, u8x16, x == y) \
    X(0x224, i8x16_ne, "i8x16.ne", COMMUTATIVE, SIMD, u8x16, x != y) \
    X(0x225, i8x16_lt_s, "i8x16.lt_s", ORDERED, SIMD, s8x16, x < y) \
    X(0x226, i8x16_lt_u, "i8x16.lt_u", ORDERED, SIMD, u8x16, x < y) \
    X(0x227, i8x16_gt_s, "i8x16.gt_s", ORDERED, SIMD, s8x16, x > y) \
    X(0x228, i8x16_gt_u, "i8x16.gt_u", ORDERED, SIMD, u8x16, x > y) \
    X(0x229, i8x16_le_s, "i8x16.le_s", ORDERED, SIMD, s8x16, x <= y) \
    X(0x22A, i8x16_le_u, "i8x16.le_u", ORDERED, SIMD, u8x16, x <= y) \
    X(0x22B, i8x16_ge_s, "i8x16.ge_s", ORDERED, SIMD, s8x16, x >= y) \
    X(0x22C, i8x16_ge_u, "i8x16.ge_u", ORDERED, SIMD, u8x16, x >= y) \
    X(0x22D, i16x8_eq, "i16x8.eq", COMMUTATIVE, SIMD, u16x8, x == y) \
    X(0x22E, i16x8_ne, "i16x8.ne", COMMUTATIVE, SIMD, u16x8, x != y) \
    X(0x22F, i16x8_lt_s, "i16x8.lt_s", ORDERED, SIMD, s16x8, x < y) \
    X(0x230, i16x8_lt_u, "i16x8.lt_u", ORDERED, SIMD, u16x8, x < y) \
    X(0x231, i16x8_gt_s, "i16x8.gt_s", ORDERED, SIMD, s16x8, x > y) \
    X(0x232, i16x8_gt_u, "i16x8.gt_u", ORDERED, SIMD, u16x8, x > y) \
    X(0x233, i16x8_le_s, "i16x8.le_s", ORDERED, SIMD, s16x8, x <= y) \
    X(0x234, i16x8_le_u, "i16x8.le_u", ORDERED, SIMD, u16x8, x <= y) \
    X(0x235, i16x8_ge_s, "i16x8.ge_s", ORDERED, SIMD, s16x8, x >= y) \
    X(0x236, i16x8_ge_u, "i16x8.ge_u", ORDERED, SIMD, u16x8, x >= y) \
    X(0x237, i32x4_eq, "i32x4.eq", COMMUTATIVE, SIMD, u32x4, x == y) \
    X(0x238, i32x4_ne, "i32x4.ne", COMMUTATIVE, SIMD, u32x4, x != y) \
    X(0x239, i32x4_lt_s, "i32x4.lt_s", ORDERED, SIMD, s32x4, x < y) \
    X(0x23A, i32x4_lt_u, "i32x4.lt_u", ORDERED, SIMD, u32x4, x < y) \
    X(0x23B, i32x4_gt_s, "i32x4.gt_s", ORDERED, SIMD, s32x4, x > y) \
    X(0x23C, i32x4_gt_u, "i32x4.gt_u", ORDERED, SIMD, u32x4, x > y) \
    X(0x23D, i32x4_le_s, "i32x4.le_s", ORDERED, SIMD, s32x4, x <= y) \
    X(0x23E, i32x4_le_u, "i32x4.le_u", ORDERED, SIMD, u32x4, x <= y) \
    X(0x23F, i32x4_ge_s, "i32x4.ge_s", ORDERED, SIMD, s32x4, x >= y) \
    X(0x240, i32x4_ge_u, "i32x4.ge_u", ORDERED, SIMD, u32x4, x >= y) \
    X(0x241, f32x4_eq, "f32x4.eq", COMMUTATIVE, SIMD, f32x4, x == y) \
    X(0x242, f32x4_ne, "f32x4.ne", COMMUTATIVE, SIMD, f32x4, x != y) \
    X(0x243, f32x4_lt, "f32x4.lt", ORDERED, SIMD, f32x4, x < y) \
    X(0x244, f32x4_gt, "f32x4.gt", ORDERED, SIMD, f32x4, x > y) \
    X(0x245, f32x4_le, "f32x4.le", ORDERED, SIMD, f32x4, x <= y) \
    X(0x246, f32x4_ge, "f32x4.ge", ORDERED, SIMD, f32x4, x >= y) \
    X(0x247, f64x2_eq, "f64x2.eq", COMMUTATIVE, SIMD, f64x2, x == y) \
    X(0x248, f64x2_ne, "f64x2.ne", COMMUTATIVE, SIMD, f64x2, x != y) \
    X(0x249, f64x2_lt, "f64x2.lt", ORDERED, SIMD, f64x2, x < y) \
    X(0x24A, f64x2_gt, "f64x2.gt", ORDERED, SIMD, f64x2, x > y) \
    X(0x24B, f64x2_le, "f64x2.le", ORDERED, SIMD, f64x2, x <= y) \
    X(0x24C, f64x2_ge, "f64x2.ge", ORDERED, SIMD, f64x2, x >= y) \
    X(0x24E, v128_and, "v128.and", COMMUTATIVE, SIMD, u64x2, x & y) \
    X(0x24F, v128_andnot, "v128.andnot", ORDERED, SIMD, u64x2, x & ~y) \
    X(0x250, v128_or, "v128.or", COMMUTATIVE, SIMD, u64x2, x | y) \
    X(0x251, v128_xor, "v128.xor", COMMUTATIVE, SIMD, u64x2, x ^ y) \
    X(0x265, i8x16_narrow_i16x8_s, "i8x16.narrow_i16x8_s", ORDERED, SIMD, s16x8, \
      NARROWED(x, y, s8x16, 16, INT8_MIN, INT8_MAX)) \
    X(0x266, i8x16_narrow_i16x8_u, "i8x16.narrow_i16x8_u", ORDERED, SIMD, s16x8, \
      NARROWED(x, y, u8x16, 16, 0, UINT8_MAX)) \
    X(0x26E, i8x16_add, "i8x16.add", COMMUTATIVE, SIMD, u8x16, x + y) \
    X(0x26F, i8x16_add_sat_s, "i8x16.add_sat_s", COMMUTATIVE, SIMD, s8x16, __builtin_elementwise_add_sat(x, y)) \
    X(0x270, i8x16_add_sat_u, "i8x16.add_sat_u", COMMUTATIVE, SIMD, u8x16, __builtin_elementwise_add_sat(x, y)) \
    X(0x271, i8x16_sub, "i8x16.sub", ORDERED, SIMD, u8x16, x - y) \
    X(0x272, i8x16_sub_sat_s, "i8x16.sub_sat_s", ORDERED, SIMD, s8x16, __builtin_elementwise_sub_sat(x, y)) \
    X(0x273, i8x16_sub_sat_u, "i8x16.sub_sat_u", ORDERED, SIMD, u8x16, __builtin_elementwise_sub_sat(x, y)) \
    X(0x276, i8x16_min_s, "i8x16.min_s", COMMUTATIVE, SIMD, s8x16, __builtin_elementwise_min(x, y)) \
    X(0x277, i8x16_min_u, "i8x16.min_u", COMMUTATIVE, SIMD, u8x16, __builtin_elementwise_min(x, y)) \
    X(0x278, i8x16_max_s, "i8x16.max_s", COMMUTATIVE, SIMD, s8x16, __builtin_elementwise_max(x, y)) \
    X(0x279, i8x16_max_u, "i8x16.max_u", COMMUTATIVE, SIMD, u8x16, __builtin_elementwise_max(x, y)) \
    X(0x27B, i8x16_avgr_u, "i8x16.avgr_u", COMMUTATIVE, SIMD, u8x16, average_u8x16(x, y)) \
    X(0x282, i16x8_q15mulr_sat_s, "i16x8.q15mulr_sat_s", COMMUTATIVE, SIMD, s16x8, q15_product(x, y)) \
    X(0x285, i16x8_narrow_i32x4_s, "i16x8.narrow_i32x4_s", ORDERED, SIMD, s32x4, \
      NARROWED(x, y, s16x8, 8, INT16_MIN, INT16_MAX)) \
    X(0x286, i16x8_narrow_i32x4_u, "i16x8.narrow_i32x4_u", ORDERED, SIMD, s32x4, \
      NARROWED(x, y, u16x8, 8, 0, UINT16_MAX)) \
    X(0x28E, i16x8_add, "i16x8.add", COMMUTATIVE, SIMD, u16x8, x + y) \
    X(0x28F, i16x8_add_sat_s, "i16x8.add_sat_s", COMMUTATIVE, SIMD, s16x8, __builtin_elementwise_add_sat(x, y)) \
    X(0x290, i16x8_add_sat_u, "i16x8.add_sat_u", COMMUTATIVE, SIMD, u16x8, __builtin_elementwise_add_sat(x, y)) \
    X(0x291, i16x8_sub, "i16x8.sub", ORDERED, SIMD, u16x8, x - y) \
    X(0x292, i16x8_sub_sat_s, "i16x8.sub_sat_s", ORDERED, SIMD, s16x8, __builtin_elementwise_sub_sat(x, y)) \
    X(0x293, i16x8_sub_sat_u, "i16x8.sub_sat_u", ORDERED, SIMD, u16x8, __builtin_elementwise_sub_sat(x, y)) \
    X(0x295, i16x8_mul, "i16x8.mul", COMMUTATIVE, SIMD, u16x8, x * y) \
    X(0x296, i16x8_min_s, "i16x8.min_s", COMMUTATIVE, SIMD, s16x8, __builtin_elementwise_min(x, y)) \
    X(0x297, i16x8_min_u, "i16x8.min_u", COMMUTATIVE, SIMD, u16x8, __builtin_elementwise_min(x, y)) \
    X(0x298, i16x8_max_s, "i16x8.max_s", COMMUTATIVE, SIMD, s16x8, __builtin_elementwise_max(x, y)) \
    X(0x299, i16x8_max_u, "i16x8.max_u", COMMUTATIVE, SIMD, u16x8, __builtin_elementwise_max(x, y)) \
    X(0x29B, i16x8_avgr_u, "i16x8.avgr_u", COMMUTATIVE, SIMD, u16x8, average_u16x8(x, y)) \
    X(0x29C, i16x8_extmul_low_i8x16_s, "i16x8.extmul_low_i8x16_s", COMMUTATIVE, SIMD, s8x16, \
      WIDENED(LOW_8(x), s16x8) * WIDENED(LOW_8(y), s16x8)) \
    X(0x29D, i16x8_extmul_high_i8x16_s, "i16x8.extmul_high_i8x16_s", COMMUTATIVE, SIMD, s8x16, \
      WIDENED(HIGH_8(x), s16x8) * WIDENED(HIGH_8(y), s16x8)) \
    X(0x29E, i16x8_extmul_low_i8x16_u, "i16x8.extmul_low_i8x16_u", COMMUTATIVE, SIMD, u8x16, \
      WIDENED(LOW_8(x), u16x8) * WIDENED(LOW_8(y), u16x8)) \
    X(0x29F, i16x8_extmul_high_i8x16_u, "i16x8.extmul_high_i8x16_u", COMMUTATIVE, SIMD, u8x16, \
      WIDENED(HIGH_8(x), u16x8) * WIDENED(HIGH_8(y), u16x8)) \
    X(0x2AE, i32x4_add, "i32x4.add", COMMUTATIVE, SIMD, u32x4, x + y) \
    X(0x2B1, i32x4_sub, "i32x4.sub", ORDERED, SIMD, u32x4, x - y) \
    X(0x2B5, i32x4_mul, "i32x4.mul", COMMUTATIVE, SIMD, u32x4, x * y) \
    X(0x2B6, i32x4_min_s, "i32x4.min_s", COMMUTATIVE, SIMD, s32x4, __builtin_elementwise_min(x, y)) \
    X(0x2B7, i32x4_min_u, "i32x4.min_u", COMMUTATIVE, SIMD, u32x4, __builtin_elementwise_min(x, y)) \
    X(0x2B8, i32x4_max_s, "i32x4.max_s", COMMUTATIVE, SIMD, s32x4, __builtin_elementwise_max(x, y)) \
    X(0x2B9, i32x4_max_u, "i32x4.max_u", COMMUTATIVE, SIMD, u32x4, __builtin_elementwise_max(x, y)) \
    X(0x2BA, i32x4_dot_i16x8_s, "i32x4.dot_i16x8_s", COMMUTATIVE, SIMD, s16x8, dot_product(x, y)) \
    X(0x2BC, i32x4_extmul_low_i16x8_s, "i32x4.extmul_low_i16x8_s", COMMUTATIVE, SIMD, s16x8, \
      WIDENED(LOW_4(x), s32x4) * WIDENED(LOW_4(y), s32x4)) \
    X(0x2BD, i32x4_extmul_high_i16x8_s, "i32x4.extmul_high_i16x8_s", COMMUTATIVE, SIMD, s16x8, \
      WIDENED(HIGH_4(x), s32x4) * WIDENED(HIGH_4(y), s32x4)) \
    X(0x2BE, i32x4_extmul_low_i16x8_u, "i32x4.extmul_low_i16x8_u", COMMUTATIVE, SIMD, u16x8, \
      WIDENED(LOW_4(x), u32x4) * WIDENED(LOW_4(y), u32x4)) \
    X(0x2BF, i32x4_extmul_high_i16x8_u, "i32x4.extmul_high_i16x8_u", COMMUTATIVE, SIMD, u16x8, \
      WIDENED(HIGH_4(x), u32x4) * WIDENED(HIGH_4(y), u32x4)) \
    X(0x2CE, i64x2_add, "i64x2.add", COMMUTATIVE, SIMD, u64x2, x + y) \
    X(0x2D1, i64x2_sub, "i64x2.sub", ORDERED, SIMD, u64x2, x - y) \
    X(0x2D5, i64x2_mul, "i64x2.mul", COMMUTATIVE, SIMD, u64x2, x * y) \
    X(0x2D6, i64x2_eq, "i64x2.eq", COMMUTATIVE, SIMD, s64x2, x == y) \
    X(0x2D7, i64x2_ne, "i64x2.ne", COMMUTATIVE, SIMD, s64x2, x != y) \
    X(0x2D8, i64x2_lt_s, "i64x2.lt_s", ORDERED, SIMD, s64x2, x < y) \
    X(0x2D9, i64x2_gt_s, "i64x2.gt_s", ORDERED, SIMD, s64x2, x > y) \
    X(0x2DA, i64x2_le_s, "i64x2.le_s", ORDERED, SIMD, s64x2, x <= y) \
    X(0x2DB, i64x2_ge_s, "i64x2.ge_s", ORDERED, SIMD, s64x2, x >= y) \
    X(0x2DC, i64x2_extmul_low_i32x4_s, "i64x2.extmul_low_i32x4_s", COMMUTATIVE, SIMD, s32x4, \
      WIDENED(LOW_2(x), s64x2) * WIDENED(LOW_2(y), s64x2)) \
    X(0x2DD, i64x2_extmul_high_i32x4_s, "i64x2.extmul_high_i32x4_s", COMMUTATIVE, SIMD, s32x4, \
      WIDENED(HIGH_2(x), s64x2) * WIDENED(HIGH_2(y), s64x2)) \
    X(0x2DE, i64x2_extmul_low_i32x4_u, "i64x2.extmul_low_i32x4_u", COMMUTATIVE, SIMD, u32x4, \
      WIDENED(LOW_2(x), u64x2) * WIDENED(LOW_2(y), u64x2)) \
    X(0x2DF, i64x2_extmul_high_i32x4_u, "i64x2.extmul_high_i32x4_u", COMMUTATIVE, SIMD, u32x4, \
      WIDENED(HIGH_2(x), u64x2) * WIDENED(HIGH_2(y), u64x2)) \
    X(0x2E4, f32x4_add, "f32x4.add", COMMUTATIVE, SIMD, f32x4, f32x4_canonical(x + y)) \
    X(0x2E5, f32x4_sub, "f32x4.sub", ORDERED, SIMD, f32x4, f32x4_canonical(x - y)) \
    X(0x2E6, f32x4_mul, "f32x4.mul", COMMUTATIVE, SIMD, f32x4, f32x4_canonical(x * y)) \
    X(0x2E7, f32x4_div, "f32x4.div", ORDERED, SIMD, f32x4, f32x4_canonical(x / y)) \
    X(0x2E8, f32x4_min, "f32x4.min", COMMUTATIVE, SIMD, f32x4, f32x4_minimum(x, y)) \
    X(0x2E9, f32x4_max, "f32x4.max", COMMUTATIVE, SIMD, f32x4, f32x4_maximum(x, y)) \
    X(0x2EA, f32x4_pmin, "f32x4.pmin", ORDERED, SIMD, f32x4, f32x4_choice(y < x, y, x)) \
    X(0x2EB, f32x4_pmax, "f32x4.pmax", ORDERED, SIMD, f32x4, f32x4_choice(x < y, y, x)) \
    X(0x2F0, f64x2_add, "f64x2.add", COMMUTATIVE, SIMD, f64x2, f64x2_canonical(x + y)) \
    X(0x2F1, f64x2_sub, "f64x2.sub", ORDERED, SIMD, f64x2, f64x2_canonical(x - y)) \
    X(0x2F2, f64x2_mul, "f64x2.mul", COMMUTATIVE, SIMD, f64x2, f64x2_canonical(x * y)) \
    X(0x2F3, f64x2_div, "f64x2.div", ORDERED, SIMD, f64x2, f64x2_canonical(x / y)) \
    X(0x2F4, f64x2_min, "f64x2.min", COMMUTATIVE, SIMD, f64x2, f64x2_minimum(x, y)) \
    X(0x2F5, f64x2_max, "f64x2.max", COMMUTATIVE, SIMD, f64x2, f64x2_maximum(x, y)) \
    X(0x2F6, f64x2_pmin, "f64x2.pmin", ORDERED, SIMD, f64x2, f64x2_choice(y < x, y, x)) \
    X(0x2F7, f64x2_pmax, "f64x2.pmax", ORDERED, SIMD, f64x2, f64x2_choice(x < y, y, x)) \
    X(0x312, i16x8_relaxed_dot, "i16x8.relaxed_dot_i8x16_i7x16_s", COMMUTATIVE, RELAXED_SIMD, s8x16, \
      saturated_dot_product(x, y))

// X(code, id, name, feature, lanes of x, expression)
#define WASM_VECTOR_UNARY(X) \
    X(0x24D, v128_not, "v128.not", SIMD, u64x2, ~x) \
    X(0x25E, f32x4_demote_f64x2_zero, "f32x4.demote_f64x2_zero", SIMD, f64x2, \
      f32x4_canonical(PADDED_2(__builtin_convertvector(x, f32x2)))) \
    X(0x25F, f64x2_promote_low_f32x4, "f64x2.promote_low_f32x4", SIMD, f32x4, \
      f64x2_canonical(__builtin_convertvector(LOW_2(x), f64x2))) \
    X(0x260, i8x16_abs, "i8x16.abs", SIMD, s8x16, __builtin_elementwise_abs(x)) \
    X(0x261, i8x16_neg, "i8x16.neg", SIMD, u8x16, -x) \
    X(0x262, i8x16_popcnt, "i8x16.popcnt", SIMD, u8x16, __builtin_elementwise_popcount(x)) \
    X(0x267, f32x4_ceil, "f32x4.ceil", SIMD, f32x4, f32x4_canonical(f32x4_ceiling(x))) \
    X(0x268, f32x4_floor, "f32x4.floor", SIMD, f32x4, f32x4_canonical(f32x4_floored(x))) \
    X(0x269, f32x4_trunc, "f32x4.trunc", SIMD, f32x4, f32x4_canonical(f32x4_truncated(x))) \
    X(0x26A, f32x4_nearest, "f32x4.nearest", SIMD, f32x4, f32x4_canonical(f32x4_rounded(x))) \
    X(0x274, f64x2_ceil, "f64x2.ceil", SIMD, f64x2, f64x2_canonical(f64x2_ceiling(x))) \
    X(0x275, f64x2_floor, "f64x2.floor", SIMD, f64x2, f64x2_canonical(f64x2_floored(x))) \
    X(0x27A, f64x2_trunc, "f64x2.trunc", SIMD, f64x2, f64x2_canonical(f64x2_truncated(x))) \
    X(0x27C, i16x8_extadd_pairwise_i8x16_s, "i16x8.extadd_pairwise_i8x16_s", SIMD, s8x16, \
      WIDENED(EVEN_16(x), s16x8) + WIDENED(ODD_16(x), s16x8)) \
    X(0x27D, i16x8_extadd_pairwise_i8x16_u, "i16x8.extadd_pairwise_i8x16_u", SIMD, u8x16, \
      WIDENED(EVEN_16(x), u16x8) + WIDENED(ODD_16(x), u16x8)) \
    X(0x27E, i32x4_extadd_pairwise_i16x8_s, "i32x4.extadd_pairwise_i16x8_s", SIMD, s16x8, \
      WIDENED(EVEN_8(x), s32x4) + WIDENED(ODD_8(x), s32x4)) \
    X(0x27F, i32x4_extadd_pairwise_i16x8_u, "i32x4.extadd_pairwise_i16x8_u", SIMD, u16x8, \
      WIDENED(EVEN_8(x), u32x4) + WIDENED(ODD_8(x), u32x4)) \
    X(0x280, i16x8_abs, "i16x8.abs", SIMD, s16x8, __builtin_elementwise_abs(x)) \
    X(0x281, i16x8_neg, "i16x8.neg", SIMD, u16x8, -x) \
    X(0x287, i16x8_extend_low_i8x16_s, "i16x8.extend_low_i8x16_s", SIMD, s8x16, WIDENED(LOW_8(x), s16x8)) \
    X(0x288, i16x8_extend_high_i8x16_s, "i16x8.extend_high_i8x16_s", SIMD, s8x16, WIDENED(HIGH_8(x), s16x8)) \
    X(0x289, i16x8_extend_low_i8x16_u, "i16x8.extend_low_i8x16_u", SIMD, u8x16, WIDENED(LOW_8(x), u16x8)) \
    X(0x28A, i16x8_extend_high_i8x16_u, "i16x8.extend_high_i8x16_u", SIMD, u8x16, WIDENED(HIGH_8(x), u16x8)) \
    X(0x294, f64x2_nearest, "f64x2.nearest", SIMD, f64x2, f64x2_canonical(f64x2_rounded(x))) \
    X(0x2A0, i32x4_abs, "i32x4.abs", SIMD, s32x4, __builtin_elementwise_abs(x)) \
    X(0x2A1, i32x4_neg, "i32x4.neg", SIMD, u32x4, -x) \
    X(0x2A7, i32x4_extend_low_i16x8_s, "i32x4.extend_low_i16x8_s", SIMD, s16x8, WIDENED(LOW_4(x), s32x4)) \
    X(0x2A8, i32x4_extend_high_i16x8_s, "i32x4.extend_high_i16x8_s", SIMD, s16x8, WIDENED(HIGH_4(x), s32x4)) \
    X(0x2A9, i32x4_extend_low_i16x8_u, "i32x4.extend_low_i16x8_u", SIMD, u16x8, WIDENED(LOW_4(x), u32x4)) \
    X(0x2AA, i32x4_extend_high_i16x8_u, "i32x4.extend_high_i16x8_u", SIMD, u16x8, WIDENED(HIGH_4(x), u32x4)) \
    X(0x2C0, i64x2_abs, "i64x2.abs", SIMD, s64x2, __builtin_elementwise_abs(x)) \
    X(0x2C1, i64x2_neg, "i64x2.neg", SIMD, u64x2, -x) \
    X(0x2C7, i64x2_extend_low_i32x4_s, "i64x2.extend_low_i32x4_s", SIMD, s32x4, WIDENED(LOW_2(x), s64x2)) \
    X(0x2C8, i64x2_extend_high_i32x4_s, "i64x2.extend_high_i32x4_s", SIMD, s32x4, WIDENED(HIGH_2(x), s64x2)) \
    X(0x2C9, i64x2_extend_low_i32x4_u, "i64x2.extend_low_i32x4_u", SIMD, u32x4, WIDENED(LOW_2(x), u64x2)) \
    X(0x2CA, i64x2_extend_high_i32x4_u, "i64x2.extend_high_i32x4_u", SIMD, u32x4, WIDENED(HIGH_2(x), u64x2)) \
    X(0x2E0, f32x4_abs, "f32x4.abs", SIMD, u32x4, x & ~(u32x4)0x80000000u) \
    X(0x2E1, f32x4_neg, "f32x4.neg", SIMD, u32x4, x ^ (u32x4)0x80000000u) \
    X(0x2E3, f32x4_sqrt, "f32x4.sqrt", SIMD, f32x4, f32x4_canonical(__builtin_elementwise_sqrt(x))) \
    X(0x2EC, f64x2_abs, "f64x2.abs", SIMD, u64x2, x & ~(u64x2)0x8000000000000000ull) \
    X(0x2ED, f64x2_neg, "f64x2.neg", SIMD, u64x2, x ^ (u64x2)0x8000000000000000ull) \
    X(0x2EF, f64x2_sqrt, "f64x2.sqrt", SIMD, f64x2, f64x2_canonical(__builtin_elementwise_sqrt(x))) \
    X(0x2F8, i32x4_trunc_sat_f32x4_s, "i32x4.trunc_sat_f32x4_s", SIMD, f32x4, f32x4_to_s32(x)) \
    X(0x2F9, i32x4_trunc_sat_f32x4_u, "i32x4.trunc_sat_f32x4_u", SIMD, f32x4, f32x4_to_u32(x)) \
    X(0x2FA, f32x4_convert_i32x4_s, "f32x4.convert_i32x4_s", SIMD, s32x4, __builtin_convertvector(x, f32x4)) \
    X(0x2FB, f32x4_convert_i32x4_u, "f32x4.convert_i32x4_u", SIMD, u32x4, __builtin_convertvector(x, f32x4)) \
    X(0x2FC, i32x4_trunc_sat_f64x2_s_zero, "i32x4.trunc_sat_f64x2_s_zero", SIMD, f64x2, PADDED_2(f64x2_to_s32(x))) \
    X(0x2FD, i32x4_trunc_sat_f64x2_u_zero, "i32x4.trunc_sat_f64x2_u_zero", SIMD, f64x2, PADDED_2(f64x2_to_u32(x))) \
    X(0x2FE, f64x2_convert_low_i32x4_s, "f64x2.convert_low_i32x4_s", SIMD, s32x4, \
      __builtin_convertvector(LOW_2(x), f64x2)) \
    X(0x2FF, f64x2_convert_low_i32x4_u, "f64x2.convert_low_i32x4_u", SIMD, u32x4, \
      __builtin_convertvector(LOW_2(x), f64x2))

// X(code, id, name, feature, lanes of x, y and z, expression)
#define WASM_VECTOR_TERNARY(X) \
    X(0x252, v128_bitselect, "v128.bitselect", SIMD, u64x2, (x & z) | (y & ~z)) \
    X(0x305, f32x4_relaxed_madd, "f32x4.relaxed_madd", RELAXED_SIMD, f32x4, f32x4_canonical(x * y + z)) \
    X(0x306, f32x4_relaxed_nmadd, "f32x4.relaxed_nmadd", RELAXED_SIMD, f32x4, f32x4_canonical(z - x * y)) \
    X(0x307, f64x2_relaxed_madd, "f64x2.relaxed_madd", RELAXED_SIMD, f64x2, f64x2_canonical(x * y + z)) \
    X(0x308, f64x2_relaxed_nmadd, "f64x2.relaxed_nmadd", RELAXED_SIMD, f64x2, f64x2_canonical(z - x * y)) \
    X(0x313, i32x4_relaxed_dot_add, "i32x4.relaxed_dot_i8x16_i7x16_add_s", RELAXED_SIMD, s8x16, \
      (u32x4)pair_sums(saturated_dot_product(x, y)) + (u32x4)z)

// X(code, id, name, lanes of x, expression over x and the count n)
#define WASM_VECTOR_SHIFT(X) \
    X(0x26B, i8x16_shl, "i8x16.shl", u8x16, x << (u8x16)(n & 7)) \
    X(0x26C, i8x16_shr_s, "i8x16.shr_s", s8x16, x >> (s8x16)(n & 7)) \
    X(0x26D, i8x16_shr_u, "i8x16.shr_u", u8x16, x >> (u8x16)(n & 7)) \
    X(0x28B, i16x8_shl, "i16x8.shl", u16x8, x << (u16x8)(n & 15)) \
    X(0x28C, i16x8_shr_s, "i16x8.shr_s", s16x8, x >> (s16x8)(n & 15)) \
    X(0x28D, i16x8_shr_u, "i16x8.shr_u", u16x8, x >> (u16x8)(n & 15)) \
    X(0x2AB, i32x4_shl, "i32x4.shl", u32x4, x << (u32x4)(n & 31)) \
    X(0x2AC, i32x4_shr_s, "i32x4.shr_s", s32x4, x >> (s32x4)(n & 31)) \
    X(0x2AD, i32x4_shr_u, "i32x4.shr_u", u32x4, x >> (u32x4)(n & 31)) \
    X(0x2CB, i64x2_shl, "i64x2.shl", u64x2, x << (u64x2)(n & 63)) \
    X(0x2CC, i64x2_shr_s, "i64x2.shr_s", s64x2, x >> (s64x2)(n & 63)) \
    X(0x2CD, i64x2_shr_u, "i64x2.shr_u", u64x2, x >> (u64x2)(n & 63))

// X(code, id, name, lanes of x, expression): an i32 from a vector
#define WASM_VECTOR_TEST(X) \
    X(0x253, v128_any_true, "v128.any_true", u64x2, (x[0] | x[1]) != 0) \
    X(0x263, i8x16_all_true, "i8x16.all_true", s8x16, __builtin_reduce_and(x != 0) != 0) \
    X(0x264, i8x16_bitmask, "i8x16.bitmask", s8x16, SIGNS(x, 16)) \
    X(0x283, i16x8_all_true, "i16x8.all_true", s16x8, __builtin_reduce_and(x != 0) != 0) \
    X(0x284, i16x8_bitmask, "i16x8.bitmask", s16x8, SIGNS(x, 8)) \
    X(0x2A3, i32x4_all_true, "i32x4.all_true", s32x4, __builtin_reduce_and(x != 0) != 0) \
    X(0x2A4, i32x4_bitmask, "i32x4.bitmask", s32x4, SIGNS(x, 4)) \
    X(0x2C3, i64x2_all_true, "i64x2.all_true", s64x2, __builtin_reduce_and(x != 0) != 0) \
    X(0x2C4, i64x2_bitmask, "i64x2.bitmask", s64x2, SIGNS(x, 2))

// X(code, id, name, operand type, count of lanes, expression over the 64 bits of x)
#define WASM_VECTOR_SPLAT_INT(X) \
    X(0x20F, i8x16_splat, "i8x16.splat", WASM_I32, 16, (u8x16)(uint8_t)x) \
    X(0x210, i16x8_splat, "i16x8.splat", WASM_I32, 8, (u16x8)(uint16_t)x) \
    X(0x211, i32x4_splat, "i32x4.splat", WASM_I32, 4, (u32x4)(uint32_t)x) \
    X(0x212, i64x2_splat, "i64x2.splat", WASM_I64, 2, (u64x2)(uint64_t)x)

// X(code, id, name, operand type, count of lanes, C type, expression)
#define WASM_VECTOR_SPLAT_FLOAT(X) \
    X(0x213, f32x4_splat, "f32x4.splat", WASM_F32, 4, float, (f32x4)x) \
    X(0x214, f64x2_splat, "f64x2.splat", WASM_F64, 2, double, (f64x2)x)

// X(code, id, name, result type, count of lanes, C type of a lane, C type it is widened through)
#define WASM_VECTOR_EXTRACT_INT(X) \
    X(0x215, i8x16_extract_lane_s, "i8x16.extract_lane_s", WASM_I32, 16, int8_t, uint32_t) \
    X(0x216, i8x16_extract_lane_u, "i8x16.extract_lane_u", WASM_I32, 16, uint8_t, uint32_t) \
    X(0x218, i16x8_extract_lane_s, "i16x8.extract_lane_s", WASM_I32, 8, int16_t, uint32_t) \
    X(0x219, i16x8_extract_lane_u, "i16x8.extract_lane_u", WASM_I32, 8, uint16_t, uint32_t) \
    X(0x21B, i32x4_extract_lane, "i32x4.extract_lane", WASM_I32, 4, uint32_t, uint32_t) \
    X(0x21D, i64x2_extract_lane, "i64x2.extract_lane", WASM_I64, 2, uint64_t, uint64_t)

// X(code, id, name, result type, count of lanes, C type of a lane)
#define WASM_VECTOR_EXTRACT_FLOAT(X) \
    X(0x21F, f32x4_extract_lane, "f32x4.extract_lane", WASM_F32, 4, float) \
    X(0x221, f64x2_extract_lane, "f64x2.extract_lane", WASM_F64, 2, double)

// X(code, id, name, operand type, count of lanes, lanes, C type of a lane's bits)
#define WASM_VECTOR_REPLACE(X) \
    X(0x217, i8x16_replace_lane, "i8x16.replace_lane", WASM_I32, 16, u8x16, uint8_t) \
    X(0x21A, i16x8_replace_lane, "i16x8.replace_lane", WASM_I32, 8, u16x8, uint16_t) \
    X(0x21C, i32x4_replace_lane, "i32x4.replace_lane", WASM_I32, 4, u32x4, uint32_t) \
    X(0x21E, i64x2_replace_lane, "i64x2.replace_lane", WASM_I64, 2, u64x2, uint64_t) \
    X(0x220, f32x4_replace_lane, "f32x4.replace_lane", WASM_F32, 4, u32x4, uint32_t) \
    X(0x222, f64x2_replace_lane, "f64x2.replace_lane", WASM_F64, 2, u64x2, uint64_t)

// X(code, id, name, C type in memory, log2 of its bytes, expression over what was loaded, m)
#define WASM_VECTOR_LOAD(X) \
    X(0x200, v128_load, "v128.load", u8x16, 4, m) \
    X(0x201, v128_load8x8_s, "v128.load8x8_s", s8x8, 3, WIDENED(m, s16x8)) \
    X(0x202, v128_load8x8_u, "v128.load8x8_u", u8x8, 3, WIDENED(m, u16x8)) \
    X(0x203, v128_load16x4_s, "v128.load16x4_s", s16x4, 3, WIDENED(m, s32x4)) \
    X(0x204, v128_load16x4_u, "v128.load16x4_u", u16x4, 3, WIDENED(m, u32x4)) \
    X(0x205, v128_load32x2_s, "v128.load32x2_s", s32x2, 3, WIDENED(m, s64x2)) \
    X(0x206, v128_load32x2_u, "v128.load32x2_u", u32x2, 3, WIDENED(m, u64x2)) \
    X(0x207, v128_load8_splat, "v128.load8_splat", uint8_t, 0, (u8x16)m) \
    X(0x208, v128_load16_splat, "v128.load16_splat", uint16_t, 1, (u16x8)m) \
    X(0x209, v128_load32_splat, "v128.load32_splat", uint32_t, 2, (u32x4)m) \
    X(0x20A, v128_load64_splat, "v128.load64_splat", uint64_t, 3, (u64x2)m) \
    X(0x25C, v128_load32_zero, "v128.load32_zero", uint32_t, 2, ((u32x4){m, 0, 0, 0})) \
    X(0x25D, v128_load64_zero, "v128.load64_zero", uint64_t, 3, ((u64x2){m, 0}))

// X(code, id, name, count of lanes, lanes, C type in memory, log2 of its bytes)
#define WASM_VECTOR_LOAD_LANE(X) \
    X(0x254, v128_load8_lane, "v128.load8_lane", 16, u8x16, uint8_t, 0) \
    X(0x255, v128_load16_lane, "v128.load16_lane", 8, u16x8, uint16_t, 1) \
    X(0x256, v128_load32_lane, "v128.load32_lane", 4, u32x4, uint32_t, 2) \
    X(0x257, v128_load64_lane, "v128.load64_lane", 2, u64x2, uint64_t, 3)

// X(code, id, name, count of lanes, C type in memory, log2 of its bytes)
#define WASM_VECTOR_STORE_LANE(X) \
    X(0x258, v128_store8_lane, "v128.store8_lane", 16, uint8_t, 0) \
    X(0x259, v128_store16_lane, "v128.store16_lane", 8, uint16_t, 1) \
    X(0x25A, v128_store32_lane, "v128.store32_lane", 4, uint32_t, 2) \
    X(0x25B, v128_store64_lane, "v128.store64_lane", 2, uint64_t, 3)
// Relaxed instructions are what the deterministic profile of WebAssembly 3.0 makes of them; of these here, instructions
// that there are already: X(code, name, shape, first operation, COMMUTATIVE or ORDERED)
#define WASM_VECTOR_RELAXED(X) \
    X(0x300, "i8x16.relaxed_swizzle", VECTOR_BINARY, i8x16_swizzle_SS_T, ORDERED) \
    X(0x301, "i32x4.relaxed_trunc_f32x4_s", VECTOR_UNARY, i32x4_trunc_sat_f32x4_s_S_T, ORDERED) \
    X(0x302, "i32x4.relaxed_trunc_f32x4_u", VECTOR_UNARY, i32x4_trunc_sat_f32x4_u_S_T, ORDERED) \
    X(0x303, "i32x4.relaxed_trunc_f64x2_s_zero", VECTOR_UNARY, i32x4_trunc_sat_f64x2_s_zero_S_T, ORDERED) \
    X(0x304, "i32x4.relaxed_trunc_f64x2_u_zero", VECTOR_UNARY, i32x4_trunc_sat_f64x2_u_zero_S_T, ORDERED) \
    X(0x309, "i8x16.relaxed_laneselect", VECTOR_TERNARY, v128_bitselect_SSS_T, ORDERED) \
    X(0x30A, "i16x8.relaxed_laneselect", VECTOR_TERNARY, v128_bitselect_SSS_T, ORDERED) \
    X(0x30B, "i32x4.relaxed_laneselect", VECTOR_TERNARY, v128_bitselect_SSS_T, ORDERED) \
    X(0x30C, "i64x2.relaxed_laneselect", VECTOR_TERNARY, v128_bitselect_SSS_T, ORDERED) \
    X(0x30D, "f32x4.relaxed_min", VECTOR_BINARY, f32x4_min_SS_T, COMMUTATIVE) \
    X(0x30E, "f32x4.relaxed_max", VECTOR_BINARY, f32x4_max_SS_T, COMMUTATIVE) \
    X(0x30F, "f64x2.relaxed_min", VECTOR_BINARY, f64x2_min_SS_T, COMMUTATIVE) \
    X(0x310, "f64x2.relaxed_max", VECTOR_BINARY, f64x2_max_SS_T, COMMUTATIVE) \
    X(0x311, "i16x8.relaxed_q15mulr_s", VECTOR_BINARY, i16x8_q15mulr_sat_s_SS_T, COMMUTATIVE)

// The rest: X(code, id, name, shape, immediates)
#define WASM_VECTOR_SPECIAL(X) \
    X(0x20B, v128_store, "v128.store", VECTOR_STORE, MEMORY) \
    X(0x20C, v128_const, "v128.const", VECTOR_CONSTANT, VECTOR) \
    X(0x20D, i8x16_shuffle, "i8x16.shuffle", VECTOR_SHUFFLE, VECTOR)

#endif
