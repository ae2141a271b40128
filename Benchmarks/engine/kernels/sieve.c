// Bytes in an array: all primes below a limit, 2,000,000 at most; `size` is the sum of the limits.
#include "kernel.h"

enum { LARGEST = 2000000 };
static uint8_t is_composite[LARGEST];

static NOINLINE uint32_t primes_below(uint32_t limit) {
    for (uint32_t n = 0; n < limit; n++) is_composite[n] = 0;
    uint32_t count = 0;
    for (uint32_t n = 2; n < limit; n++) {
        if (is_composite[n]) continue;
        count++;
        for (uint32_t multiple = n + n; multiple < limit; multiple += n) is_composite[multiple] = 1;
    }
    return count;
}

static uint64_t kernel(uint32_t size) {
    uint64_t count = 0;
    for (; size > LARGEST; size -= LARGEST) count += primes_below(LARGEST);
    return count + primes_below(size);
}
