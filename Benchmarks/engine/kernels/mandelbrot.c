// 64-bit floats in locals: how long the points of a square of `size` rows stay near, at most 200 rounds each.
#include "kernel.h"

static NOINLINE uint32_t rounds(double real, double imaginary) {
    double x = 0, y = 0;
    uint32_t round = 0;
    for (; round < 200; round++) {
        double xx = x * x, yy = y * y;
        if (xx + yy > 4) break;
        y = 2 * x * y + imaginary;
        x = xx - yy + real;
    }
    return round;
}

static uint64_t kernel(uint32_t size) {
    uint64_t checksum = 0;
    for (uint32_t row = 0; row < size; row++)
        for (uint32_t column = 0; column < size; column++)
            checksum += rounds(3.0 * column / size - 2.25, 2.5 * row / size - 1.25) * (row ^ column);
    return checksum;
}
