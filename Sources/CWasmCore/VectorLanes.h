// Vectors of 128 bits in their lanes, and what the expressions of WasmVectorInstructions.h are made of. Portable: clang's
// vector types, no intrinsics but for the table lookup of bytes, which has a loop to fall back on.
#ifndef VECTOR_LANES_H
#define VECTOR_LANES_H

#include "Handlers.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#endif

#define LANES(name, T, count) typedef T name##x##count __attribute__((ext_vector_type(count)));
LANES(s8, int8_t, 16) LANES(u8, uint8_t, 16) LANES(s16, int16_t, 8) LANES(u16, uint16_t, 8)
LANES(s32, int32_t, 4) LANES(u32, uint32_t, 4) LANES(s64, int64_t, 2) LANES(u64, uint64_t, 2)
LANES(f32, float, 4) LANES(f64, double, 2)
// Halves and doubles, for what passes through them.
LANES(s8, int8_t, 8) LANES(u8, uint8_t, 8) LANES(s16, int16_t, 4) LANES(u16, uint16_t, 4)
LANES(s32, int32_t, 2) LANES(u32, uint32_t, 2) LANES(f32, float, 2)
LANES(s32, int32_t, 8) LANES(u32, uint32_t, 8)
#undef LANES

// MARK: Parts

#define LOW_8(x) __builtin_shufflevector(x, x, 0, 1, 2, 3, 4, 5, 6, 7)
#define HIGH_8(x) __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15)
#define LOW_4(x) __builtin_shufflevector(x, x, 0, 1, 2, 3)
#define HIGH_4(x) __builtin_shufflevector(x, x, 4, 5, 6, 7)
#define LOW_2(x) __builtin_shufflevector(x, x, 0, 1)
#define HIGH_2(x) __builtin_shufflevector(x, x, 2, 3)
#define EVEN_16(x) __builtin_shufflevector(x, x, 0, 2, 4, 6, 8, 10, 12, 14)
#define ODD_16(x) __builtin_shufflevector(x, x, 1, 3, 5, 7, 9, 11, 13, 15)
#define EVEN_8(x) __builtin_shufflevector(x, x, 0, 2, 4, 6)
#define ODD_8(x) __builtin_shufflevector(x, x, 1, 3, 5, 7)
#define JOINED_16(x, y) __builtin_shufflevector(x, y, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
#define JOINED_8(x, y) __builtin_shufflevector(x, y, 0, 1, 2, 3, 4, 5, 6, 7)
// Two lanes, and two of zero.
#define PADDED_2(x) __builtin_shufflevector(x, (__typeof__(x))0, 0, 1, 2, 3)
#define WIDENED(x, V) __builtin_convertvector(x, V)
// `mask` has all or no bits of each lane set.
#define SELECTED(V, mask, x, y) ((V)(((u64x2)(x) & (u64x2)(mask)) | ((u64x2)(y) & ~(u64x2)(mask))))

static inline u64x2 slot_vector(const uint64_t *slot) { u64x2 v; memcpy(&v, slot, 16); return v; }

// MARK: Integers

#define CLAMPED(x, low, high) \
    __builtin_elementwise_min(__builtin_elementwise_max(x, (__typeof__(x))(low)), (__typeof__(x))(high))
