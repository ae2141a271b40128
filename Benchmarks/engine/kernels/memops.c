// Whole ranges of memory: `size` copies and fills, from 16 bytes to 64 KiB.
#include "kernel.h"

enum { AREA = 1 << 18 };
static uint8_t area[AREA];

static uint64_t kernel(uint32_t size) {
    uint32_t random = 521288629u;
    for (uint32_t i = 0; i < AREA; i++) area[i] = (uint8_t)(i * 31 >> 3);
    uint64_t checksum = 0;
    for (uint32_t i = 0; i < size; i++) {
        uint32_t count = 16u << (next_random(&random) % 13);
        uint32_t from = next_random(&random) % (AREA - count), to = next_random(&random) % (AREA - count);
        if (i % 4 == 0) __builtin_memset(area + to, (int)(i & 255), count);
        else __builtin_memmove(area + to, area + from, count);
        checksum = checksum * 31 + area[to + count / 2] + area[from];
    }
    return checksum;
}
