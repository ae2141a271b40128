// Integer arithmetic, comparisons and the branches fused with them.
#include "Handlers.h"

#define BINARY_FORM(form, T, X, Y, ...)                                                                   \
    OPERATION(form##_T) { T x = (T)(X), y = (T)(Y), v; __VA_ARGS__; acc = v; NEXT(2); }                   \
    OPERATION(form##_B) { T x = (T)(X), y = (T)(Y), v; __VA_ARGS__; acc = v; SLOT(A) = v; NEXT(2); }
#define COMPARE(id, T, ...)                                                    \
    BINARY_FORM(id##_SS, T, SLOT(B), SLOT(C), __VA_ARGS__)                     \
    BINARY_FORM(id##_AS, T, acc, SLOT(C), __VA_ARGS__)                         \
    BINARY_FORM(id##_SA, T, SLOT(B), acc, __VA_ARGS__)                         \
    BINARY_FORM(id##_SI, T, SLOT(B), (int64_t)IMMEDIATE, __VA_ARGS__)          \
    BINARY_FORM(id##_AI, T, acc, (int64_t)IMMEDIATE, __VA_ARGS__)
#define BINARY(id, T, ...)                                                     \
    COMPARE(id, T, __VA_ARGS__)                                                \
    BINARY_FORM(id##_IS, T, (int64_t)IMMEDIATE, SLOT(B), __VA_ARGS__)          \
    BINARY_FORM(id##_IA, T, (int64_t)IMMEDIATE, acc, __VA_ARGS__)

#define X(code, id, name, type, commutes, T, ...) BINARY(id, T, __VA_ARGS__)
WASM_INT_BINARY(X)
#undef X

#define BRANCH_FORM(form, T, XX, YY, ...)                                                   \
    OPERATION(form) { T x = (T)(XX), y = (T)(YY); if (__VA_ARGS__) TAKE_BRANCH(2); NEXT(3); }
#define ADD_BRANCH(id, T, ...)                                                              \
    OPERATION(add_br_##id##_S) {                                                            \
        T x = (T)SLOT(B) + (T)(int64_t)IMMEDIATE, y = (T)SLOT(pc[2].a);                     \
        acc = SLOT(A) = x;                                                                  \
        if (__VA_ARGS__) TAKE_BRANCH(2);                                                    \
        NEXT(3);                                                                            \
    }                                                                                       \
    OPERATION(add_br_##id##_I) {                                                            \
        T x = (T)SLOT(B) + (T)(int64_t)IMMEDIATE, y = (T)(int64_t)pc[3].immediate;          \
        acc = SLOT(A) = x;                                                                  \
        if (__VA_ARGS__) TAKE_BRANCH(2);                                                    \
        NEXT(4);                                                                            \
    }

#define X(code, id, name, type, commutes, T, negated, ...)                     \
    COMPARE(id, T, v = __VA_ARGS__)                                            \
    BRANCH_FORM(br_##id##_SS, T, SLOT(B), SLOT(C), __VA_ARGS__)                \
    BRANCH_FORM(br_##id##_AS, T, acc, SLOT(C), __VA_ARGS__)                    \
    BRANCH_FORM(br_##id##_SA, T, SLOT(B), acc, __VA_ARGS__)                    \
    BRANCH_FORM(br_##id##_SI, T, SLOT(B), (int64_t)IMMEDIATE, __VA_ARGS__)     \
    BRANCH_FORM(br_##id##_AI, T, acc, (int64_t)IMMEDIATE, __VA_ARGS__)         \
    ADD_BRANCH(id, T, __VA_ARGS__)
WASM_INT_COMPARE(X)
#undef X

#define X(code, id, name, from, to, feature, ...)                                                  \
    OPERATION(id##_S_T) { uint64_t x = SLOT(B); acc = (uint64_t)(__VA_ARGS__); NEXT(2); }          \
    OPERATION(id##_S_B) { uint64_t x = SLOT(B); SLOT(A) = acc = (uint64_t)(__VA_ARGS__); NEXT(2); } \
    OPERATION(id##_A_T) { uint64_t x = acc; acc = (uint64_t)(__VA_ARGS__); NEXT(2); }              \
    OPERATION(id##_A_B) { uint64_t x = acc; SLOT(A) = acc = (uint64_t)(__VA_ARGS__); NEXT(2); }
WASM_INT_UNARY(X)
#undef X

// Adds a constant to a slot and branches while the 32-bit sum is not zero.
OPERATION(add_br_if) {
    uint32_t x = (uint32_t)SLOT(B) + (uint32_t)IMMEDIATE;
    acc = SLOT(A) = x;
    if (x) TAKE_BRANCH(2);
    NEXT(3);
}
