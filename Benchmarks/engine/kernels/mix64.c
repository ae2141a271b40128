// 64-bit integers in locals: `size` rounds of multiplying, rotating and shifting.
#include "kernel.h"

static inline uint64_t rotated(uint64_t x, int count) { return x << count | x >> (64 - count); }

static uint64_t kernel(uint32_t size) {
    uint64_t a = 0x9E3779B97F4A7C15u, b = 0xBF58476D1CE4E5B9u, c = 0x94D049BB133111EBu;
    for (uint32_t round = 0; round < size; round++) {
        a += 0x9E3779B97F4A7C15u;
        uint64_t mixed = a;
        mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
        mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
        b = rotated(b ^ mixed, 23) + c;
        c = (c ^ b >> 17) * 5 + rotated(mixed, 41);
    }
    return a ^ b ^ c;
}
