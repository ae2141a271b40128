// Mapping memories and stacks, and putting a memory back to its template.
#include <string.h>
#include <sys/mman.h>

#include "include/WasmCore.h"

#define PAGE_BYTES 4096ull

static uint64_t card_bytes(uint64_t reserved) {
    uint64_t cards = reserved / PAGE_BYTES;
    return (cards + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
}

static void *map(uint64_t bytes) {
    void *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return start == MAP_FAILED ? NULL : start;
}

int wasm_core_memory_map(WasmMemory *memory, uint64_t reserved) {
    // One page more than asked for: restoring copies a few bytes beyond the last page.
    uint8_t *start = map(card_bytes(reserved) + reserved + PAGE_BYTES);
    if (!start) return 0;
    memory->base = start + card_bytes(reserved);
    memory->size = 0;
    memory->reserved = reserved;
    return 1;
}

void wasm_core_memory_unmap(WasmMemory *memory) {
    uint64_t cards = card_bytes(memory->reserved);
    munmap(memory->base - cards, cards + memory->reserved + PAGE_BYTES);
}

void wasm_core_memory_mark(WasmMemory *memory, uint64_t address, uint64_t count) {
    if (!count) return;
    uint64_t first = address / PAGE_BYTES, last = (address + count - 1) / PAGE_BYTES;
    memset(memory->base - 1 - last, 1, last - first + 1);
}

void wasm_core_memory_populate(WasmMemory *memory, uint64_t address, uint64_t count) {
#ifdef __linux__
    const int populate_write = 23;
    uint64_t first = address / PAGE_BYTES * PAGE_BYTES, end = (address + count + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    if (count > 16 * PAGE_BYTES) madvise(memory->base + first, end - first, populate_write);
#endif
}

void wasm_core_memory_clean(WasmMemory *memory) {
    uint64_t pages = memory->size / PAGE_BYTES;
    memset(memory->base - pages, 0, pages);
}

// Copies `count` bytes at `address` from the image, or zeroes them where it ends.
static void restore_range(
    uint8_t *base, const uint8_t *image, uint64_t image_size, uint64_t address, uint64_t count) {
    uint64_t copied = address >= image_size ? 0 : image_size - address < count ? image_size - address : count;
    if (copied) memcpy(base + address, image + address, copied);
    if (copied < count) memset(base + address + copied, 0, count - copied);
}

uint64_t wasm_core_memory_restore(WasmMemory *memory, const uint8_t *image, uint64_t image_size, uint64_t size) {
    // An access of up to 16 bytes marks only the page it starts in.
    const uint64_t tail = 16;
    uint64_t pages = (memory->size > size ? memory->size : size) / PAGE_BYTES, restored = 0;
    uint8_t *cards = memory->base - 1;
    uint64_t page = 0;
    while (page < pages) {
        // Eight cards at a time: they lie downwards from the base.
        if (page + 8 <= pages) {
            uint64_t eight;
            memcpy(&eight, cards - page - 7, 8);
            if (!eight) { page += 8; continue; }
        }
        uint64_t end = page + 8 < pages ? page + 8 : pages;
        for (; page < end; page++) {
            if (!*(cards - page)) continue;
            *(cards - page) = 0;
            restore_range(memory->base, image, image_size, page * PAGE_BYTES, PAGE_BYTES + tail);
            restored++;
        }
    }
    memory->size = size;
    return restored;
}

uint64_t *wasm_core_stack_map(uint64_t bytes) { return map(bytes); }

void wasm_core_stack_unmap(uint64_t *stack, uint64_t bytes) { munmap(stack, bytes); }
