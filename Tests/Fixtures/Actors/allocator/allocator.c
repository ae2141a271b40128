// Takes, grows and gives back memory at random, and looks whether anything was written over. The argument is the seed, the
// number of steps and the largest size, four bytes each; the result 1, or 0 where a byte is not what it was.

#include "memory.h"
#include "wasmbus.h"

enum { PLACES = 64 };

static uint32_t random_state;

static uint32_t random_below(uint32_t bound) {
    random_state = random_state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(random_state >> 8) * bound) >> 24);
}

struct place {
    uint8_t *start;
    uint32_t count;
    uint8_t byte;
};

static int is_intact(const struct place *place, uint32_t count) {
    for (uint32_t index = 0; index < count; index++) {
        if (place->start[index] != place->byte) return 0;
    }
    return 1;
}

static void fill(struct place *place, uint32_t count) {
    place->count = count;
    place->byte = (uint8_t)random_below(256);
    memset(place->start, place->byte, count);
}

static int run(uint32_t steps, uint32_t largest) {
    struct place places[PLACES] = {0};
    for (uint32_t step = 0; step < steps; step++) {
        struct place *place = &places[random_below(PLACES)];
        uint32_t count = random_below(random_below(8) == 0 ? largest : 64);
        if (place->start && !is_intact(place, place->count)) return 0;
        switch (random_below(5)) {
        case 0:
            free(place->start);
            place->start = calloc(1, count);
            place->byte = 0;
            if (!is_intact(place, count)) return 0;
            fill(place, count);
            break;
        case 1: {
            uint32_t kept = place->start ? (count < place->count ? count : place->count) : 0;
            place->start = realloc(place->start, count);
            if (!is_intact(place, kept)) return 0;
            fill(place, count);
            break;
        }
        case 2: {
            void *aligned;
            size_t alignment = (size_t)4 << random_below(12);
            if (posix_memalign(&aligned, alignment, count) != 0 || (size_t)aligned % alignment != 0) return 0;
            free(place->start);
            place->start = aligned;
            fill(place, count);
            break;
        }
        case 3:
            free(place->start);
            place->start = 0;
            break;
        default:
            free(place->start);
            place->start = malloc(count);
            if ((size_t)place->start % 16 != 0) return 0;
            fill(place, count);
        }
    }
    for (uint32_t index = 0; index < PLACES; index++) {
        if (places[index].start && !is_intact(&places[index], places[index].count)) return 0;
        free(places[index].start);
    }
    return 1;
}

WASMBUS_EXPORT("__guest_call")
int32_t guest_call(uint32_t operation_count, uint32_t argument_count) {
    uint8_t operation[16];
    uint32_t argument[3];
    if (operation_count > sizeof operation || argument_count != sizeof argument) __builtin_trap();
    wasmbus_guest_request(operation, (uint8_t *)argument);
    random_state = argument[0];
    uint8_t result = (uint8_t)(operation_count > 0 ? run(argument[1], argument[2]) : malloc(argument[2]) != 0);
    wasmbus_guest_response(&result, 1);
    return 1;
}
