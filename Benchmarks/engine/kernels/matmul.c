// 64-bit floats in arrays: the product of two matrices of `size` rows.
#include "kernel.h"

// An odd length of rows: columns must not fall into the same few sets of the cache.
enum { LARGEST = 401 };
static double first[LARGEST][LARGEST], second[LARGEST][LARGEST], product[LARGEST][LARGEST];

static NOINLINE void multiply(uint32_t size) {
    for (uint32_t row = 0; row < size; row++)
        for (uint32_t column = 0; column < size; column++) {
            double sum = 0;
            for (uint32_t k = 0; k < size; k++) sum += first[row][k] * second[k][column];
            product[row][column] = sum;
        }
}

static uint64_t kernel(uint32_t size) {
    if (size > LARGEST) size = LARGEST;
    for (uint32_t row = 0; row < size; row++)
        for (uint32_t column = 0; column < size; column++) {
            first[row][column] = (double)(row * 3 + column) / 16;
            second[row][column] = (double)(row + column * 5) / 32;
        }
    multiply(size);
    double trace = 0;
    for (uint32_t row = 0; row < size; row++) trace += product[row][row] + product[row][size - 1 - row];
    return (uint64_t)(trace * 1024);
}
