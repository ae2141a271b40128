// Float arithmetic, comparisons, conversions, and the branches fused with them.
// A NaN that arithmetic produces is always the canonical one: results must not depend on the machine.
#include "Bodies.h"

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

#define FLOAT_FORM(id, T, form)                                                                               \
    OPERATION(id##_##form##_T) { DO_FLOAT_##form(T, id); NEXT(2); }                                           \
    OPERATION(id##_##form##_B) { DO_FLOAT_##form(T, id); STORE_FACC(T, A); NEXT(2); }
#define X(code, id, name, type, commutes, T, ...) FLOAT_FORM(id, T, SS) FLOAT_FORM(id, T, AS) FLOAT_FORM(id, T, SA)
WASM_FLOAT_BINARY(X)
#undef X

#define COMPARE_FORM(id, T, form)                                                                             \
    OPERATION(id##_##form##_T) { DO_FLOAT_COMPARE(T, id, form); NEXT(2); }                                    \
    OPERATION(id##_##form##_B) { DO_FLOAT_COMPARE(T, id, form); SLOT(A) = acc; NEXT(2); }                     \
    OPERATION(br_##id##_##form) { DO_FLOAT_BRANCH(T, id, form); NEXT(3); }                                    \
    OPERATION(br_not_##id##_##form) { DO_FLOAT_BRANCH_NOT(T, id, form); NEXT(3); }
#define X(code, id, name, type, T, ...) COMPARE_FORM(id, T, SS) COMPARE_FORM(id, T, AS) COMPARE_FORM(id, T, SA)
WASM_FLOAT_COMPARE(X)
#undef X

#define WRITE_SLOT(i, v) memcpy(&SLOT(i), &(v), sizeof(v))
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
