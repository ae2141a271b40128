// Arithmetic, comparisons and conversions on vectors of 128 bits. A vector takes two slots, the low half first; its
// accumulator is that for floats, whole.
#include "VectorForms.h"

#define ORDERED_FORMS(id, T, ...)                                                                             \
    FORM(id##_SA, 2, TWO(T, VECTOR(T, B), FACC(T)), __VA_ARGS__)
#define COMMUTATIVE_FORMS(id, T, ...)
#define X(code, id, name, commutes, feature, T, ...)                                                          \
    FORM(id##_SS, 2, TWO(T, VECTOR(T, B), VECTOR(T, C)), __VA_ARGS__)                                         \
    FORM(id##_AS, 2, TWO(T, FACC(T), VECTOR(T, C)), __VA_ARGS__)                                              \
    commutes##_FORMS(id, T, __VA_ARGS__)
WASM_VECTOR_BINARY(X)
#undef X

#define X(code, id, name, feature, T, ...)                                                                    \
    FORM(id##_S, 2, T x = VECTOR(T, B), __VA_ARGS__)                                                          \
    FORM(id##_A, 2, T x = FACC(T), __VA_ARGS__)
WASM_VECTOR_UNARY(X)
#undef X

#define THREE(T, first, second, third) T x = first, y = second, z = third
#define D pc[1].d
#define X(code, id, name, feature, T, ...)                                                                    \
    FORM(id##_SSS, 2, THREE(T, VECTOR(T, B), VECTOR(T, C), VECTOR(T, D)), __VA_ARGS__)                        \
    FORM(id##_ASS, 2, THREE(T, FACC(T), VECTOR(T, C), VECTOR(T, D)), __VA_ARGS__)                             \
    FORM(id##_SAS, 2, THREE(T, VECTOR(T, B), FACC(T), VECTOR(T, D)), __VA_ARGS__)                             \
    FORM(id##_SSA, 2, THREE(T, VECTOR(T, B), VECTOR(T, C), FACC(T)), __VA_ARGS__)
WASM_VECTOR_TERNARY(X)
#undef X

#define SHIFTED(T, vector, count) T x = vector; uint32_t n = (uint32_t)(count)
#define X(code, id, name, T, ...)                                                                             \
    FORM(id##_SS, 2, SHIFTED(T, VECTOR(T, B), SLOT(C)), __VA_ARGS__)                                          \
    FORM(id##_AS, 2, SHIFTED(T, FACC(T), SLOT(C)), __VA_ARGS__)                                               \
    FORM(id##_SI, 2, SHIFTED(T, VECTOR(T, B), IMMEDIATE), __VA_ARGS__)                                        \
    FORM(id##_AI, 2, SHIFTED(T, FACC(T), IMMEDIATE), __VA_ARGS__)
WASM_VECTOR_SHIFT(X)
#undef X

#define X(code, id, name, T, ...)                                                                             \
    INT_FORM(id##_S, T x = VECTOR(T, B), __VA_ARGS__)                                                         \
    INT_FORM(id##_A, T x = FACC(T), __VA_ARGS__)
WASM_VECTOR_TEST(X)
#undef X

// MARK: Single lanes

#define X(code, id, name, type, lanes, ...)                                                                   \
    FORM(id##_S, 2, uint64_t x = SLOT(B), __VA_ARGS__)                                                        \
    FORM(id##_A, 2, uint64_t x = acc, __VA_ARGS__)
WASM_VECTOR_SPLAT_INT(X)
#undef X

#define X(code, id, name, type, lanes, T, ...)                                                                \
    FORM(id##_S, 2, T x = slot_##T(&SLOT(B)), __VA_ARGS__)                                                    \
    FORM(id##_A, 2, T x = facc_##T(facc), __VA_ARGS__)
WASM_VECTOR_SPLAT_FLOAT(X)
#undef X

// A lane of a vector in slots is read where it stands: the immediate is its distance in bytes.
#define READ_LANE(T) T x; memcpy(&x, (const char *)&SLOT(B) + IMMEDIATE, sizeof x)
#define X(code, id, name, type, lanes, T, W) INT_FORM(id##_S, READ_LANE(T), (W)x)
WASM_VECTOR_EXTRACT_INT(X)
#undef X

#define X(code, id, name, type, lanes, T)                                                                     \
    OPERATION(id##_S_T) { READ_LANE(T); facc = facc_of_##T(x); NEXT(2); }                                     \
    OPERATION(id##_S_B) { READ_LANE(T); facc = facc_of_##T(x); memcpy(&SLOT(A), &x, sizeof x); NEXT(2); }
WASM_VECTOR_EXTRACT_FLOAT(X)
#undef X

#define X(code, id, name, type, lanes, V, T)                                                                  \
    FORM(id##_SS, 2, V x = VECTOR(V, B); T y = (T)SLOT(C), REPLACED(V, x, D, y))                              \
    FORM(id##_AS, 2, V x = FACC(V); T y = (T)SLOT(C), REPLACED(V, x, D, y))
WASM_VECTOR_REPLACE(X)
#undef X

FORM(i8x16_shuffle_SS, 4, TWO(u8x16, VECTOR(u8x16, B), VECTOR(u8x16, C)); LANE_INDICES, shuffled(x, y, index))
FORM(i8x16_shuffle_AS, 4, TWO(u8x16, FACC(u8x16), VECTOR(u8x16, C)); LANE_INDICES, shuffled(x, y, index))
FORM(i8x16_shuffle_SA, 4, TWO(u8x16, VECTOR(u8x16, B), FACC(u8x16)); LANE_INDICES, shuffled(x, y, index))

// MARK: Vectors as values

OPERATION(move_V128) { WRITE_VECTOR(A); NEXT(2); }
OPERATION(move_wide) { u64x2 v = slot_vector(&SLOT(B)); memcpy(&SLOT(A), &v, 16); NEXT(2); }
OPERATION(move_wide_immediate) { u64x2 v; memcpy(&v, &pc[2], 16); memcpy(&SLOT(A), &v, 16); NEXT(4); }
OPERATION(return_V128) {
    fuel -= pc[1].b;
    const uint64_t *header = frame + IMMEDIATE;
    uint64_t *caller = (uint64_t *)header[0];
    pc = (const Word *)header[1];
    WRITE_VECTOR(0);
    frame = caller;
    CONTINUE;
}

FORM(select_V128_S, 3, u64x2 x = slot_vector(&SLOT((uint32_t)SLOT(pc[2].a) ? B : C)), x)
FORM(select_V128_A, 3, u64x2 x = slot_vector(&SLOT((uint32_t)acc ? B : C)), x)

#define GLOBAL ((uint64_t *)((char *)context + IMMEDIATE))
#define IMPORTED_GLOBAL context->imported_globals[IMMEDIATE]
FORM(global_get_V128, 2, u64x2 x = slot_vector(GLOBAL), x)
FORM(global_get_imported_V128, 2, u64x2 x = slot_vector(IMPORTED_GLOBAL), x)
OPERATION(global_set_V128) { u64x2 x = slot_vector(&SLOT(B)); memcpy(GLOBAL, &x, 16); NEXT(2); }
OPERATION(global_set_imported_V128) { u64x2 x = slot_vector(&SLOT(B)); memcpy(IMPORTED_GLOBAL, &x, 16); NEXT(2); }
