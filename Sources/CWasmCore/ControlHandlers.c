// Branches, calls, moves, and the ways in and out of the core.
//
// A frame: parameters and results (`header` slots, the larger count of the two), the caller's frame, the return
// address, further locals, constants, operands. A callee's frame starts at its first argument in the caller's.
#include "Bodies.h"

// MARK: Ways out

void wasm_trap(PARAMETERS) {
    context->execution->trap = (uint32_t)acc;
    STOP(TRAPPED);
}

void wasm_trap_memory(PARAMETERS) {
    context->execution->trap = WASM_TRAP_MEMORY_BOUNDS;
    context->execution->memory_size = size;
    context->execution->operand = acc << 8 >> 8;
    context->execution->operand2 = acc >> 56;
    STOP(TRAPPED);
}

// pc is already the loop's start.
void wasm_branch_without_fuel(PARAMETERS) { STOP(OUT_OF_FUEL); }

OPERATION(unreachable) { TRAP(UNREACHABLE); }
OPERATION(halt) { STOP(FINISHED); }

OPERATION(memory_grow) {
    context->execution->operand = (uint32_t)SLOT(B);
    context->execution->operand2 = A | (uint64_t)C << 16;
    pc += 2;
    STOP(MEMORY_GROW);
}

OPERATION(table_grow) {
    context->execution->operand = (uint32_t)SLOT(C);
    context->execution->operand2 = (uint64_t)B << 16 | A;
    context->execution->trap = pc[2].a;
    pc += 3;
    STOP(TABLE_GROW);
}

// MARK: Branches

OPERATION(charge) { DO_charge; NEXT(2); }
OPERATION(br) { DO_br; }
OPERATION(br_if_S) { DO_br_if_S; NEXT(3); }
OPERATION(br_if_A) { DO_br_if_A; NEXT(3); }
OPERATION(br_unless_S) { DO_br_unless_S; NEXT(3); }
OPERATION(br_unless_A) { DO_br_unless_A; NEXT(3); }
OPERATION(br_table_S) { DO_br_table_S; }
OPERATION(br_table_A) { DO_br_table_A; }

// MARK: Calls

void wasm_call_without_fuel(PARAMETERS) {
    context->execution->operand = acc;
    STOP(OUT_OF_FUEL);
}

OPERATION(call) { DO_call; }

// acc hands the reference to the bridge, if it takes one.
OPERATION(call_indirect) {
    uint64_t index = (uint32_t)SLOT(B);
    WasmTable *table = context->tables[pc[2].a];
    if (UNLIKELY(index >= table->size)) TRAP_WITH(UNDEFINED_ELEMENT, index, table->size);
    uint64_t reference = table->elements[index];
    if (UNLIKELY(!reference)) TRAP_WITH(UNINITIALIZED_ELEMENT, index, table->size);
    const WasmFunction *function = &context->store->functions[reference];
    if (UNLIKELY(function->type != (uint32_t)pc[2].immediate)) TRAP_WITH(TYPE_MISMATCH, index, table->size);
    acc = reference;
    ENTER(function->context == context ? *(const WasmWord *const volatile *)function->entry : function->bridge,
          pc[2].b, 3);
}

// The code of an imported function: goes on to the bridge of what it was linked to. The frame is there already.
OPERATION(import) {
    acc = context->functions[IMMEDIATE];
    const Word *bridge = (const Word *)context->store->functions[acc].bridge;
    if (UNLIKELY(frame + FRAME_SLOTS(bridge) > context->stack_limit)) TRAP(STACK_EXHAUSTED);
    pc = bridge;
    CONTINUE;
}

// Into another instance and back. Behind the header of the bridge's own frame stands the index of the instance to
// return to, and behind that the callee's frame with a copy of the arguments.
#define BRIDGE_CALLEE(header) (frame + (header) + 3)
OPERATION(bridge_enter) {
    const WasmFunction *function = &context->store->functions[acc];
    uint64_t header = (uint32_t)IMMEDIATE;
    const Word *code = (const Word *)*(const WasmWord *const volatile *)function->entry;
    uint64_t *callee = BRIDGE_CALLEE(header);
    if (UNLIKELY(callee + FRAME_SLOTS(code) > context->stack_limit)) TRAP(STACK_EXHAUSTED);
    frame[header + 2] = context->index;
    for (uint32_t i = 0; i < A; i++) callee[i] = frame[i];
    callee[header] = (uint64_t)frame;
    callee[header + 1] = (uint64_t)(pc + 2);
    WasmContext *target = function->context;
    target->stack_limit = context->stack_limit;
    target->execution = context->execution;
    context = target;
    memory = context->memory->base;
    size = context->memory->size;
    frame = callee;
    pc = code;
    CONTINUE;
}

