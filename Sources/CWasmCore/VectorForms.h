// How handlers of vectors are written: every form twice, with the result in the accumulator, or in a slot as well.
#ifndef VECTOR_FORMS_H
#define VECTOR_FORMS_H

#include "VectorLanes.h"

#define VECTOR(T, i) ((T)slot_vector(&SLOT(i)))
#define FACC(T) ((T)facc)
#define WRITE_VECTOR(i) memcpy(&SLOT(i), &facc, 16)
// `operands` declares what the expression sees.
#define FORM(form, words, operands, ...)                                                                      \
    OPERATION(form##_T) { operands; facc = (FloatAccumulator)(__VA_ARGS__); NEXT(words); }                    \
    OPERATION(form##_B) { operands; facc = (FloatAccumulator)(__VA_ARGS__); WRITE_VECTOR(A); NEXT(words); }
#define INT_FORM(form, operands, ...)                                                                         \
    OPERATION(form##_T) { operands; acc = (__VA_ARGS__); NEXT(2); }                                           \
    OPERATION(form##_B) { operands; SLOT(A) = acc = (__VA_ARGS__); NEXT(2); }
#define TWO(T, first, second) T x = first, y = second
// What follows a shuffle's first operand word.
#define LANE_INDICES u8x16 index; memcpy(&index, &pc[2], 16)

#endif
