// Memories other than memory 0, and memories and tables that are addressed with 64 bits.
//
// An access to another memory is bracketed by two operations that give the registers to it and back; nothing between
// them stops, only traps. No memory is larger than 4 GiB: an access with an address of 64 bits is preceded by a check
// that the address has no more than 32, and is then the usual one. So are tables' operations.
#include "Handlers.h"

OPERATION(memory_enter) {
    const WasmMemory *other = context->memories[IMMEDIATE];
    memory = other->base;
    size = other->size;
    NEXT(2);
}

OPERATION(memory_leave) {
    memory = context->memory->base;
    size = context->memory->size;
    NEXT(2);
}

// MARK: Memories as a whole

OPERATION(memory_size_far) { SLOT(A) = context->memories[IMMEDIATE]->size >> 16; NEXT(2); }

OPERATION(memory_grow_wide) {
    context->execution->operand = SLOT(B);
    context->execution->operand2 = A | (uint64_t)C << 16;
    pc += 2;
    STOP(MEMORY_GROW);
}

// Word 1: slots of the three operands; word 2: memories, and which of the operands have 64 bits.
enum { WIDE_FIRST = 1, WIDE_SECOND = 2, WIDE_COUNT = 4 };
static inline uint64_t operand(uint64_t slot, uint32_t widths, uint32_t which) {
    return widths & which ? slot : (uint32_t)slot;
}

OPERATION(memory_copy_far) {
    WasmMemory *target = context->memories[pc[2].a], *source = context->memories[pc[2].b];
    uint64_t to = operand(SLOT(A), pc[2].c, WIDE_FIRST), from = operand(SLOT(B), pc[2].c, WIDE_SECOND);
    uint64_t count = operand(SLOT(C), pc[2].c, WIDE_COUNT);
    if (OUT_OF_BOUNDS(from, count, source->size)) TRAP_MEMORY(from, count, source->size);
    if (OUT_OF_BOUNDS(to, count, target->size)) TRAP_MEMORY(to, count, target->size);
    memmove(target->base + to, source->base + from, count);
    mark_pages(target->base, to, count);
    fuel -= (int64_t)(count >> 6);
    NEXT(3);
}

OPERATION(memory_fill_far) {
    WasmMemory *target = context->memories[pc[2].a];
    uint64_t to = operand(SLOT(A), pc[2].c, WIDE_FIRST), count = operand(SLOT(C), pc[2].c, WIDE_COUNT);
    if (OUT_OF_BOUNDS(to, count, target->size)) TRAP_MEMORY(to, count, target->size);
    memset(target->base + to, (int)SLOT(B), count);
    mark_pages(target->base, to, count);
    fuel -= (int64_t)(count >> 6);
    NEXT(3);
}

// Word 3: the segment. Only the address can have 64 bits.
OPERATION(memory_init_far) {
    WasmMemory *target = context->memories[pc[2].a];
    WasmSegment *segment = &context->data[pc[3].immediate];
    uint64_t to = operand(SLOT(A), pc[2].c, WIDE_FIRST), from = (uint32_t)SLOT(B), count = (uint32_t)SLOT(C);
    if (OUT_OF_BOUNDS(from, count, segment->count)) TRAP_MEMORY(from, count, target->size);
    if (OUT_OF_BOUNDS(to, count, target->size)) TRAP_MEMORY(to, count, target->size);
    if (count) memcpy(target->base + to, (const uint8_t *)segment->start + from, count);
    mark_pages(target->base, to, count);
    fuel -= (int64_t)(count >> 6);
    NEXT(4);
}

// MARK: Operands of 64 bits

// Word 1: bytes, slot; word 2: the offset. The address that is reported stops at the largest number.
#define CHECK_ADDRESS(value)                                                       \
    uint64_t base = (value), offset = pc[2].bits;                                  \
    if (UNLIKELY((base | offset) >> 32))                                           \
        TRAP_MEMORY(base + offset < base ? UINT64_MAX : base + offset, A, size);   \
    NEXT(3)
OPERATION(check_address_S) { CHECK_ADDRESS(SLOT(B)); }
OPERATION(check_address_A) { CHECK_ADDRESS(acc); }

OPERATION(check_table_index) {
    uint64_t index = SLOT(B);
    if (UNLIKELY(index >> 32)) TRAP_WITH(TABLE_BOUNDS, index, 1);
    NEXT(2);
}

// Slots: start, count; c as above.
OPERATION(check_table_range) {
    uint64_t start = operand(SLOT(A), C, WIDE_FIRST), count = operand(SLOT(B), C, WIDE_COUNT);
    if (UNLIKELY((start | count) >> 32)) TRAP_WITH(TABLE_BOUNDS, start, count);
    NEXT(2);
}

OPERATION(check_call_index) {
    uint64_t index = SLOT(B);
    if (UNLIKELY(index >> 32)) TRAP_WITH(UNDEFINED_ELEMENT, index, context->tables[C]->size);
    NEXT(2);
}

OPERATION(table_grow_wide) {
    context->execution->operand = SLOT(C);
    context->execution->operand2 = (uint64_t)B << 16 | A;
    context->execution->trap = pc[2].a;
    pc += 3;
    STOP(TABLE_GROW);
}
