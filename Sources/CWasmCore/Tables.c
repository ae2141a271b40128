// The instruction table and the table of handlers, both made from the rows of WasmInstructions.h.
#include "Handlers.h"

#define WASM_OPERATION(id) OPERATION(id);
WASM_ALL_OPERATIONS
#undef WASM_OPERATION

#define WASM_OPERATION(id) wasm_op_##id,
static Handler *const handlers[] = {WASM_ALL_OPERATIONS};
#undef WASM_OPERATION

#define WASM_OPERATION(id) #id,
static const char *const operation_names[] = {WASM_ALL_OPERATIONS};
#undef WASM_OPERATION

WasmWord wasm_core_handler(uint16_t operation) { return (WasmWord)handlers[operation]; }
const char *wasm_core_operation_name(uint16_t operation) { return operation_names[operation]; }

#define IS_COMMUTATIVE 1
#define IS_ORDERED 0
#define ROW(code, text, kind, with, since, from, to) \
    .name = text, .shape = WASM_SHAPE_##kind, .immediates = WASM_IMMEDIATES_##with, .feature = WASM_FEATURE_##since, \
    .operand = from, .result = to

#define INT_BINARY(code, id, text, type, commutes, ...) \
    [code] = {ROW(code, text, INT_BINARY, NONE, MVP, type, type), .operation = WASM_OP_##id##_SS_T, \
              .is_commutative = IS_##commutes},
#define INT_COMPARE(code, id, text, type, commutes, T, negated, ...) \
    [code] = {ROW(code, text, INT_COMPARE, NONE, MVP, type, WASM_I32), .operation = WASM_OP_##id##_SS_T, \
              .is_commutative = IS_##commutes, .branch = WASM_OP_br_##id##_SS, \
              .negated_branch = WASM_OP_br_##negated##_SS, .add_branch = WASM_OP_add_br_##id##_S, \
              .negated_add_branch = WASM_OP_add_br_##negated##_S},
#define INT_UNARY(code, id, text, from, to, since, ...) \
    [code] = {ROW(code, text, INT_UNARY, NONE, since, from, to), .operation = WASM_OP_##id##_S_T},
#define FLOAT_BINARY(code, id, text, type, commutes, ...) \
    [code] = {ROW(code, text, FLOAT_BINARY, NONE, MVP, type, type), .operation = WASM_OP_##id##_SS_T, \
              .is_commutative = IS_##commutes},
#define FLOAT_COMPARE(code, id, text, type, ...) \
    [code] = {ROW(code, text, FLOAT_COMPARE, NONE, MVP, type, WASM_I32), .operation = WASM_OP_##id##_SS_T, \
              .branch = WASM_OP_br_##id##_SS, .negated_branch = WASM_OP_br_not_##id##_SS},
#define FLOAT_UNARY(code, id, text, from, to, ...) \
    [code] = {ROW(code, text, FLOAT_UNARY, NONE, MVP, from, to), .operation = WASM_OP_##id##_S_T},
#define INT_TO_FLOAT(code, id, text, from, to, ...) \
    [code] = {ROW(code, text, INT_TO_FLOAT, NONE, MVP, from, to), .operation = WASM_OP_##id##_S_T},
#define FLOAT_TO_INT(code, id, text, from, to, since, ...) \
    [code] = {ROW(code, text, FLOAT_TO_INT, NONE, since, from, to), .operation = WASM_OP_##id##_S_T},
#define INT_LOAD(code, id, text, type, M, W, width) \
    [code] = {ROW(code, text, INT_LOAD, MEMORY, MVP, WASM_I32, type), .operation = WASM_OP_##id##_S_T, \
              .width_log2 = width},
#define FLOAT_LOAD(code, id, text, type, T, width) \
    [code] = {ROW(code, text, FLOAT_LOAD, MEMORY, MVP, WASM_I32, type), .operation = WASM_OP_##id##_S_T, \
              .width_log2 = width},
#define INT_STORE(code, id, text, type, M, width) \
    [code] = {ROW(code, text, INT_STORE, MEMORY, MVP, type, 0), .operation = WASM_OP_##id##_SS, .width_log2 = width},
#define FLOAT_STORE(code, id, text, type, T, width) \
    [code] = {ROW(code, text, FLOAT_STORE, MEMORY, MVP, type, 0), .operation = WASM_OP_##id##_SA, \
              .width_log2 = width},
#define SPECIAL(code, id, text, with, since) [code] = {ROW(code, text, SPECIAL, with, since, 0, 0)},

static const WasmInstruction instructions[WASM_INSTRUCTION_COUNT] = {
    WASM_INT_BINARY(INT_BINARY) WASM_INT_COMPARE(INT_COMPARE) WASM_INT_UNARY(INT_UNARY)
    WASM_FLOAT_BINARY(FLOAT_BINARY) WASM_FLOAT_COMPARE(FLOAT_COMPARE) WASM_FLOAT_UNARY(FLOAT_UNARY)
    WASM_INT_TO_FLOAT(INT_TO_FLOAT) WASM_FLOAT_TO_INT(FLOAT_TO_INT)
    WASM_INT_LOAD(INT_LOAD) WASM_FLOAT_LOAD(FLOAT_LOAD) WASM_INT_STORE(INT_STORE) WASM_FLOAT_STORE(FLOAT_STORE)
    WASM_SPECIAL(SPECIAL)};

const WasmInstruction *wasm_core_instructions(void) { return instructions; }
