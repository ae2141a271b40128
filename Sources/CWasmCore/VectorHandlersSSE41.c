// The handlers that gain most from SSE4.1, which is not part of the base that x86-64 code is compiled for: looking up
// bytes and rounding. `wasm_core_fill_handlers` prefers them where the processor has it; results are the same, bit by bit.
#if defined(__x86_64__)
#include <cpuid.h>
#pragma clang attribute push(__attribute__((target("sse4.1"))), apply_to = function)
#include "VectorForms.h"

typedef char Bytes __attribute__((vector_size(16)));
// Lane i of x by the low four bits of index[i], or zero where its top bit is set.
#define LOOKED_UP(x, index) ((u8x16)__builtin_ia32_pshufb128((Bytes)(x), (Bytes)(index)))

// Indices from 16 on get their top bit set.
#define SWIZZLED LOOKED_UP(x, __builtin_elementwise_add_sat(y, (u8x16)0x70))
FORM(sse41_i8x16_swizzle_SS, 2, TWO(u8x16, VECTOR(u8x16, B), VECTOR(u8x16, C)), SWIZZLED)
FORM(sse41_i8x16_swizzle_AS, 2, TWO(u8x16, FACC(u8x16), VECTOR(u8x16, C)), SWIZZLED)
FORM(sse41_i8x16_swizzle_SA, 2, TWO(u8x16, VECTOR(u8x16, B), FACC(u8x16)), SWIZZLED)

// Those below 16 get it by the subtraction.
#define SHUFFLED LOOKED_UP(x, index + (u8x16)0x70) | LOOKED_UP(y, index - (u8x16)16)
FORM(sse41_i8x16_shuffle_SS, 4, TWO(u8x16, VECTOR(u8x16, B), VECTOR(u8x16, C)); LANE_INDICES, SHUFFLED)
FORM(sse41_i8x16_shuffle_AS, 4, TWO(u8x16, FACC(u8x16), VECTOR(u8x16, C)); LANE_INDICES, SHUFFLED)
FORM(sse41_i8x16_shuffle_SA, 4, TWO(u8x16, VECTOR(u8x16, B), FACC(u8x16)); LANE_INDICES, SHUFFLED)

#define ROUNDING(V, name, function)                                                                           \
    FORM(sse41_##V##_##name##_S, 2, V x = VECTOR(V, B), V##_canonical(__builtin_elementwise_##function(x)))   \
    FORM(sse41_##V##_##name##_A, 2, V x = FACC(V), V##_canonical(__builtin_elementwise_##function(x)))
ROUNDING(f32x4, ceil, ceil)
ROUNDING(f32x4, floor, floor)
ROUNDING(f32x4, trunc, trunc)
ROUNDING(f32x4, nearest, roundeven)
ROUNDING(f64x2, ceil, ceil)
ROUNDING(f64x2, floor, floor)
ROUNDING(f64x2, trunc, trunc)
ROUNDING(f64x2, nearest, roundeven)

#pragma clang attribute pop

static int has_sse41(void) {
    unsigned a, b, c = 0, d;
    return __get_cpuid(1, &a, &b, &c, &d) && c & bit_SSE4_1;
}

void wasm_prefer_sse41(WasmWord *table) {
    if (!has_sse41()) return;
#define PREFER(form) table[WASM_OP_##form] = (WasmWord)wasm_op_sse41_##form;
#define PREFER_FORMS(form) PREFER(form##_T) PREFER(form##_B)
#define PREFER_BINARY(id) PREFER_FORMS(id##_SS) PREFER_FORMS(id##_AS) PREFER_FORMS(id##_SA)
#define PREFER_UNARY(id) PREFER_FORMS(id##_S) PREFER_FORMS(id##_A)
    PREFER_BINARY(i8x16_swizzle) PREFER_BINARY(i8x16_shuffle)
    PREFER_UNARY(f32x4_ceil) PREFER_UNARY(f32x4_floor) PREFER_UNARY(f32x4_trunc) PREFER_UNARY(f32x4_nearest)
    PREFER_UNARY(f64x2_ceil) PREFER_UNARY(f64x2_floor) PREFER_UNARY(f64x2_trunc) PREFER_UNARY(f64x2_nearest)
}
#endif
