// What compilers call and a freestanding module has to bring itself.

#include "memory.h"

#include <stdint.h>

void *memcpy(void *restrict target, const void *restrict source, size_t count) {
    return __builtin_memcpy(target, source, count);  // one instruction: memory.copy
}

void *memmove(void *target, const void *source, size_t count) {
    return __builtin_memmove(target, source, count);
}

void *memset(void *target, int byte, size_t count) { return __builtin_memset(target, byte, count); }

int memcmp(const void *left, const void *right, size_t count) {
    const uint8_t *a = left, *b = right;
    for (; count >= 8; a += 8, b += 8, count -= 8) {
        uint64_t wordA, wordB;
        __builtin_memcpy(&wordA, a, 8);
        __builtin_memcpy(&wordB, b, 8);
        if (wordA != wordB) break;
    }
    if (count >= 4) {
        uint32_t wordA, wordB;
        __builtin_memcpy(&wordA, a, 4);
        __builtin_memcpy(&wordB, b, 4);
        if (wordA == wordB) a += 4, b += 4, count -= 4;
    }
    for (; count > 0; a++, b++, count--) {
        if (*a != *b) return *a < *b ? -1 : 1;
    }
    return 0;
}

size_t strlen(const char *text) {
    const char *end = text;
    while (*end) end++;
    return (size_t)(end - text);
}

/// The seed of Swift's hashing, and *not random*: a module has no randomness of its own, and asking the host for some
/// would need a claim. Real randomness is `NumberGen`'s. What colliding keys can cost is bounded by the call's fuel.
void arc4random_buf(void *target, size_t count) {
    static uint64_t state = 0x1F3D5B79AC3E6270;
    uint8_t *bytes = target;
    for (size_t index = 0; index < count; index++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        bytes[index] = (uint8_t)(state >> 56);
    }
}

/// The product of two 128-bit numbers, which compilers expect as a function.
__int128 __multi3(__int128 left, __int128 right) {
    uint64_t a = (uint64_t)left, b = (uint64_t)right;
    uint64_t aLow = (uint32_t)a, aHigh = a >> 32, bLow = (uint32_t)b, bHigh = b >> 32;
    uint64_t low = aLow * bLow;
    uint64_t middle = aHigh * bLow + (low >> 32);
    uint64_t cross = aLow * bHigh + (uint32_t)middle;
    uint64_t high = aHigh * bHigh + (middle >> 32) + (cross >> 32);
    high += a * (uint64_t)(right >> 64) + (uint64_t)(left >> 64) * b;
    return (__int128)(((unsigned __int128)high << 64) | (cross << 32) | (uint32_t)low);
}
