// Float arithmetic, comparisons, conversions, and the branches fused with them.
// A NaN that arithmetic produces is always the canonical one: results must not depend on the machine.
#include "Handlers.h"

#define CANONICAL_F32(...) canonical_f32(__VA_ARGS__)
#define CANONICAL_F64(...) canonical_f64(__VA_ARGS__)
static inline float canonical_f32(float v) { return UNLIKELY(v != v) ? f32_from_bits(0x7FC00000u) : v; }
static inline double canonical_f64(double v) { return UNLIKELY(v != v) ? f64_from_bits(0x7FF8000000000000ull) : v; }

// Equal operands differ at most in the sign of zero, which `|` and `&` settle.
#define MINIMUM_MAXIMUM(prefix, T, Bits)                                             \
    static inline T prefix##_minimum(T x, T y) {                                     \
        if (UNLIKELY(x != x || y != y)) return canonical_##prefix(x + y);            \
        if (x == y) return prefix##_from_bits(prefix##_bits(x) | prefix##_bits(y));  \
        return x < y ? x : y;                                                        \
    }                                                                                \
    static inline T prefix##_maximum(T x, T y) {                                     \
        if (UNLIKELY(x != x || y != y)) return canonical_##prefix(x + y);            \
        if (x == y) return prefix##_from_bits(prefix##_bits(x) & prefix##_bits(y));  \
        return x > y ? x : y;                                                        \
    }
MINIMUM_MAXIMUM(f32, float, uint32_t)
MINIMUM_MAXIMUM(f64, double, uint64_t)

// Rounding without a call into the C library. From 2^23 (2^52) on every float is an integer already; NaN fails the
// comparison and passes through. The sign is put back for the sake of -0.
#define ROUNDING(prefix, T, Int, limit, copysign, fabs)                                          \
    static inline T prefix##_truncated(T x) {                                                    \
        return fabs(x) < limit ? copysign((T)(Int)x, x) : x;                                     \
    }                                                                                            \
    static inline T prefix##_floored(T x) {                                                      \
        if (!(fabs(x) < limit)) return x;                                                        \
        T t = (T)(Int)x;                                                                         \
        return copysign(t > x ? t - 1 : t, x);                                                   \
    }                                                                                            \
    static inline T prefix##_ceiling(T x) {                                                      \
        if (!(fabs(x) < limit)) return x;                                                        \
        T t = (T)(Int)x;                                                                         \
        return copysign(t < x ? t + 1 : t, x);                                                   \
    }                                                                                            \
    static inline T prefix##_rounded(T x) {                                                      \
        return fabs(x) < limit ? copysign((fabs(x) + limit) - limit, x) : x;                     \
    }
ROUNDING(f32, float, int32_t, 0x1p23f, __builtin_copysignf, __builtin_fabsf)
ROUNDING(f64, double, int64_t, 0x1p52, __builtin_copysign, __builtin_fabs)

// Reading and writing by C type, for the macros below.
#define SLOT_float(i) slot_float(&SLOT(i))
#define SLOT_double(i) slot_double(&SLOT(i))
#define FACC_float facc_float(facc)
#define FACC_double facc_double(facc)
#define KEEP_float(v) facc = facc_of_float(v)
#define KEEP_double(v) facc = facc_of_double(v)
#define WRITE_SLOT(i, v) memcpy(&SLOT(i), &(v), sizeof(v))

