// Reads a recording and builds the instance that it tells of. Every part has memory of its own, exactly as large as it may
// be used; nobody may touch what lies behind it.
#include "recording.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#endif
#endif
#ifndef ASAN_POISON_MEMORY_REGION
#define ASAN_POISON_MEMORY_REGION(start, count) ((void)(start), (void)(count))
#define ASAN_UNPOISON_MEMORY_REGION(start, count) ((void)(start), (void)(count))
#endif

#define PAGE 65536ull
/// Bytes behind a stack and a memory.
#define REDZONE 4096ull

// MARK: Words

uint64_t word(Words *words) {
    if (words->next == words->end) fail("the recording ends too early");
    return *words->next++;
}

const uint64_t *list(Words *words, uint64_t *count) {
    *count = word(words);
    if (*count > (uint64_t)(words->end - words->next)) fail("the recording ends in a list");
    const uint64_t *start = words->next;
    words->next += *count;
    return start;
}

const uint8_t *bytes(Words *words, uint64_t *count) {
    *count = word(words);
    uint64_t whole = (*count + 7) / 8;
    if (whole > (uint64_t)(words->end - words->next)) fail("the recording ends in bytes");
    const uint8_t *start = (const uint8_t *)words->next;
    words->next += whole;
    return start;
}

static void *zeroed(uint64_t count, size_t size) {
    void *start = calloc(count ? count : 1, size);
    if (!start) fail("out of memory");
    return start;
}

static uint64_t *copied(const uint64_t *words, uint64_t count) {
    uint64_t *copy = zeroed(count, 8);
    if (count) memcpy(copy, words, count * 8);
    return copy;
}

// MARK: Code

/// The address of an operation's handler.
static WasmWord handler(uint64_t operation) {
    static WasmWord handlers[WASM_OPERATION_COUNT];
    if (!handlers[0]) wasm_core_fill_handlers(handlers);
    if (operation >= WASM_OPERATION_COUNT) fail("no operation %llu", (unsigned long long)operation);
    return handlers[operation];
}

static WasmWord operands(uint64_t a, uint64_t b, uint64_t immediate) { return a | b << 16 | immediate << 32; }

static WasmWord *load_words(Words *words, Instance *instance) {
    uint64_t count;
    const uint64_t *source = list(words, &count);
    WasmWord *code = copied(source, count);
    uint64_t relocation_count = word(words);
    for (uint64_t i = 0; i < relocation_count; i++) {
        uint64_t position = word(words), kind = word(words);
        if (position >= count) fail("a relocation of word %llu", (unsigned long long)position);
        WasmWord *target = &code[position];
        *target = kind == RELOCATION_HANDLER ? handler(*target) : (WasmWord)&instance->entries[*target];
    }
    return code;
}

static void load_code(Words *words, Instance *instance, uint64_t index) {
    Code *code = &instance->codes[index];
    uint64_t header = word(words);
    uint64_t is_own = word(words);
    code->stub[0] = operands(header, 0, header + 2);
    code->stub[1] = handler(is_own ? WASM_OP_translate : WASM_OP_import);
    code->stub[2] = is_own ? index : operands(0, 0, index);
    instance->entries[index] = code->stub + 1;
    if (!is_own) return;
    uint64_t entry = word(words);
    code->words = load_words(words, instance);
    code->entry = code->words + entry;
}

static void load_functions(Words *words, Instance *instance) {
    instance->function_count = word(words);
    instance->codes = zeroed(instance->function_count, sizeof(Code));
    instance->entries = zeroed(instance->function_count, sizeof *instance->entries);
    for (uint64_t i = 0; i < instance->function_count; i++) load_code(words, instance, i);
}

static void load_store(Words *words, Instance *instance) {
    uint64_t count = instance->reference_count = word(words);
    instance->store.functions = zeroed(count + 1, sizeof(WasmFunction));
    instance->store.contexts = zeroed(1, sizeof(WasmContext *));
    instance->bridges = zeroed(count, sizeof(WasmWord *));
    for (uint64_t reference = 1; reference <= count; reference++) {
        WasmFunction *function = &instance->store.functions[reference];
        function->type = (uint32_t)word(words);
        uint64_t cell = word(words), entry = word(words);
        function->entry = cell ? &instance->entries[cell - 1] : NULL;
        WasmWord *bridge = instance->bridges[reference - 1] = load_words(words, instance);
        function->bridge = bridge + entry;
    }
}

