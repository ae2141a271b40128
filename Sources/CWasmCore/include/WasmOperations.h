// The internal operations: what a translated function is made of. Each family of instructions has the same forms.
//
// Letters name where the operands are: S a slot of the frame, A the accumulator of their kind, I an immediate.
// _T leaves the result in the accumulator only, _B also writes it to a slot; _B always follows its _T, so that the
// translator turns the one into the other by adding one. Within a family the forms stand in the order given here.
#ifndef WASM_OPERATIONS_H
#define WASM_OPERATIONS_H

#include "WasmInstructions.h"
#include "WasmPairs.h"

#define WASM_TB(F, form) F(form##_T) F(form##_B)

#define WASM_INT_COMPARE_FORMS(F, id) \
    WASM_TB(F, id##_SS) WASM_TB(F, id##_AS) WASM_TB(F, id##_SA) WASM_TB(F, id##_SI) WASM_TB(F, id##_AI)
#define WASM_INT_BINARY_FORMS(F, id) WASM_INT_COMPARE_FORMS(F, id) WASM_TB(F, id##_IS) WASM_TB(F, id##_IA)
#define WASM_FLOAT_BINARY_FORMS(F, id) WASM_TB(F, id##_SS) WASM_TB(F, id##_AS) WASM_TB(F, id##_SA)
#define WASM_UNARY_FORMS(F, id) WASM_TB(F, id##_S) WASM_TB(F, id##_A)
// X adds a constant to the base before the (unsigned 33-bit) offset: `i32.add` with a constant, then a load. C is a
// constant address, which fits 32 bits.
#define WASM_VECTOR_LOAD_FORMS(F, id) WASM_TB(F, id##_S) WASM_TB(F, id##_A) WASM_TB(F, id##_X)
#define WASM_LOAD_FORMS(F, id) WASM_VECTOR_LOAD_FORMS(F, id) WASM_TB(F, id##_C)
// Base, then value.
#define WASM_INT_STORE_FORMS(F, id) \
    F(id##_SS) F(id##_SA) F(id##_AS) F(id##_SI) F(id##_AI) F(id##_XS) F(id##_XI) F(id##_CS) F(id##_CA) F(id##_CI)
#define WASM_FLOAT_STORE_FORMS(F, id) F(id##_SA) F(id##_AA) F(id##_CA)
// Branch if the comparison holds.
#define WASM_INT_BRANCH_FORMS(F, id) F(br_##id##_SS) F(br_##id##_AS) F(br_##id##_SA) F(br_##id##_SI) F(br_##id##_AI)
// The same, and branch if it does not hold: with NaN about, that is no other comparison.
#define WASM_FLOAT_BRANCH_FORMS(F, id) \
    F(br_##id##_SS) F(br_##id##_AS) F(br_##id##_SA) F(br_not_##id##_SS) F(br_not_##id##_AS) F(br_not_##id##_SA)
// Add a constant to a slot, write it to a slot, compare it with a slot or a constant, branch: the end of a counted loop.
#define WASM_ADD_BRANCH_FORMS(F, id) F(add_br_##id##_S) F(add_br_##id##_I)

// Vectors. x, then y, as elsewhere; what commutes needs no form with x in a slot and y in the accumulator.
#define WASM_VECTOR_FORMS_COMMUTATIVE(F, id) WASM_TB(F, id##_SS) WASM_TB(F, id##_AS)
#define WASM_VECTOR_FORMS_ORDERED(F, id) WASM_TB(F, id##_SS) WASM_TB(F, id##_AS) WASM_TB(F, id##_SA)
#define WASM_VECTOR_TERNARY_FORMS(F, id) \
    WASM_TB(F, id##_SSS) WASM_TB(F, id##_ASS) WASM_TB(F, id##_SAS) WASM_TB(F, id##_SSA)
#define WASM_VECTOR_SHIFT_FORMS(F, id) \
    WASM_TB(F, id##_SS) WASM_TB(F, id##_AS) WASM_TB(F, id##_SI) WASM_TB(F, id##_AI)
// A vector, of which one lane is replaced; a base address in a slot before it is not part of the letters.
#define WASM_VECTOR_LANE_FORMS(F, id) WASM_TB(F, id##_SS) WASM_TB(F, id##_AS)
// Base, then value.
#define WASM_VECTOR_STORE_FORMS(F, id) F(id##_SS) F(id##_SA) F(id##_AS) F(id##_AA) F(id##_XS) F(id##_XA)
#define WASM_VECTOR_OPERATIONS(F) \
    WASM_VECTOR_FORMS_ORDERED(F, i8x16_shuffle) WASM_VECTOR_STORE_FORMS(F, v128_store) \
    F(move_V128) F(move_wide) F(move_wide_immediate) F(return_V128) \
    WASM_TB(F, select_V128_S) WASM_TB(F, select_V128_A) WASM_TB(F, global_get_V128) F(global_set_V128) \
    WASM_TB(F, global_get_imported_V128) F(global_set_imported_V128)

// Operations that belong to no family.
#define WASM_SPECIAL_OPERATIONS(F) \
    F(unreachable) F(charge) \
    F(br) F(br_if_S) F(br_if_A) F(br_unless_S) F(br_unless_A) F(add_br_if) F(br_table_S) F(br_table_A) \
    F(call) F(call_indirect) F(import) F(bridge_enter) F(bridge_leave) F(host_call) F(translate) F(halt) \
    F(enter) F(enter_2) F(enter_4) F(enter_8) F(return) F(return_host) F(return_S) F(return_A) F(return_F32) F(return_F64) F(return_I) \
    F(move) F(move2) F(move4) F(move_immediate) F(move_A) F(move_F32) F(move_F64) \
    F(select_S) F(select_A) \
    WASM_TB(F, global_get) F(global_set_S) F(global_set_A) F(global_get_imported) F(global_set_imported) \
    WASM_TB(F, memory_size) F(memory_grow) F(memory_copy) F(memory_fill) F(memory_init) F(data_drop) \
    F(table_get) F(table_set) F(table_size) F(table_grow) F(table_fill) F(table_copy) F(table_init) F(elem_drop) \
    F(ref_func)

#define WASM_EXCEPTION_OPERATIONS(F) F(throw) F(throw_ref)

// Tail calls.
#define WASM_TAIL_CALL_OPERATIONS(F) F(return_call) F(return_call_indirect)
// Memories other than memory 0, and operands of 64 bits.
#define WASM_FAR_MEMORY_OPERATIONS(F) \
    F(memory_enter) F(memory_leave) F(memory_size_far) F(memory_grow_wide) \
    F(memory_copy_far) F(memory_fill_far) F(memory_init_far) \
    F(check_address_S) F(check_address_A) F(check_table_index) F(check_table_range) F(check_call_index) F(table_grow_wide)

// F(id) for every internal operation. The macro F is called WASM_OPERATION here because rows are macros themselves.
#define WASM_E_INT_BINARY(code, id, ...) WASM_INT_BINARY_FORMS(WASM_OPERATION, id)
#define WASM_E_INT_COMPARE(code, id, ...) \
    WASM_INT_COMPARE_FORMS(WASM_OPERATION, id) WASM_INT_BRANCH_FORMS(WASM_OPERATION, id) \
    WASM_ADD_BRANCH_FORMS(WASM_OPERATION, id)
#define WASM_E_UNARY(code, id, ...) WASM_UNARY_FORMS(WASM_OPERATION, id)
#define WASM_E_FLOAT_BINARY(code, id, ...) WASM_FLOAT_BINARY_FORMS(WASM_OPERATION, id)
#define WASM_E_FLOAT_COMPARE(code, id, ...) \
    WASM_FLOAT_BINARY_FORMS(WASM_OPERATION, id) WASM_FLOAT_BRANCH_FORMS(WASM_OPERATION, id)
#define WASM_E_LOAD(code, id, ...) WASM_LOAD_FORMS(WASM_OPERATION, id)
#define WASM_E_INT_STORE(code, id, ...) WASM_INT_STORE_FORMS(WASM_OPERATION, id)
#define WASM_E_FLOAT_STORE(code, id, ...) WASM_FLOAT_STORE_FORMS(WASM_OPERATION, id)
#define WASM_E_VECTOR_LOAD(code, id, ...) WASM_VECTOR_LOAD_FORMS(WASM_OPERATION, id)
#define WASM_E_VECTOR_BINARY(code, id, name, commutes, ...) WASM_VECTOR_FORMS_##commutes(WASM_OPERATION, id)
#define WASM_E_VECTOR_TERNARY(code, id, ...) WASM_VECTOR_TERNARY_FORMS(WASM_OPERATION, id)
#define WASM_E_VECTOR_SHIFT(code, id, ...) WASM_VECTOR_SHIFT_FORMS(WASM_OPERATION, id)
#define WASM_E_VECTOR_LANE(code, id, ...) WASM_VECTOR_LANE_FORMS(WASM_OPERATION, id)
#define WASM_E_VECTOR_EXTRACT(code, id, ...) WASM_TB(WASM_OPERATION, id##_S)
#define WASM_E_VECTOR_STORE_LANE(code, id, ...) WASM_OPERATION(id##_S) WASM_OPERATION(id##_A)

// The name that a pair's row makes is expanded before WASM_OPERATION pastes it.
#define WASM_E_NAMED(name) WASM_OPERATION(name)
#define WASM_E_VALUE_PAIR(...) \
    WASM_E_NAMED(WASM_PAIR_NAME(__VA_ARGS__, _T)) WASM_E_NAMED(WASM_PAIR_NAME(__VA_ARGS__, _B))
#define WASM_E_EFFECT_PAIR(...) WASM_E_NAMED(WASM_PAIR_NAME(__VA_ARGS__, ))

#define WASM_ALL_OPERATIONS \
    WASM_INT_BINARY(WASM_E_INT_BINARY) WASM_INT_COMPARE(WASM_E_INT_COMPARE) WASM_INT_UNARY(WASM_E_UNARY) \
    WASM_FLOAT_BINARY(WASM_E_FLOAT_BINARY) WASM_FLOAT_COMPARE(WASM_E_FLOAT_COMPARE) WASM_FLOAT_UNARY(WASM_E_UNARY) \
    WASM_INT_TO_FLOAT(WASM_E_UNARY) WASM_FLOAT_TO_INT(WASM_E_UNARY) \
    WASM_INT_LOAD(WASM_E_LOAD) WASM_FLOAT_LOAD(WASM_E_LOAD) \
    WASM_INT_STORE(WASM_E_INT_STORE) WASM_FLOAT_STORE(WASM_E_FLOAT_STORE) \
    WASM_SPECIAL_OPERATIONS(WASM_OPERATION) \
    WASM_EXCEPTION_OPERATIONS(WASM_OPERATION) WASM_TAIL_CALL_OPERATIONS(WASM_OPERATION) \
    WASM_FAR_MEMORY_OPERATIONS(WASM_OPERATION) \
    WASM_VECTOR_BINARY(WASM_E_VECTOR_BINARY) WASM_VECTOR_UNARY(WASM_E_UNARY) WASM_VECTOR_TERNARY(WASM_E_VECTOR_TERNARY) \
    WASM_VECTOR_SHIFT(WASM_E_VECTOR_SHIFT) WASM_VECTOR_TEST(WASM_E_UNARY) \
    WASM_VECTOR_SPLAT_INT(WASM_E_UNARY) WASM_VECTOR_SPLAT_FLOAT(WASM_E_UNARY) \
    WASM_VECTOR_EXTRACT_INT(WASM_E_VECTOR_EXTRACT) WASM_VECTOR_EXTRACT_FLOAT(WASM_E_VECTOR_EXTRACT) \
    WASM_VECTOR_REPLACE(WASM_E_VECTOR_LANE) WASM_VECTOR_LOAD(WASM_E_VECTOR_LOAD) WASM_VECTOR_LOAD_LANE(WASM_E_VECTOR_LANE) \
    WASM_VECTOR_STORE_LANE(WASM_E_VECTOR_STORE_LANE) WASM_VECTOR_OPERATIONS(WASM_OPERATION) \
    WASM_INT_PAIRS(WASM_E_VALUE_PAIR) WASM_F64_PAIRS(WASM_E_VALUE_PAIR) WASM_EFFECT_PAIRS(WASM_E_EFFECT_PAIR)

#endif
