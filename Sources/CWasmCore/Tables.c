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

void wasm_core_fill_handlers(WasmWord *table) {
    memcpy(table, handlers, sizeof handlers);
#if defined(__x86_64__)
    wasm_prefer_sse41(table);
#endif
}
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

#define VECTOR_BINARY(code, id, text, commutes, since, ...) \
    [code] = {ROW(code, text, VECTOR_BINARY, NONE, since, WASM_V128, WASM_V128), .operation = WASM_OP_##id##_SS_T, \
              .is_commutative = IS_##commutes},
#define VECTOR_UNARY(code, id, text, since, ...) \
    [code] = {ROW(code, text, VECTOR_UNARY, NONE, since, WASM_V128, WASM_V128), .operation = WASM_OP_##id##_S_T},
#define VECTOR_TERNARY(code, id, text, since, ...) \
    [code] = {ROW(code, text, VECTOR_TERNARY, NONE, since, WASM_V128, WASM_V128), .operation = WASM_OP_##id##_SSS_T},
#define VECTOR_SHIFT(code, id, text, ...) \
    [code] = {ROW(code, text, VECTOR_SHIFT, NONE, SIMD, WASM_V128, WASM_V128), .operation = WASM_OP_##id##_SS_T},
#define VECTOR_TEST(code, id, text, ...) \
    [code] = {ROW(code, text, VECTOR_TEST, NONE, SIMD, WASM_V128, WASM_I32), .operation = WASM_OP_##id##_S_T},
#define VECTOR_SPLAT(code, id, text, type, count, ...) \
    [code] = {ROW(code, text, VECTOR_SPLAT, NONE, SIMD, type, WASM_V128), .operation = WASM_OP_##id##_S_T, \
              .lanes = count},
#define VECTOR_EXTRACT(code, id, text, type, count, ...) \
    [code] = {ROW(code, text, VECTOR_EXTRACT, LANE, SIMD, WASM_V128, type), .operation = WASM_OP_##id##_S_T, \
              .lanes = count},
#define VECTOR_REPLACE(code, id, text, type, count, ...) \
    [code] = {ROW(code, text, VECTOR_REPLACE, LANE, SIMD, type, WASM_V128), .operation = WASM_OP_##id##_SS_T, \
              .lanes = count},
#define VECTOR_LOAD(code, id, text, M, width, ...) \
    [code] = {ROW(code, text, VECTOR_LOAD, MEMORY, SIMD, WASM_I32, WASM_V128), .operation = WASM_OP_##id##_S_T, \
              .width_log2 = width},
#define VECTOR_LOAD_LANE(code, id, text, count, V, M, width) \
    [code] = {ROW(code, text, VECTOR_LOAD_LANE, MEMORY_AND_LANE, SIMD, WASM_V128, WASM_V128), \
              .operation = WASM_OP_##id##_SS_T, .width_log2 = width, .lanes = count},
#define VECTOR_STORE_LANE(code, id, text, count, M, width) \
    [code] = {ROW(code, text, VECTOR_STORE_LANE, MEMORY_AND_LANE, SIMD, WASM_V128, 0), \
              .operation = WASM_OP_##id##_S, .width_log2 = width, .lanes = count},
#define VECTOR_RELAXED(code, text, kind, form, commutes) \
    [code] = {ROW(code, text, kind, NONE, RELAXED_SIMD, WASM_V128, WASM_V128), .operation = WASM_OP_##form, \
              .is_commutative = IS_##commutes},
#define VECTOR_SPECIAL(code, id, text, kind, with) \
    [code] = {ROW(code, text, kind, with, SIMD, WASM_V128, WASM_V128), .operation = WASM_OP_##id, .width_log2 = 4},
#define WASM_OP_v128_store WASM_OP_v128_store_SS
#define WASM_OP_v128_const WASM_OP_move_wide_immediate
#define WASM_OP_i8x16_shuffle WASM_OP_i8x16_shuffle_SS_T

static const WasmInstruction instructions[WASM_INSTRUCTION_COUNT] = {
    WASM_INT_BINARY(INT_BINARY) WASM_INT_COMPARE(INT_COMPARE) WASM_INT_UNARY(INT_UNARY)
    WASM_FLOAT_BINARY(FLOAT_BINARY) WASM_FLOAT_COMPARE(FLOAT_COMPARE) WASM_FLOAT_UNARY(FLOAT_UNARY)
    WASM_INT_TO_FLOAT(INT_TO_FLOAT) WASM_FLOAT_TO_INT(FLOAT_TO_INT)
    WASM_INT_LOAD(INT_LOAD) WASM_FLOAT_LOAD(FLOAT_LOAD) WASM_INT_STORE(INT_STORE) WASM_FLOAT_STORE(FLOAT_STORE)
    WASM_SPECIAL(SPECIAL)
    WASM_VECTOR_BINARY(VECTOR_BINARY) WASM_VECTOR_UNARY(VECTOR_UNARY) WASM_VECTOR_TERNARY(VECTOR_TERNARY)
    WASM_VECTOR_SHIFT(VECTOR_SHIFT) WASM_VECTOR_TEST(VECTOR_TEST)
    WASM_VECTOR_SPLAT_INT(VECTOR_SPLAT) WASM_VECTOR_SPLAT_FLOAT(VECTOR_SPLAT)
    WASM_VECTOR_EXTRACT_INT(VECTOR_EXTRACT) WASM_VECTOR_EXTRACT_FLOAT(VECTOR_EXTRACT) WASM_VECTOR_REPLACE(VECTOR_REPLACE)
    WASM_VECTOR_LOAD(VECTOR_LOAD) WASM_VECTOR_LOAD_LANE(VECTOR_LOAD_LANE) WASM_VECTOR_STORE_LANE(VECTOR_STORE_LANE)
    WASM_VECTOR_RELAXED(VECTOR_RELAXED) WASM_VECTOR_SPECIAL(VECTOR_SPECIAL)};

const WasmInstruction *wasm_core_instructions(void) { return instructions; }

#define OPERATION_OF(name) WASM_JOIN(WASM_OP_, name)
#define VALUE_PAIR(k1, id1, r1, k2, id2) \
    {OPERATION_OF(WASM_JOIN(WASM_NAME_##k1(id1), r1)), OPERATION_OF(WASM_JOIN(WASM_NAME_##k2(id2), _T)), \
     OPERATION_OF(WASM_PAIR_NAME(k1, id1, r1, k2, id2, _T))},
#define EFFECT_PAIR(k1, id1, r1, k2, id2) \
    {OPERATION_OF(WASM_JOIN(WASM_NAME_##k1(id1), r1)), OPERATION_OF(WASM_NAME_##k2(id2)), \
     OPERATION_OF(WASM_PAIR_NAME(k1, id1, r1, k2, id2, ))},

static const WasmPair pairs[] = {WASM_INT_PAIRS(VALUE_PAIR) WASM_F64_PAIRS(VALUE_PAIR) WASM_EFFECT_PAIRS(EFFECT_PAIR)};

const WasmPair *wasm_core_pairs(uint32_t *count) {
    *count = sizeof pairs / sizeof *pairs;
    return pairs;
}