// MARK: Memory and tables

/// Whole pages of a memory. The part that it may still grow by can be gigabytes: too much for AddressSanitizer's shadow.
static void protect(uint8_t *start, uint64_t count, int access) {
    if (count && mprotect(start, count, access)) fail("no memory of %llu bytes", (unsigned long long)count);
}

static void load_memory(Words *words, Instance *instance, uint64_t index) {
    WasmMemory *memory = instance->memory_pointers[index] = &instance->memories[index];
    uint64_t pages_max = instance->memory_limits[index] = word(words);
    instance->memory_refusals[index] = word(words);
    uint64_t size = word(words), count;
    const uint8_t *image = bytes(words, &count);
    if (!wasm_core_memory_map(memory, (pages_max ? pages_max : 1) * PAGE)) fail("no room for a memory");
    memory->size = size;
    memcpy(memory->base, image, count);
    protect(memory->base + size, memory->reserved - size + REDZONE, PROT_NONE);
}

static void load_memories(Words *words, Instance *instance) {
    uint64_t count = instance->memory_count = word(words);
    instance->memories = zeroed(count, sizeof(WasmMemory));
    instance->memory_pointers = zeroed(count, sizeof(WasmMemory *));
    instance->memory_limits = zeroed(count, 8);
    instance->memory_refusals = zeroed(count, 8);
    for (uint64_t i = 0; i < count; i++) load_memory(words, instance, i);
}

uint64_t grow_memory(Instance *instance, uint64_t index, uint64_t pages) {
    WasmMemory *memory = &instance->memories[index];
    uint64_t before = memory->size / PAGE;
    if (pages > instance->memory_limits[index] - before) return instance->memory_refusals[index];
    protect(memory->base + memory->size, pages * PAGE, PROT_READ | PROT_WRITE);
    memory->size += pages * PAGE;
    return before;
}

uint64_t grow_table(Instance *instance, uint64_t index, uint64_t count, uint64_t reference) {
    WasmTable *table = &instance->tables[index];
    uint64_t before = table->size, most = instance->table_limits[index];
    if (before > most || count > most - before) return instance->table_refusals[index];
    uint64_t *larger = zeroed(before + count, 8);
    memcpy(larger, table->elements, before * 8);
    for (uint64_t i = before; i < before + count; i++) larger[i] = reference;
    free(table->elements);
    *table = (WasmTable){.elements = larger, .size = before + count, .capacity = before + count, .is_dirty = 1};
    return before;
}

static void load_tables(Words *words, Instance *instance) {
    uint64_t count = instance->table_count = word(words);
    instance->tables = zeroed(count, sizeof(WasmTable));
    instance->table_pointers = zeroed(count, sizeof(WasmTable *));
    instance->table_limits = zeroed(count, 8);
    instance->table_refusals = zeroed(count, 8);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t size;
        instance->table_limits[i] = word(words);
        instance->table_refusals[i] = word(words);
        const uint64_t *elements = list(words, &size);
        instance->tables[i] = (WasmTable){.elements = copied(elements, size), .size = size, .capacity = size};
        instance->table_pointers[i] = &instance->tables[i];
    }
}

// MARK: The instance

static uint8_t nothing[1];
/// What a memory is for a module that has none.
static WasmMemory no_memory = {.base = nothing};

uint64_t *own_globals(const Instance *instance) {
    return (uint64_t *)((char *)instance->context + WASM_CONTEXT_GLOBALS);
}