#define BINARY_FORM(form, T, XX, YY, ...)                                                                     \
    OPERATION(form##_T) { T x = XX, y = YY; T v = __VA_ARGS__; KEEP_##T(v); NEXT(2); }                        \
    OPERATION(form##_B) { T x = XX, y = YY; T v = __VA_ARGS__; KEEP_##T(v); WRITE_SLOT(A, v); NEXT(2); }
#define X(code, id, name, type, commutes, T, ...)                              \
    BINARY_FORM(id##_SS, T, SLOT_##T(B), SLOT_##T(C), __VA_ARGS__)             \
    BINARY_FORM(id##_AS, T, FACC_##T, SLOT_##T(C), __VA_ARGS__)                \
    BINARY_FORM(id##_SA, T, SLOT_##T(B), FACC_##T, __VA_ARGS__)
WASM_FLOAT_BINARY(X)
#undef X

#define COMPARE_FORM(id, form, T, XX, YY, ...)                                                                \
    OPERATION(id##_##form##_T) { T x = XX, y = YY; acc = (__VA_ARGS__); NEXT(2); }                            \
    OPERATION(id##_##form##_B) { T x = XX, y = YY; SLOT(A) = acc = (__VA_ARGS__); NEXT(2); }                  \
    OPERATION(br_##id##_##form) { T x = XX, y = YY; if (__VA_ARGS__) TAKE_BRANCH(2); NEXT(3); }               \
    OPERATION(br_not_##id##_##form) { T x = XX, y = YY; if (!(__VA_ARGS__)) TAKE_BRANCH(2); NEXT(3); }
#define X(code, id, name, type, T, ...)                                        \
    COMPARE_FORM(id, SS, T, SLOT_##T(B), SLOT_##T(C), __VA_ARGS__)             \
    COMPARE_FORM(id, AS, T, FACC_##T, SLOT_##T(C), __VA_ARGS__)                \
    COMPARE_FORM(id, SA, T, SLOT_##T(B), FACC_##T, __VA_ARGS__)
WASM_FLOAT_COMPARE(X)
#undef X

#define X(code, id, name, from, to, T, R, ...)                                                     \
    OPERATION(id##_S_T) { T x = SLOT_##T(B); R v = __VA_ARGS__; KEEP_##R(v); NEXT(2); }            \
    OPERATION(id##_S_B) { T x = SLOT_##T(B); R v = __VA_ARGS__; KEEP_##R(v); WRITE_SLOT(A, v); NEXT(2); } \
    OPERATION(id##_A_T) { T x = FACC_##T; R v = __VA_ARGS__; KEEP_##R(v); NEXT(2); }               \
    OPERATION(id##_A_B) { T x = FACC_##T; R v = __VA_ARGS__; KEEP_##R(v); WRITE_SLOT(A, v); NEXT(2); }
WASM_FLOAT_UNARY(X)
#undef X

#define X(code, id, name, from, to, R, ...)                                                        \
    OPERATION(id##_S_T) { uint64_t x = SLOT(B); R v = __VA_ARGS__; KEEP_##R(v); NEXT(2); }         \
    OPERATION(id##_S_B) { uint64_t x = SLOT(B); R v = __VA_ARGS__; KEEP_##R(v); WRITE_SLOT(A, v); NEXT(2); } \
    OPERATION(id##_A_T) { uint64_t x = acc; R v = __VA_ARGS__; KEEP_##R(v); NEXT(2); }             \
    OPERATION(id##_A_B) { uint64_t x = acc; R v = __VA_ARGS__; KEEP_##R(v); WRITE_SLOT(A, v); NEXT(2); }
WASM_INT_TO_FLOAT(X)
#undef X

#define CHECK_RANGE(...)                                                       \
    if (UNLIKELY(!(__VA_ARGS__))) {                                            \
        if (x != x) TRAP(INVALID_CONVERSION);                                  \
        TRAP(INTEGER_OVERFLOW);                                                \
    }
#define SATURATED(T, above, below, least, most) ((above) ? ((below) ? (T)x : (most)) : x != x ? 0 : (least))
#define X(code, id, name, from, to, feature, T, ...)                                               \
    OPERATION(id##_S_T) { T x = SLOT_##T(B); uint64_t v; __VA_ARGS__; acc = v; NEXT(2); }          \
    OPERATION(id##_S_B) { T x = SLOT_##T(B); uint64_t v; __VA_ARGS__; SLOT(A) = acc = v; NEXT(2); } \
    OPERATION(id##_A_T) { T x = FACC_##T; uint64_t v; __VA_ARGS__; acc = v; NEXT(2); }             \
    OPERATION(id##_A_B) { T x = FACC_##T; uint64_t v; __VA_ARGS__; SLOT(A) = acc = v; NEXT(2); }
WASM_FLOAT_TO_INT(X)
#undef X

OPERATION(move_F32) { float v = facc_float(facc); WRITE_SLOT(A, v); NEXT(2); }
OPERATION(move_F64) { double v = facc_double(facc); WRITE_SLOT(A, v); NEXT(2); }
