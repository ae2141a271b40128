// An allocator for linear memory: free blocks in lists by size, found through a bit map; neighbours that are free become
// one; what is free at the end goes back to the untouched rest. So an instance that answers calls for ever stays as large
// as its largest call, and a small call writes few pages.

#include "memory.h"

#include <stdint.h>

/// Stands in front of every allocation. Blocks lie one after the other from the heap's base to `top`.
struct block {
    /// Bytes of the block before this one; 0 for the first.
    uint32_t before;
    /// Bytes of this block with its header, a multiple of `UNIT`; bit 0 says that it is in use.
    uint32_t size;
    /// Neighbours in the list of free blocks; part of the allocation while it is in use.
    struct block *next, *previous;
};

enum {
    UNIT = 16,
    HEADER = 8,
    IN_USE = 1,
    EXACT_LISTS = 32,
    /// Beyond the exact lists there are four lists for each power of two.
    LISTS = EXACT_LISTS + 4 * 23,
    /// How many blocks of the request's own list are tried before the next list, whose blocks all fit.
    TRIES = 8,
    PAGE = 65536,
};
static const uint32_t SIZE_MAX_BYTES = 0x7FFFFF00;

extern uint8_t __heap_base[];

static struct block *lists[LISTS];
static uint32_t occupied[(LISTS + 31) / 32];
/// Where the next block would begin, and the size of the one before it. Null until the first allocation.
static uint8_t *top;
static uint32_t before_top;

static inline uint32_t size_of(const struct block *block) { return block->size & ~(uint32_t)IN_USE; }
static inline uint8_t *end_of(const struct block *block) { return (uint8_t *)block + size_of(block); }
static inline struct block *block_of(void *pointer) { return (struct block *)((uint8_t *)pointer - HEADER); }
static inline void *payload_of(struct block *block) { return (uint8_t *)block + HEADER; }

static uint32_t list_of(uint32_t size) {
    uint32_t units = size / UNIT;
    if (units < EXACT_LISTS) return units;
    uint32_t power = 31 - (uint32_t)__builtin_clz(units);
    return EXACT_LISTS + (power - 5) * 4 + ((units >> (power - 2)) & 3);
}

static void insert(struct block *block) {
    uint32_t list = list_of(block->size);
    block->previous = 0;
    block->next = lists[list];
    if (block->next) block->next->previous = block;
    lists[list] = block;
    occupied[list / 32] |= 1u << (list % 32);
}

static void take_out(struct block *block) {
    if (block->next) block->next->previous = block->previous;
    if (block->previous) {
        block->previous->next = block->next;
        return;
    }
    uint32_t list = list_of(block->size);
    lists[list] = block->next;
    if (!block->next) occupied[list / 32] &= ~(1u << (list % 32));
}

/// Tells whatever follows a block how large the block is.
static void tell_next(struct block *block) {
    uint8_t *end = end_of(block);
    if (end == top) before_top = size_of(block);
    else ((struct block *)end)->before = size_of(block);
}

static struct block *find(uint32_t size) {
    uint32_t list = list_of(size);
    int tries = TRIES;
    for (struct block *block = lists[list]; block && tries > 0; block = block->next, tries--) {
        if (block->size >= size) return block;
    }
    list += 1;
    for (uint32_t word = list / 32; word < sizeof occupied / sizeof *occupied; word++) {
        uint32_t bits = occupied[word];
        if (word == list / 32) bits &= ~0u << (list % 32);
        if (bits) return lists[word * 32 + (uint32_t)__builtin_ctz(bits)];
    }
    return 0;
}

/// Makes sure that memory reaches to `end`, or traps.
static void reach(uint64_t end) {
    uint64_t have = (uint64_t)__builtin_wasm_memory_size(0) * PAGE;
    if (end <= have) return;
    uint64_t pages = (end - have + PAGE - 1) / PAGE;
    if (pages > PAGE || __builtin_wasm_memory_grow(0, (uint32_t)pages) == (size_t)-1) __builtin_trap();
}