static void load_globals(Words *words, Instance *instance) {
    uint64_t count;
    const uint64_t *own = list(words, &count);
    instance->own_global_slots = count;
    // The context is as large as it must be only now that their number is known: all that points to it is filled in after.
    instance->context = zeroed(1, sizeof(WasmContext) + count * 8);
    memcpy(own_globals(instance), own, count * 8);
    count = instance->imported_global_count = word(words);
    instance->imported_globals = zeroed(count * 2, 8);
    instance->imported_global_cells = zeroed(count, sizeof(uint64_t *));
    for (uint64_t i = 0; i < count; i++) {
        uint64_t *cell = instance->imported_global_cells[i] = &instance->imported_globals[i * 2];
        cell[0] = word(words);
        cell[1] = word(words);
    }
}

static WasmSegment *load_segments(Words *words, uint64_t *count, int holds_references) {
    *count = word(words);
    WasmSegment *segments = zeroed(*count, sizeof(WasmSegment));
    for (uint64_t i = 0; i < *count; i++) {
        uint64_t size;
        const void *source = holds_references ? (const void *)list(words, &size) : (const void *)bytes(words, &size);
        uint64_t byte_count = holds_references ? size * 8 : size;
        void *copy = zeroed(byte_count, 1);
        if (byte_count) memcpy(copy, source, byte_count);
        segments[i] = (WasmSegment){.start = copy, .count = size};
    }
    return segments;
}

void load_instance(Words *words, Instance *instance) {
    memset(instance, 0, sizeof *instance);
    if (word(words) != RECORDING_MAGIC) fail("this is no recording");
    instance->stack_bytes = word(words);
    instance->stack = wasm_core_stack_map(instance->stack_bytes + REDZONE);
    if (!instance->stack) fail("no room for a stack");
    ASAN_POISON_MEMORY_REGION((char *)instance->stack + instance->stack_bytes, REDZONE);
    load_functions(words, instance);
    load_store(words, instance);
    uint64_t count;
    const uint64_t *functions = list(words, &count);
    uint64_t *references = copied(functions, count);
    load_memories(words, instance);
    load_tables(words, instance);
    load_globals(words, instance);
    WasmContext *context = instance->context;
    context->memory = instance->memory_count ? instance->memories : &no_memory;
    context->memories = instance->memory_pointers;
    context->memory_count = instance->memory_count;
    context->tables = instance->table_pointers;
    context->store = &instance->store;
    context->functions = references;
    context->imported_globals = instance->imported_global_cells;
    context->data = load_segments(words, &instance->data_count, 0);
    context->elements = load_segments(words, &instance->element_count, 1);
    instance->store.contexts[0] = context;
    for (uint64_t i = 1; i <= instance->reference_count; i++) {
        if (instance->store.functions[i].entry) instance->store.functions[i].context = context;
    }
}

void free_instance(Instance *instance) {
    for (uint64_t i = 0; i < instance->function_count; i++) free(instance->codes[i].words);
    for (uint64_t i = 0; i < instance->data_count; i++) free((void *)instance->context->data[i].start);
    for (uint64_t i = 0; i < instance->element_count; i++) free((void *)instance->context->elements[i].start);
    for (uint64_t i = 0; i < instance->table_count; i++) free(instance->tables[i].elements);
    for (uint64_t i = 0; i < instance->memory_count; i++) wasm_core_memory_unmap(&instance->memories[i]);
    ASAN_UNPOISON_MEMORY_REGION((char *)instance->stack + instance->stack_bytes, REDZONE);
    wasm_core_stack_unmap(instance->stack, instance->stack_bytes + REDZONE);
    free(instance->context->data);
    free(instance->context->elements);
    free((void *)instance->context->functions);
    free(instance->context);
    free(instance->imported_globals);
    free(instance->imported_global_cells);
    free(instance->tables);
    free(instance->table_pointers);
    free(instance->table_limits);
    free(instance->table_refusals);
    free(instance->memories);
    free(instance->memory_pointers);
    free(instance->memory_limits);
    free(instance->memory_refusals);
    for (uint64_t i = 0; i < instance->reference_count; i++) free(instance->bridges[i]);
    free(instance->bridges);
    free(instance->store.functions);
    free(instance->store.contexts);
    free(instance->codes);
    free(instance->entries);
}
