// Mapping memories and stacks, and putting a memory back to its template.
#include <string.h>
#include <sys/mman.h>

#include "include/WasmCore.h"

#define PAGE_BYTES 4096ull

static uint8_t *cards(const WasmMemory *memory) { return memory->base - WASM_CARD_BYTES; }

static void *map(uint64_t bytes) {
    void *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return start == MAP_FAILED ? NULL : start;
}

int wasm_core_memory_map(WasmMemory *memory, uint64_t reserved) {
    if (reserved / PAGE_BYTES > WASM_CARD_BYTES) return 0;
    // One page more than asked for: restoring copies a few bytes beyond the last page.
    uint8_t *start = map(WASM_CARD_BYTES + reserved + PAGE_BYTES);
    if (!start) return 0;
    memory->base = start + WASM_CARD_BYTES;
    memory->size = 0;
    memory->reserved = reserved;
    return 1;
}

void wasm_core_memory_unmap(WasmMemory *memory) {
    munmap(cards(memory), WASM_CARD_BYTES + memory->reserved + PAGE_BYTES);
}

void wasm_core_memory_mark(WasmMemory *memory, uint64_t address, uint64_t count) {
    if (!count) return;
    uint64_t first = address / PAGE_BYTES, last = (address + count - 1) / PAGE_BYTES;
    memset(cards(memory) + first, 1, last - first + 1);
}

void wasm_core_memory_populate(WasmMemory *memory, uint64_t address, uint64_t count) {
#ifdef __linux__
    const int populate_write = 23;
    uint64_t first = address / PAGE_BYTES * PAGE_BYTES, end = (address + count + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    if (count > 16 * PAGE_BYTES) madvise(memory->base + first, end - first, populate_write);
#endif
}

void wasm_core_memory_clean(WasmMemory *memory) {
    memset(cards(memory), 0, memory->size / PAGE_BYTES);
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
    uint8_t *card = cards(memory);
    uint64_t page = 0;
    while (page < pages) {
        // Eight cards at a time.
        if (page + 8 <= pages) {
            uint64_t eight;
            memcpy(&eight, card + page, 8);
            if (!eight) { page += 8; continue; }
        }
        uint64_t end = page + 8 < pages ? page + 8 : pages;
        for (; page < end; page++) {
            if (!card[page]) continue;
            card[page] = 0;
            restore_range(memory->base, image, image_size, page * PAGE_BYTES, PAGE_BYTES + tail);
            restored++;
        }
    }
    memory->size = size;
    return restored;
}

uint64_t *wasm_core_stack_map(uint64_t bytes) { return map(bytes); }

void wasm_core_stack_unmap(uint64_t *stack, uint64_t bytes) { munmap(stack, bytes); }