OPERATION(bridge_leave) {
    uint64_t header = (uint32_t)IMMEDIATE;
    const uint64_t *callee = BRIDGE_CALLEE(header);
    for (uint32_t i = 0; i < B; i++) frame[i] = callee[i];
    WasmContext *target = context->store->contexts[frame[header + 2]];
    target->stack_limit = context->stack_limit;
    target->execution = context->execution;
    context = target;
    memory = context->memory->base;
    size = context->memory->size;
    KEEP_RESULT(frame[0]);
    LEAVE(header);
}

// The bridge to a host function: stops, and returns to the caller when it runs again.
OPERATION(host_call) {
    context->execution->operand = acc;
    pc += 1;
    STOP(HOST_CALL);
}

// What a function's code is before its first call.
OPERATION(translate) {
    context->execution->operand = pc[1].bits;
    STOP(TRANSLATE);
}

OPERATION(enter_2) { DO_enter_2; NEXT(2); }
OPERATION(enter_4) { DO_enter_4; NEXT(2); }
OPERATION(enter_8) { DO_enter_8; NEXT(2); }

// Zeroes locals and copies the function's constants, which stand behind its code.
OPERATION(enter) {
    uint64_t *slot = frame + A;
    for (uint32_t n = B; n; n--) *slot++ = 0;
    const uint64_t *constant = (const uint64_t *)((const char *)(pc + 2) + pc[2].immediate);
    for (uint32_t n = (uint32_t)IMMEDIATE; n; n--) *slot++ = *constant++;
    NEXT(3);
}

OPERATION(return) { DO_return; }
OPERATION(return_host) { KEEP_RESULT(frame[0]); LEAVE(IMMEDIATE); }
OPERATION(return_S) { DO_return_S; }
OPERATION(return_A) { DO_return_A; }
OPERATION(return_F32) { PAY; float v = facc_float(facc); memcpy(frame, &v, 4); LEAVE(IMMEDIATE); }
OPERATION(return_F64) { PAY; double v = facc_double(facc); memcpy(frame, &v, 8); LEAVE(IMMEDIATE); }
OPERATION(return_I) { PAY; KEEP_RESULT(pc[2].bits); frame[0] = acc; LEAVE(IMMEDIATE); }

// MARK: Moves

OPERATION(move) { DO_move; NEXT(2); }
OPERATION(move2) { DO_move2; NEXT(2); }
OPERATION(move4) { DO_move4; NEXT(3); }
OPERATION(move_immediate) { DO_move_immediate; NEXT(3); }
OPERATION(move_A) { DO_move_A; NEXT(2); }
OPERATION(select_S) { DO_select_S; NEXT(3); }
OPERATION(select_A) { DO_select_A; NEXT(3); }

// MARK: Ways in

static Handler *const halt_code[1] = {wasm_op_halt};

enum WasmStatus wasm_core_run(WasmExecution *execution) {
    WasmContext *context = execution->context;
    context->execution = execution;
    context->stack_limit = execution->stack_limit;
    const Word *pc = (const Word *)execution->pc;
    FloatAccumulator facc = {0};
    // Only a bridge that fuel stopped in front of reads the accumulator: everywhere else it is empty.
    ((Handler *)pc[0].bits)(
        pc, execution->frame, context->memory->base, context->memory->size, context, execution->fuel,
        execution->operand, facc);
    return execution->status;
}

int wasm_core_enter(WasmExecution *execution, uint64_t reference, const WasmStore *store) {
    const WasmFunction *function = &store->functions[reference];
    const WasmWord *code = *function->entry;
    uint64_t *frame = execution->stack_base;
    if (frame + FRAME_SLOTS(code) > execution->stack_limit) return 0;
    frame[HEADER(code)] = (uint64_t)frame;
    frame[HEADER(code) + 1] = (uint64_t)halt_code;
    execution->frame = frame;
    execution->pc = code;
    execution->context = function->context;
    return 1;
}

int wasm_core_enter_translated(WasmExecution *execution, const WasmWord *code) {
    execution->pc = code;
    return execution->frame + FRAME_SLOTS(code) <= execution->stack_limit;
}

void wasm_core_publish(const WasmWord **cell, const WasmWord *code) {
    __atomic_store_n(cell, code, __ATOMIC_RELEASE);
}
