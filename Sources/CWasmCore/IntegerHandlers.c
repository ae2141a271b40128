// Integer arithmetic, comparisons and the branches fused with them.
#include "Bodies.h"

#define INT_FORM(id, form)                                                     \
    OPERATION(id##_##form##_T) { DO_BINARY_##form(id); NEXT(2); }              \
    OPERATION(id##_##form##_B) { DO_BINARY_##form(id); SLOT(A) = acc; NEXT(2); }
#define COMPARE(id) INT_FORM(id, SS) INT_FORM(id, AS) INT_FORM(id, SA) INT_FORM(id, SI) INT_FORM(id, AI)

#define X(code, id, ...) COMPARE(id) INT_FORM(id, IS) INT_FORM(id, IA)
WASM_INT_ARITHMETIC(X)
#undef X

#define DIVISION_FORM(form, T, XX, YY, ...)                                                               \
    OPERATION(form##_T) { T x = (T)(XX), y = (T)(YY), v; __VA_ARGS__; acc = v; NEXT(2); }                 \
    OPERATION(form##_B) { T x = (T)(XX), y = (T)(YY), v; __VA_ARGS__; acc = v; SLOT(A) = v; NEXT(2); }
#define X(code, id, name, type, commutes, T, ...)                              \
    DIVISION_FORM(id##_SS, T, SLOT(B), SLOT(C), __VA_ARGS__)                   \
    DIVISION_FORM(id##_AS, T, acc, SLOT(C), __VA_ARGS__)                       \
    DIVISION_FORM(id##_SA, T, SLOT(B), acc, __VA_ARGS__)                       \
    DIVISION_FORM(id##_SI, T, SLOT(B), CONSTANT, __VA_ARGS__)                  \
    DIVISION_FORM(id##_AI, T, acc, CONSTANT, __VA_ARGS__)                      \
    DIVISION_FORM(id##_IS, T, CONSTANT, SLOT(B), __VA_ARGS__)                  \
    DIVISION_FORM(id##_IA, T, CONSTANT, acc, __VA_ARGS__)
WASM_INT_DIVISION(X)
#undef X

#define BRANCH_FORM(id, form) OPERATION(br_##id##_##form) { DO_BRANCH_##form(id); NEXT(3); }
#define X(code, id, ...)                                                       \
    COMPARE(id)                                                                \
    BRANCH_FORM(id, SS) BRANCH_FORM(id, AS) BRANCH_FORM(id, SA) BRANCH_FORM(id, SI) BRANCH_FORM(id, AI) \
    OPERATION(add_br_##id##_S) { DO_ADD_BRANCH_S(id); NEXT(3); }               \
    OPERATION(add_br_##id##_I) { DO_ADD_BRANCH_I(id); NEXT(4); }
WASM_INT_COMPARE(X)
#undef X

OPERATION(add_br_if) { DO_add_br_if; NEXT(3); }

#define X(code, id, name, from, to, feature, ...)                                                  \
    OPERATION(id##_S_T) { uint64_t x = SLOT(B); acc = (uint64_t)(__VA_ARGS__); NEXT(2); }          \
    OPERATION(id##_S_B) { uint64_t x = SLOT(B); SLOT(A) = acc = (uint64_t)(__VA_ARGS__); NEXT(2); } \
    OPERATION(id##_A_T) { uint64_t x = acc; acc = (uint64_t)(__VA_ARGS__); NEXT(2); }              \
    OPERATION(id##_A_B) { uint64_t x = acc; SLOT(A) = acc = (uint64_t)(__VA_ARGS__); NEXT(2); }
WASM_INT_UNARY(X)
#undef X
