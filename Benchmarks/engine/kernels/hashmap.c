// A hash table with open addressing: `size` times an insertion, two searches, and a removal now and then.
#include "kernel.h"

enum { PLACES = 1 << 16 };
static struct Place { uint32_t key, value; } places[PLACES];
static uint32_t used;

static inline uint32_t home(uint32_t key) { return key * 2654435769u >> 16; }

static NOINLINE struct Place *find(uint32_t key) {
    uint32_t index = home(key);
    while (places[index].key && places[index].key != key) index = (index + 1) & (PLACES - 1);
    return &places[index];
}

static NOINLINE void insert(uint32_t key, uint32_t value) {
    struct Place *place = find(key);
    used += !place->key;
    place->key = key;
    place->value += value;
}

/// Moves up what stands behind the gap, as long as it is nearer to its home there.
static NOINLINE void remove_key(uint32_t key) {
    struct Place *place = find(key);
    if (!place->key) return;
    uint32_t gap = (uint32_t)(place - places), index = gap;
    used--;
    for (;;) {
        index = (index + 1) & (PLACES - 1);
        if (!places[index].key) break;
        uint32_t wanted = home(places[index].key);
        if (((index - wanted) & (PLACES - 1)) < ((index - gap) & (PLACES - 1))) continue;
        places[gap] = places[index];
        gap = index;
    }
    places[gap].key = places[gap].value = 0;
}

static uint64_t kernel(uint32_t size) {
    uint32_t random = 362436069u;
    uint64_t checksum = 0;
    for (uint32_t i = 0; i < size; i++) {
        uint32_t key = next_random(&random) % 60000 + 1;
        if (used < PLACES / 4 * 3) insert(key, i);
        checksum += find(key * 7 % 60000 + 1)->value + find(i % 60000 + 1)->key;
        if (i % 3 == 0) remove_key(next_random(&random) % 60000 + 1);
    }
    return checksum + used;
}