static struct block *extend(uint32_t size) {
    if (!top) top = (uint8_t *)((((uintptr_t)__heap_base + HEADER + UNIT - 1) & ~(uintptr_t)(UNIT - 1)) - HEADER);
    reach((uint64_t)(uintptr_t)top + size);
    struct block *block = (struct block *)top;
    block->before = before_top;
    block->size = size | IN_USE;
    top += size;
    before_top = size;
    return block;
}

/// Gives a block back that is in no list, joined with its free neighbours.
static void give_back(struct block *block) {
    block->size = size_of(block);
    if (block->before) {
        struct block *before = (struct block *)((uint8_t *)block - block->before);
        if (!(before->size & IN_USE)) {
            take_out(before);
            before->size += block->size;
            block = before;
        }
    }
    uint8_t *end = end_of(block);
    if (end != top && !(((struct block *)end)->size & IN_USE)) {
        take_out((struct block *)end);
        block->size += ((struct block *)end)->size;
    }
    if (end_of(block) == top) {
        top = (uint8_t *)block;
        before_top = block->before;
        return;
    }
    tell_next(block);
    insert(block);
}

/// Cuts what a block in use has beyond `size`.
static void cut(struct block *block, uint32_t size) {
    uint32_t rest = size_of(block) - size;
    if (rest < UNIT) return;
    block->size = size | IN_USE;
    struct block *second = (struct block *)((uint8_t *)block + size);
    second->before = size;
    second->size = rest | IN_USE;
    tell_next(second);
    give_back(second);
}

static uint32_t block_size(size_t count) {
    if (count > SIZE_MAX_BYTES) __builtin_trap();
    return ((uint32_t)count + HEADER + UNIT - 1) & ~(uint32_t)(UNIT - 1);
}

void *malloc(size_t count) {
    uint32_t size = block_size(count);
    struct block *block = find(size);
    if (!block) return payload_of(extend(size));
    take_out(block);
    block->size |= IN_USE;
    cut(block, size);
    return payload_of(block);
}

void free(void *pointer) {
    if (pointer) give_back(block_of(pointer));
}

void *calloc(size_t items, size_t bytes) {
    if (bytes && items > SIZE_MAX_BYTES / bytes) __builtin_trap();
    return memset(malloc(items * bytes), 0, items * bytes);
}

void *realloc(void *pointer, size_t count) {
    if (!pointer) return malloc(count);
    struct block *block = block_of(pointer);
    uint32_t size = block_size(count);
    uint32_t had = size_of(block);
    if (size <= had) {
        cut(block, size);
        return pointer;
    }
    uint8_t *end = end_of(block);
    if (end == top) {
        reach((uint64_t)(uintptr_t)block + size);
        top = (uint8_t *)block + size;
        before_top = size;
        block->size = size | IN_USE;
        return pointer;
    }
    struct block *next = (struct block *)end;
    if (!(next->size & IN_USE) && next->size >= size - had) {
        take_out(next);
        block->size += next->size;
        tell_next(block);
        cut(block, size);
        return pointer;
    }
    void *moved = malloc(count);
    memcpy(moved, pointer, had - HEADER);
    free(pointer);
    return moved;
}

int posix_memalign(void **result, size_t alignment, size_t count) {
    if (alignment <= UNIT) {
        *result = malloc(count);
        return 0;
    }
    if (count > SIZE_MAX_BYTES || alignment > SIZE_MAX_BYTES - count) __builtin_trap();
    struct block *block = block_of(malloc(count + alignment));
    uintptr_t payload = (uintptr_t)payload_of(block);
    uint32_t gap = (uint32_t)(((payload + alignment - 1) & ~(uintptr_t)(alignment - 1)) - payload);
    if (gap) {
        struct block *aligned = (struct block *)((uint8_t *)block + gap);
        aligned->before = gap;
        aligned->size = (size_of(block) - gap) | IN_USE;
        block->size = gap | IN_USE;
        give_back(block);
        block = aligned;
    }
    cut(block, block_size(count));  // always cuts: the gap is smaller than the alignment
    *result = payload_of(block);
    return 0;
}
