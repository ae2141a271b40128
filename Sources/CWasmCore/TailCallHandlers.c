// Calls that take the place of their caller: the callee's frame begins where the caller's did.
#include "Handlers.h"

// Moves `count` arguments from slot `first` down to the frame's start, and the way back to the caller's caller from
// behind `own` slots to behind `header` slots. An argument stands above all that is written before it is read: behind
// the caller's own header.
static inline void replace_frame(uint64_t *frame, uint32_t first, uint32_t count, uint32_t own, uint32_t header) {
    uint64_t caller = frame[own], address = frame[own + 1];
    for (uint32_t i = 0; i < count; i++) frame[i] = frame[first + i];
    frame[header] = caller;
    frame[header + 1] = address;
}

// Word 1: first argument, count, fuel. `shape`: own header, callee's header. Nothing is moved before it is sure that
// the callee fits, so that a trap names the caller.
#define REPLACE(code, shape)                                                                          \
    const Word *code_ = (const Word *)(code);                                                         \
    fuel -= IMMEDIATE;                                                                                \
    if (UNLIKELY(frame + FRAME_SLOTS(code_) > context->stack_limit)) TRAP(STACK_EXHAUSTED);           \
    replace_frame(frame, A, B, (shape).a, (shape).b);                                                 \
    pc = code_;                                                                                       \
    if (UNLIKELY(fuel < 0)) TAIL wasm_call_without_fuel(ARGUMENTS);                                   \
    CONTINUE

OPERATION(return_call) {
    REPLACE(*(const WasmWord *const volatile *)pc[2].bits, pc[3]);
}

// Word 2: table, slot of the index, type; word 3: as above. Out of the instance it is the bridge that takes the
// caller's place, and the callee's frame lies on top of it.
OPERATION(return_call_indirect) {
    uint64_t index = (uint32_t)SLOT(pc[2].b);
    WasmTable *table = context->tables[pc[2].a];
    if (UNLIKELY(index >= table->size)) TRAP_WITH(UNDEFINED_ELEMENT, index, table->size);
    uint64_t reference = table->elements[index];
    if (UNLIKELY(!reference)) TRAP_WITH(UNINITIALIZED_ELEMENT, index, table->size);
    const WasmFunction *function = &context->store->functions[reference];
    if (UNLIKELY(function->type != (uint32_t)pc[2].immediate)) TRAP_WITH(TYPE_MISMATCH, index, table->size);
    acc = reference;
    REPLACE(function->context == context ? *(const WasmWord *const volatile *)function->entry : function->bridge,
            pc[3]);
}