#define NARROWED(x, y, V, count, low, high) \
    __builtin_convertvector(JOINED_##count(CLAMPED(x, low, high), CLAMPED(y, low, high)), V)

static inline u8x16 average_u8x16(u8x16 x, u8x16 y) {
    typedef uint16_t u16x16 __attribute__((ext_vector_type(16)));
    return WIDENED((WIDENED(x, u16x16) + WIDENED(y, u16x16) + (u16x16)1) >> (u16x16)1, u8x16);
}
static inline u16x8 average_u16x8(u16x8 x, u16x8 y) {
    return WIDENED((WIDENED(x, u32x8) + WIDENED(y, u32x8) + (u32x8)1) >> (u32x8)1, u16x8);
}

// Products of fractions with 15 bits, rounded; only -1 times -1 leaves the range.
static inline s16x8 q15_product(s16x8 x, s16x8 y) {
    s32x8 product = (WIDENED(x, s32x8) * WIDENED(y, s32x8) + (s32x8)0x4000) >> (s32x8)15;
    return WIDENED(__builtin_elementwise_min(product, (s32x8)INT16_MAX), s16x8);
}

// Sums of the products of neighbours, modulo 2^32.
static inline u32x4 dot_product(s16x8 x, s16x8 y) {
    u32x8 products = (u32x8)(WIDENED(x, s32x8) * WIDENED(y, s32x8));
    return EVEN_8(products) + ODD_8(products);
}

// The same of bytes; only two products of -128 by itself leave the range of 16 bits, and stop at its end.
static inline s16x8 saturated_dot_product(s8x16 x, s8x16 y) {
    s16x8 even = WIDENED(EVEN_16(x), s16x8) * WIDENED(EVEN_16(y), s16x8);
    s16x8 odd = WIDENED(ODD_16(x), s16x8) * WIDENED(ODD_16(y), s16x8);
    return __builtin_elementwise_add_sat(even, odd);
}

static inline s32x4 pair_sums(s16x8 x) { return WIDENED(EVEN_8(x), s32x4) + WIDENED(ODD_8(x), s32x4); }

// The sign bits of the lanes, lane 0 lowest.
#define SIGNS(x, count) signs_##count((__typeof__(x))(x))
#define SIGNS_FUNCTION(V, count, Bits, mask)                                                \
    static inline uint32_t signs_##count(V x) {                                             \
        typedef _Bool Mask __attribute__((ext_vector_type(count)));                         \
        Mask mask_ = __builtin_convertvector(x < 0, Mask);                                  \
        Bits bits;                                                                          \
        memcpy(&bits, &mask_, sizeof bits);                                                 \
        return bits & (mask);                                                               \
    }
SIGNS_FUNCTION(s8x16, 16, uint16_t, 0xFFFF)
SIGNS_FUNCTION(s16x8, 8, uint8_t, 0xFF)
SIGNS_FUNCTION(s32x4, 4, uint8_t, 0xF)
SIGNS_FUNCTION(s64x2, 2, uint8_t, 0x3)

// Whether any lane of a mask is set.
#if defined(__aarch64__)
#define ANY_s32x4(mask) vmaxvq_u32((uint32x4_t)(mask))
#define ANY_s64x2 ANY_s32x4
#else
#define ANY_s32x4 signs_4
#define ANY_s64x2 signs_2
#endif

// MARK: Bytes by index

// Lane i is x[index[i]], or zero where that is beyond the last.
static inline u8x16 swizzled(u8x16 x, u8x16 index) {
#if defined(__aarch64__)
    return (u8x16)vqtbl1q_u8((uint8x16_t)x, (uint8x16_t)index);
#else
    uint8_t bytes[16];
    memcpy(bytes, &x, 16);
    u8x16 v = 0;
    for (int i = 0; i < 16; i++) v[i] = bytes[index[i] & 15];
    return v & (u8x16)(index < (u8x16)16);
#endif
}

// Lane i is that of x and y, one after the other, which index[i], below 32, says.
static inline u8x16 shuffled(u8x16 x, u8x16 y, u8x16 index) {
#if defined(__aarch64__)
    uint8x16x2_t both = {{(uint8x16_t)x, (uint8x16_t)y}};
    return (u8x16)vqtbl2q_u8(both, (uint8x16_t)index);
#else
    uint8_t bytes[32];
    memcpy(bytes, &x, 16);
    memcpy(bytes + 16, &y, 16);
    u8x16 v = 0;
    for (int i = 0; i < 16; i++) v[i] = bytes[index[i] & 31];
    return v;
#endif
}

// x with one lane replaced.
#define REPLACED(V, x, lane, value) SELECTED(V, LANE_NUMBERS_##V == (V)(lane), (V)(value), x)
#define LANE_NUMBERS_u8x16 ((u8x16){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
#define LANE_NUMBERS_u16x8 ((u16x8){0, 1, 2, 3, 4, 5, 6, 7})
#define LANE_NUMBERS_u32x4 ((u32x4){0, 1, 2, 3})
#define LANE_NUMBERS_u64x2 ((u64x2){0, 1})

// MARK: Floats

// A value of which the compiler knows nothing. To it one NaN is as good as another, so it takes canonical ones away
// again where it sees where a NaN comes from: after a square root it does.
#if defined(__x86_64__)
#define FORGET_ORIGIN(v) __asm__("" : "+x"(v))
#elif defined(__aarch64__)
#define FORGET_ORIGIN(v) __asm__("" : "+w"(v))
#else
#define FORGET_ORIGIN(v) __asm__("" : "+m"(v))
#endif

