// 32-bit integers in an array, and recursion: sorts `size` numbers.
#include "kernel.h"

enum { LARGEST = 4000000 };
static int32_t numbers[LARGEST];

static NOINLINE void sort(int32_t *low, int32_t *high) {
    while (high - low > 12) {
        int32_t pivot = low[(high - low) / 2], *left = low, *right = high;
        while (left <= right) {
            while (*left < pivot) left++;
            while (*right > pivot) right--;
            if (left > right) break;
            int32_t held = *left;
            *left++ = *right;
            *right-- = held;
        }
        if (right - low < high - left) {
            sort(low, right);
            low = left;
        } else {
            sort(left, high);
            high = right;
        }
    }
    for (int32_t *next = low + 1; next <= high; next++) {
        int32_t held = *next, *hole = next;
        for (; hole > low && hole[-1] > held; hole--) *hole = hole[-1];
        *hole = held;
    }
}

static uint64_t kernel(uint32_t size) {
    if (size > LARGEST) size = LARGEST;
    uint32_t random = 88172645u;
    for (uint32_t i = 0; i < size; i++) numbers[i] = (int32_t)next_random(&random);
    if (size) sort(numbers, numbers + size - 1);
    uint64_t checksum = 0;
    for (uint32_t i = 0; i < size; i += 17) checksum = checksum * 31 + (uint32_t)numbers[i];
    for (uint32_t i = 1; i < size; i++) if (numbers[i - 1] > numbers[i]) return 0;
    return checksum;
}