#define FLOAT_LANES(V, I, quiet, sign, limit)                                                                   \
    static inline V V##_choice(I mask, V x, V y) { return SELECTED(V, mask, x, y); }                            \
    /* A branch rather than a selection: whoever waits for x need not wait for the comparison. */               \
    static inline V V##_canonical(V x) {                                                                        \
        FORGET_ORIGIN(x);                                                                                       \
        if (UNLIKELY(ANY_##I(x != x))) x = SELECTED(V, x != x, (V)(I)(quiet), x);                               \
        return x;                                                                                               \
    }                                                                                                           \
    /* Where one is less, that one; where they are equal, they differ at most in the sign of zero. */           \
    static inline V V##_minimum(V x, V y) {                                                                     \
        V least = (V)((I)V##_choice(x < y, x, y) | ((I)x & (x == y)));                                          \
        return SELECTED(V, (x != x) | (y != y), (V)(I)(quiet), least);                                          \
    }                                                                                                           \
    static inline V V##_maximum(V x, V y) {                                                                     \
        V most = (V)((I)V##_choice(x > y, x, y) & ((I)x | (x != y)));                                           \
        return SELECTED(V, (x != x) | (y != y), (V)(I)(quiet), most);                                           \
    }                                                                                                           \
    /* Rounding works on magnitudes: adding 2^23 (2^52) leaves no room for a fraction. Larger numbers have none, \
       and NaN is not smaller. */                                                                               \
    static inline V V##_with_sign(V magnitude, V x) { return SELECTED(V, (I)(sign), x, magnitude); }            \
    static inline V V##_magnitude(V x) { return (V)((I)x & ~(I)(sign)); }                                       \
    static inline V V##_rounded(V x) {                                                                          \
        V magnitude = V##_magnitude(x), r = (magnitude + (V)(limit)) - (V)(limit);                              \
        return SELECTED(V, magnitude < (V)(limit), V##_with_sign(r, x), x);                                     \
    }                                                                                                           \
    static inline V V##_truncated(V x) {                                                                        \
        V magnitude = V##_magnitude(x), r = (magnitude + (V)(limit)) - (V)(limit);                              \
        r -= (V)((I)(V)(1.0f) & (r > magnitude));                                                               \
        return SELECTED(V, magnitude < (V)(limit), V##_with_sign(r, x), x);                                     \
    }                                                                                                           \
    static inline V V##_floored(V x) {                                                                          \
        V r = V##_truncated(x);                                                                                 \
        return SELECTED(V, r > x, r - (V)(1.0f), r);                                                            \
    }                                                                                                           \
    static inline V V##_ceiling(V x) {                                                                          \
        V r = V##_truncated(x);                                                                                 \
        return V##_with_sign(SELECTED(V, r < x, r + (V)(1.0f), r), x);                                          \
    }
FLOAT_LANES(f32x4, s32x4, 0x7FC00000, (int32_t)0x80000000, 0x1p23f)
FLOAT_LANES(f64x2, s64x2, 0x7FF8000000000000, (int64_t)0x8000000000000000, 0x1p52)

// Conversions see only what they can represent; what is beyond is put in afterwards. NaN gives zero.
static inline s32x4 f32x4_to_s32(f32x4 x) {
    f32x4 inside = SELECTED(f32x4, (x >= -0x1p31f) & (x < 0x1p31f), x, (f32x4)0);
    s32x4 v = __builtin_convertvector(inside, s32x4);
    v = SELECTED(s32x4, x >= 0x1p31f, (s32x4)INT32_MAX, v);
    return SELECTED(s32x4, x < -0x1p31f, (s32x4)INT32_MIN, v);
}
static inline u32x4 f32x4_to_u32(f32x4 x) {
    f32x4 inside = SELECTED(f32x4, (x > -1.0f) & (x < 0x1p32f), x, (f32x4)0);
    u32x4 v = __builtin_convertvector(inside, u32x4);
    return SELECTED(u32x4, x >= 0x1p32f, (u32x4)UINT32_MAX, v);
}
static inline s32x2 f64x2_to_s32(f64x2 x) {
    f64x2 inside = SELECTED(f64x2, x == x, x, (f64x2)0);
    inside = SELECTED(f64x2, inside < -0x1p31, (f64x2)-0x1p31, inside);
    inside = SELECTED(f64x2, inside > 2147483647.0, (f64x2)2147483647.0, inside);
    return __builtin_convertvector(inside, s32x2);
}
static inline u32x2 f64x2_to_u32(f64x2 x) {
    f64x2 inside = SELECTED(f64x2, x > 0.0, x, (f64x2)0);
    inside = SELECTED(f64x2, inside > 4294967295.0, (f64x2)4294967295.0, inside);
    return __builtin_convertvector(inside, u32x2);
}

#endif
