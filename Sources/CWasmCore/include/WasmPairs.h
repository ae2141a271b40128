// Pairs of operations that follow each other so often that they have a handler of their own: two bodies, one dispatch.
// Nothing else differs: the second's operand words follow the first's directly, the word of its handler falls away.
//
// Which ones: those that make up most of what the kernels in Benchmarks/engine and some larger programs (a JavaScript
// interpreter, a SAT solver, two compressors) execute. To add a pair, add its row; the translator finds it by itself.
//
// A row is X(KIND, id, RESULT, KIND, id): a kind is a family and a form (WasmOperations.h), the first one's result _T
// (accumulator only), _B (a slot as well) or nothing.
#ifndef WASM_PAIRS_H
#define WASM_PAIRS_H

// The name of an operation, by kind.
#define WASM_NAME_BINARY_SS(id) id##_SS
#define WASM_NAME_BINARY_AS(id) id##_AS
#define WASM_NAME_BINARY_SA(id) id##_SA
#define WASM_NAME_BINARY_SI(id) id##_SI
#define WASM_NAME_BINARY_AI(id) id##_AI
#define WASM_NAME_LOAD_S(id) id##_S
#define WASM_NAME_LOAD_A(id) id##_A
#define WASM_NAME_LOAD_X(id) id##_X
#define WASM_NAME_LOAD_C(id) id##_C
#define WASM_NAME_STORE_SS(id) id##_SS
#define WASM_NAME_STORE_SA(id) id##_SA
#define WASM_NAME_STORE_AS(id) id##_AS
#define WASM_NAME_STORE_CA(id) id##_CA
#define WASM_NAME_STORE_XI(id) id##_XI
#define WASM_NAME_BRANCH_SS(id) br_##id##_SS
#define WASM_NAME_BRANCH_AS(id) br_##id##_AS
#define WASM_NAME_BRANCH_SA(id) br_##id##_SA
#define WASM_NAME_BRANCH_SI(id) br_##id##_SI
#define WASM_NAME_BRANCH_AI(id) br_##id##_AI
#define WASM_NAME_ADD_BRANCH_S(id) add_br_##id##_S
#define WASM_NAME_ADD_BRANCH_I(id) add_br_##id##_I
#define WASM_NAME_F64_SS(id) id##_SS
#define WASM_NAME_F64_AS(id) id##_AS
#define WASM_NAME_F64_SA(id) id##_SA
#define WASM_NAME_F64_LOAD_S(id) id##_S
#define WASM_NAME_F64_LOAD_A(id) id##_A
#define WASM_NAME_F64_LOAD_X(id) id##_X
#define WASM_NAME_F64_LOAD_C(id) id##_C
#define WASM_NAME_F64_STORE_SA(id) id##_SA
#define WASM_NAME_F64_STORE_AA(id) id##_AA
#define WASM_NAME_F64_STORE_CA(id) id##_CA
#define WASM_NAME_F64_BRANCH_AS(id) br_##id##_AS
#define WASM_NAME_F64_BRANCH_SA(id) br_##id##_SA
#define WASM_NAME_F64_BRANCH_NOT_AS(id) br_not_##id##_AS
#define WASM_NAME_F64_BRANCH_NOT_SA(id) br_not_##id##_SA
#define WASM_NAME_SPECIAL(id) id

#define WASM_JOIN_2(a, b) a##b
#define WASM_JOIN(a, b) WASM_JOIN_2(a, b)
#define WASM_JOIN_PAIR_4(first, r1, second, r2) first##r1##__##second##r2
#define WASM_JOIN_PAIR(first, r1, second, r2) WASM_JOIN_PAIR_4(first, r1, second, r2)
#define WASM_PAIR_NAME(k1, id1, r1, k2, id2, r2) WASM_JOIN_PAIR(WASM_NAME_##k1(id1), r1, WASM_NAME_##k2(id2), r2)

// MARK: Integers

#define WASM_I32_ADDRESSES(X, ...) \
    X(BINARY_SS, i32_add, _T, __VA_ARGS__) X(BINARY_SS, i32_add, _B, __VA_ARGS__) \
    X(BINARY_AS, i32_add, _T, __VA_ARGS__) X(BINARY_AS, i32_add, _B, __VA_ARGS__) \
    X(BINARY_SI, i32_add, _B, __VA_ARGS__) X(BINARY_AI, i32_add, _B, __VA_ARGS__) \
    X(BINARY_SI, i32_shl, _T, __VA_ARGS__) X(BINARY_AI, i32_shl, _T, __VA_ARGS__)
#define WASM_I32_POINTERS(X, ...) \
    X(LOAD_S, i32_load, _T, __VA_ARGS__) X(LOAD_S, i32_load, _B, __VA_ARGS__) X(LOAD_A, i32_load, _T, __VA_ARGS__)
#define WASM_I32_LOADED(X, ...) \
    X(LOAD_S, i32_load, _T, __VA_ARGS__) X(LOAD_A, i32_load, _T, __VA_ARGS__) X(LOAD_X, i32_load, _T, __VA_ARGS__) \
    X(LOAD_C, i32_load, _T, __VA_ARGS__) X(LOAD_S, i32_load8_u, _T, __VA_ARGS__)
#define WASM_I32_SHIFTED(X, ...) \
    X(BINARY_SI, i32_shl, _T, __VA_ARGS__) X(BINARY_AI, i32_shl, _T, __VA_ARGS__) \
    X(BINARY_SI, i32_shr_u, _T, __VA_ARGS__) X(BINARY_AI, i32_shr_u, _T, __VA_ARGS__) \
    X(BINARY_SI, i32_and, _T, __VA_ARGS__) X(BINARY_AI, i32_and, _T, __VA_ARGS__)
#define WASM_I32_COMBINED(X, ...) \
    X(BINARY_SS, i32_add, _T, __VA_ARGS__) X(BINARY_AS, i32_add, _T, __VA_ARGS__) \
    X(BINARY_SS, i32_and, _T, __VA_ARGS__) X(BINARY_AS, i32_and, _T, __VA_ARGS__) \
    X(BINARY_SS, i32_xor, _T, __VA_ARGS__) X(BINARY_AS, i32_xor, _T, __VA_ARGS__)

#define WASM_I32_VALUE_PAIRS(X) \
    WASM_I32_ADDRESSES(X, LOAD_A, i32_load) WASM_I32_POINTERS(X, LOAD_A, i32_load) \
    WASM_I32_ADDRESSES(X, LOAD_A, i32_load8_u) WASM_I32_POINTERS(X, LOAD_A, i32_load8_u) \
    WASM_I32_ADDRESSES(X, LOAD_A, i32_load16_u) \
    WASM_I32_ADDRESSES(X, LOAD_A, i64_load) WASM_I32_POINTERS(X, LOAD_A, i64_load) \
    WASM_I32_LOADED(X, BINARY_AS, i32_add) WASM_I32_SHIFTED(X, BINARY_AS, i32_add) \
    WASM_I32_COMBINED(X, BINARY_AS, i32_add) \
    X(BINARY_SI, i32_mul, _T, BINARY_AS, i32_add) X(BINARY_AI, i32_mul, _T, BINARY_AS, i32_add) \
    X(BINARY_SI, i32_rotl, _T, BINARY_AS, i32_add) X(BINARY_AS, i32_add, _B, BINARY_AS, i32_add) \
    WASM_I32_SHIFTED(X, BINARY_AS, i32_xor) WASM_I32_COMBINED(X, BINARY_AS, i32_xor) \
    X(BINARY_SI, i32_rotl, _T, BINARY_AS, i32_xor) X(LOAD_S, i32_load, _T, BINARY_AS, i32_xor) \
    WASM_I32_SHIFTED(X, BINARY_AS, i32_or) X(BINARY_AS, i32_or, _T, BINARY_AS, i32_or) \
    X(LOAD_S, i32_load, _T, BINARY_AS, i32_or) \
    X(LOAD_S, i32_load, _T, BINARY_AS, i32_and) X(BINARY_SS, i32_xor, _T, BINARY_AS, i32_and) \
    X(BINARY_SI, i32_add, _T, BINARY_AS, i32_and) X(BINARY_SI, i32_add, _B, BINARY_AS, i32_and) \
    WASM_I32_LOADED(X, BINARY_SA, i32_sub) X(BINARY_AS, i32_add, _T, BINARY_SA, i32_sub) \
    X(BINARY_AI, i32_mul, _T, BINARY_SA, i32_sub) \
    WASM_I32_LOADED(X, BINARY_AI, i32_add) WASM_I32_SHIFTED(X, BINARY_AI, i32_add) \
    X(BINARY_SS, i32_add, _T, BINARY_AI, i32_add) X(BINARY_SS, i32_add, _B, BINARY_AI, i32_add) \
    X(BINARY_AS, i32_add, _T, BINARY_AI, i32_add) X(BINARY_SS, i32_sub, _T, BINARY_AI, i32_add) \
    X(BINARY_AI, i32_shl, _B, BINARY_AI, i32_add) X(BINARY_SI, i32_mul, _B, BINARY_AI, i32_add) \
    X(LOAD_S, i32_load8_u, _B, BINARY_AI, i32_add) X(LOAD_S, i32_load, _B, BINARY_AI, i32_add) \
    X(BINARY_SI, i32_add, _T, BINARY_AI, i32_and) X(BINARY_AI, i32_add, _T, BINARY_AI, i32_and) \
    X(BINARY_SS, i32_add, _T, BINARY_AI, i32_and) X(BINARY_SI, i32_shr_u, _T, BINARY_AI, i32_and) \
    X(BINARY_AI, i32_shr_u, _T, BINARY_AI, i32_and) X(LOAD_S, i32_load, _T, BINARY_AI, i32_and) \
    X(LOAD_S, i32_load8_u, _T, BINARY_AI, i32_and) \
    X(LOAD_S, i32_load8_u, _T, BINARY_AI, i32_shl) X(LOAD_A, i32_load8_u, _T, BINARY_AI, i32_shl) \
    X(LOAD_S, i32_load16_u, _T, BINARY_AI, i32_shl) X(LOAD_S, i32_load, _T, BINARY_AI, i32_shl) \
    X(BINARY_SI, i32_and, _T, BINARY_AI, i32_shl) X(BINARY_AI, i32_and, _T, BINARY_AI, i32_shl) \
    X(BINARY_AS, i32_and, _T, BINARY_AI, i32_shl) X(BINARY_AI, i32_xor, _T, BINARY_AI, i32_shl) \
    X(BINARY_SI, i32_add, _T, BINARY_AI, i32_shl) X(BINARY_SA, i32_sub, _T, BINARY_AI, i32_shl) \
    X(BINARY_AS, i32_xor, _B, BINARY_AI, i32_shl) X(BINARY_AI, i32_shr_u, _B, BINARY_AI, i32_shl) \
    X(BINARY_SI, i32_mul, _T, BINARY_AI, i32_shr_u) X(BINARY_AI, i32_mul, _T, BINARY_AI, i32_shr_u) \
    X(BINARY_AS, i32_xor, _B, BINARY_AI, i32_shr_u) X(BINARY_AS, i32_xor, _T, BINARY_AI, i32_mul) \
    X(LOAD_S, i32_load, _B, LOAD_S, i32_load) X(LOAD_S, i32_load, _B, LOAD_S, i32_load8_u) \
    X(LOAD_A, i32_load, _B, LOAD_S, i32_load) X(LOAD_S, i32_load, _B, BINARY_SI, i32_add) \
    X(LOAD_S, i32_load8_u, _B, BINARY_SI, i32_add) X(BINARY_SI, i32_add, _B, BINARY_SI, i32_add) \
    X(SPECIAL, move, , BINARY_SI, i32_add) X(SPECIAL, charge, , BINARY_SI, i32_add) \
    X(STORE_SA, i32_store, , BINARY_SI, i32_add) X(STORE_SS, i32_store, , BINARY_SI, i32_add) \
    X(STORE_SA, i32_store, , LOAD_S, i32_load) X(STORE_SS, i32_store, , LOAD_S, i32_load) \
    X(STORE_SA, i32_store8, , BINARY_SI, i32_add) X(STORE_XI, i32_store8, , BINARY_SS, i32_add)

#define WASM_I64_VALUE_PAIRS(X) \
    X(BINARY_SI, i64_shr_u, _T, BINARY_AS, i64_xor) X(BINARY_AI, i64_shr_u, _T, BINARY_AS, i64_xor) \
    X(BINARY_SI, i64_shl, _T, BINARY_AS, i64_xor) X(BINARY_AI, i64_shl, _T, BINARY_AS, i64_xor) \
    X(LOAD_S, i64_load, _T, BINARY_AS, i64_xor) \
    X(BINARY_SI, i64_shl, _T, BINARY_AS, i64_or) X(BINARY_AI, i64_shl, _T, BINARY_AS, i64_or) \
    X(BINARY_SI, i64_shr_u, _T, BINARY_AS, i64_or) X(BINARY_SS, i64_mul, _T, BINARY_AS, i64_or) \
    X(LOAD_S, i64_load, _T, BINARY_AS, i64_and) X(BINARY_SI, i64_add, _T, BINARY_AS, i64_and) \
    X(LOAD_S, i64_load, _T, BINARY_AS, i64_add) X(LOAD_A, i64_load, _T, BINARY_AS, i64_add) \
    X(BINARY_SI, i64_mul, _T, BINARY_AS, i64_add) X(BINARY_AI, i64_mul, _T, BINARY_AS, i64_add) \
    X(BINARY_SS, i64_mul, _T, BINARY_AS, i64_add) X(BINARY_AS, i64_mul, _T, BINARY_AS, i64_add) \
    X(BINARY_AI, i64_rotl, _T, BINARY_AS, i64_add) X(BINARY_AS, i64_xor, _T, BINARY_AS, i64_add) \
    X(BINARY_AS, i64_add, _B, BINARY_SS, i64_add) \
    X(BINARY_AS, i64_xor, _T, BINARY_AS, i64_mul) X(BINARY_AS, i64_xor, _B, BINARY_AS, i64_mul) \
    X(LOAD_A, i64_load, _T, BINARY_AS, i64_mul) X(BINARY_AS, i64_xor, _T, BINARY_AI, i64_mul) \
    X(BINARY_SS, i64_xor, _T, BINARY_AI, i64_rotl) X(BINARY_AS, i64_xor, _T, BINARY_AI, i64_rotl) \
    X(BINARY_AS, i64_mul, _B, BINARY_AI, i64_shr_u) X(BINARY_AS, i64_add, _B, BINARY_AI, i64_shr_u) \
    X(BINARY_AS, i64_xor, _B, BINARY_AI, i64_shr_u) X(LOAD_S, i64_load, _T, BINARY_AI, i64_add)

#define WASM_INT_PAIRS(X) WASM_I32_VALUE_PAIRS(X) WASM_I64_VALUE_PAIRS(X)

// MARK: Floats

#define WASM_F64_LOADED(X, ...) \
    X(F64_LOAD_S, f64_load, _T, __VA_ARGS__) X(F64_LOAD_A, f64_load, _T, __VA_ARGS__) \
    X(F64_LOAD_X, f64_load, _T, __VA_ARGS__) X(F64_LOAD_C, f64_load, _T, __VA_ARGS__)
#define WASM_F64_PRODUCTS(X, ...) X(F64_SS, f64_mul, _T, __VA_ARGS__) X(F64_AS, f64_mul, _T, __VA_ARGS__)
#define WASM_F64_SUMS(X, ...) \
    X(F64_SS, f64_add, _T, __VA_ARGS__) X(F64_AS, f64_add, _T, __VA_ARGS__) \
    X(F64_SS, f64_sub, _T, __VA_ARGS__) X(F64_SA, f64_sub, _T, __VA_ARGS__)

#define WASM_F64_PAIRS(X) \
    WASM_F64_LOADED(X, F64_AS, f64_mul) WASM_F64_PRODUCTS(X, F64_AS, f64_mul) WASM_F64_SUMS(X, F64_AS, f64_mul) \
    X(F64_AS, f64_add, _B, F64_AS, f64_mul) X(F64_SA, f64_sub, _B, F64_AS, f64_mul) \
    WASM_F64_LOADED(X, F64_AS, f64_add) WASM_F64_PRODUCTS(X, F64_AS, f64_add) WASM_F64_SUMS(X, F64_AS, f64_add) \
    X(F64_SS, f64_mul, _B, F64_AS, f64_add) X(F64_AS, f64_mul, _B, F64_AS, f64_add) \
    WASM_F64_LOADED(X, F64_AS, f64_sub) WASM_F64_PRODUCTS(X, F64_AS, f64_sub) \
    WASM_F64_LOADED(X, F64_SA, f64_sub) WASM_F64_PRODUCTS(X, F64_SA, f64_sub) \
    X(F64_AS, f64_mul, _B, F64_SS, f64_sub) X(F64_SS, f64_mul, _B, F64_SS, f64_mul) \
    X(F64_AS, f64_mul, _T, F64_SA, f64_div) X(F64_LOAD_S, f64_load, _T, F64_SA, f64_div) \
    X(BINARY_SS, i32_add, _T, F64_LOAD_A, f64_load) X(BINARY_AS, i32_add, _T, F64_LOAD_A, f64_load) \
    X(BINARY_SI, i32_add, _B, F64_LOAD_A, f64_load) \
    X(F64_LOAD_S, f64_load, _B, F64_LOAD_S, f64_load) X(F64_LOAD_X, f64_load, _B, F64_LOAD_X, f64_load) \
    X(F64_LOAD_C, f64_load, _B, F64_LOAD_C, f64_load)

// MARK: What leaves no result

#define WASM_I32_TESTED(X, ...) \
    X(LOAD_S, i32_load, _T, __VA_ARGS__) X(LOAD_S, i32_load, _B, __VA_ARGS__) \
    X(LOAD_A, i32_load, _T, __VA_ARGS__) X(LOAD_A, i32_load, _B, __VA_ARGS__) \
    X(LOAD_S, i32_load8_u, _T, __VA_ARGS__) X(LOAD_S, i32_load8_u, _B, __VA_ARGS__) \
    X(BINARY_SI, i32_and, _T, __VA_ARGS__) X(BINARY_AI, i32_and, _T, __VA_ARGS__)
#define WASM_I32_COMPARED(X, ...) \
    X(LOAD_S, i32_load, _T, __VA_ARGS__) X(LOAD_S, i32_load, _B, __VA_ARGS__) \
    X(LOAD_A, i32_load, _T, __VA_ARGS__) X(LOAD_A, i32_load, _B, __VA_ARGS__) \
    X(BINARY_SS, i32_add, _B, __VA_ARGS__) X(BINARY_AS, i32_add, _B, __VA_ARGS__) \
    X(BINARY_SI, i32_add, _B, __VA_ARGS__)

#define WASM_EFFECT_PAIRS(X) \
    WASM_I32_LOADED(X, STORE_SA, i32_store) WASM_I32_COMBINED(X, STORE_SA, i32_store) \
    X(BINARY_SI, i32_add, _T, STORE_SA, i32_store) X(BINARY_SI, i32_add, _B, STORE_SA, i32_store) \
    X(BINARY_AI, i32_add, _T, STORE_SA, i32_store) X(BINARY_AI, i32_add, _B, STORE_SA, i32_store) \
    X(BINARY_SS, i32_sub, _T, STORE_SA, i32_store) X(BINARY_AS, i32_or, _T, STORE_SA, i32_store) \
    X(BINARY_AS, i32_xor, _B, STORE_SA, i32_store) X(BINARY_SS, i32_shr_u, _T, STORE_SA, i32_store) \
    X(BINARY_AS, i32_add, _T, STORE_CA, i32_store) X(BINARY_AI, i32_add, _T, STORE_CA, i32_store) \
    X(BINARY_AS, i32_add, _T, STORE_AS, i32_store) X(BINARY_SS, i32_add, _T, STORE_AS, i32_store) \
    X(LOAD_S, i32_load8_u, _T, STORE_SA, i32_store8) X(LOAD_A, i32_load8_u, _T, STORE_SA, i32_store8) \
    X(BINARY_SI, i32_shr_u, _T, STORE_SA, i32_store8) X(BINARY_AI, i32_shr_u, _T, STORE_SA, i32_store8) \
    X(LOAD_S, i64_load, _T, STORE_SA, i64_store) X(BINARY_AI, i64_add, _T, STORE_SA, i64_store) \
    X(STORE_SS, i32_store, , STORE_SS, i32_store) X(STORE_SA, i32_store, , STORE_SS, i32_store) \
    WASM_I32_TESTED(X, SPECIAL, br_if_A) WASM_I32_TESTED(X, SPECIAL, br_unless_A) \
    X(BINARY_AI, i32_and, _B, SPECIAL, br_unless_A) X(BINARY_SI, i32_add, _B, SPECIAL, br_unless_A) \
    X(BINARY_AI, i32_lt_u, _B, SPECIAL, br_if_A) \
    WASM_I32_TESTED(X, BRANCH_AI, i32_eq) WASM_I32_TESTED(X, BRANCH_AI, i32_ne) \
    WASM_I32_TESTED(X, BRANCH_AI, i32_lt_u) WASM_I32_TESTED(X, BRANCH_AI, i32_gt_u) \
    WASM_I32_TESTED(X, BRANCH_AI, i32_lt_s) WASM_I32_TESTED(X, BRANCH_AI, i32_gt_s) \
    WASM_I32_COMPARED(X, BRANCH_AS, i32_eq) WASM_I32_COMPARED(X, BRANCH_AS, i32_ne) \
    WASM_I32_COMPARED(X, BRANCH_AS, i32_lt_u) WASM_I32_COMPARED(X, BRANCH_AS, i32_ge_u) \
    WASM_I32_COMPARED(X, BRANCH_AS, i32_gt_u) WASM_I32_COMPARED(X, BRANCH_AS, i32_le_u) \
    WASM_I32_COMPARED(X, BRANCH_AS, i32_lt_s) WASM_I32_COMPARED(X, BRANCH_AS, i32_ge_s) \
    WASM_I32_COMPARED(X, BRANCH_AS, i32_gt_s) WASM_I32_COMPARED(X, BRANCH_AS, i32_le_s) \
    WASM_I32_COMPARED(X, BRANCH_SA, i32_lt_u) WASM_I32_COMPARED(X, BRANCH_SA, i32_ge_u) \
    WASM_I32_COMPARED(X, BRANCH_SA, i32_gt_u) WASM_I32_COMPARED(X, BRANCH_SA, i32_le_u) \
    WASM_I32_COMPARED(X, BRANCH_SA, i32_lt_s) WASM_I32_COMPARED(X, BRANCH_SA, i32_ge_s) \
    WASM_I32_COMPARED(X, BRANCH_SA, i32_gt_s) WASM_I32_COMPARED(X, BRANCH_SA, i32_le_s) \
    X(BINARY_SA, i32_sub, _B, BRANCH_AS, i32_gt_u) X(LOAD_S, i64_load, _B, BRANCH_AS, i64_lt_u) \
    X(SPECIAL, move, , BRANCH_SS, i32_gt_s) \
    X(SPECIAL, move, , BRANCH_SI, i32_ne) X(BRANCH_AS, i32_lt_u, , ADD_BRANCH_S, i32_ne) \
    X(SPECIAL, move, , ADD_BRANCH_S, i32_lt_u) X(SPECIAL, move, , SPECIAL, add_br_if) \
    X(BINARY_AS, i32_add, _B, ADD_BRANCH_I, i32_gt_u) X(BINARY_SI, i32_add, _B, ADD_BRANCH_S, i32_ne) \
    X(SPECIAL, move, , ADD_BRANCH_I, i32_ne) X(SPECIAL, move2, , ADD_BRANCH_I, i32_ne) \
    X(SPECIAL, move_immediate, , ADD_BRANCH_I, i32_ne) X(SPECIAL, select_S, , ADD_BRANCH_S, i32_ne) \
    X(BINARY_SS, i64_add, _B, SPECIAL, add_br_if) X(BINARY_SS, i64_add, _B, ADD_BRANCH_S, i32_ne) \
    X(LOAD_S, i32_load8_u, _T, SPECIAL, br_table_A) X(BINARY_AI, i32_add, _T, SPECIAL, br_table_A) \
    X(BINARY_SI, i32_add, _T, SPECIAL, br_table_A) \
    X(BINARY_SI, i32_add, _B, SPECIAL, br) X(BINARY_AI, i32_add, _B, SPECIAL, br) X(SPECIAL, move, , SPECIAL, br) \
    X(SPECIAL, move_immediate, , SPECIAL, br) X(STORE_SA, i32_store, , SPECIAL, br) \
    X(STORE_SS, i32_store, , SPECIAL, br) \
    X(BINARY_SI, i32_add, _B, SPECIAL, move) X(BINARY_AS, i32_add, _B, SPECIAL, move) \
    X(BINARY_AI, i32_mul, _B, SPECIAL, move) X(LOAD_S, i32_load, _B, SPECIAL, move) \
    X(STORE_SS, i32_store, , SPECIAL, move) X(STORE_SA, i32_store, , SPECIAL, move) \
    X(BINARY_SI, i32_add, _B, SPECIAL, move_immediate) X(SPECIAL, move_immediate, , SPECIAL, move_immediate) \
    X(SPECIAL, move, , SPECIAL, charge) X(SPECIAL, move_immediate, , SPECIAL, charge) \
    X(BINARY_SI, i32_add, _B, SPECIAL, charge) X(BRANCH_SI, i32_lt_u, , SPECIAL, charge) \
    X(BINARY_SI, i32_add, _B, SPECIAL, call) X(BINARY_SS, i32_add, _B, SPECIAL, call) \
    X(BINARY_AI, i32_add, _B, SPECIAL, call) X(SPECIAL, move, , SPECIAL, call) X(SPECIAL, move2, , SPECIAL, call) \
    X(SPECIAL, move_immediate, , SPECIAL, call) \
    X(BINARY_SS, i32_add, _T, SPECIAL, return_A) X(BINARY_AS, i32_add, _T, SPECIAL, return_A) \
    X(LOAD_S, i32_load, _T, SPECIAL, return_A) X(STORE_SS, i32_store, , SPECIAL, return) \
    WASM_F64_SUMS(X, F64_STORE_SA, f64_store) WASM_F64_SUMS(X, F64_STORE_AA, f64_store) \
    WASM_F64_SUMS(X, F64_STORE_CA, f64_store) WASM_F64_PRODUCTS(X, F64_STORE_SA, f64_store) \
    X(F64_LOAD_S, f64_load, _T, F64_STORE_SA, f64_store) \
    WASM_F64_SUMS(X, F64_BRANCH_AS, f64_gt) WASM_F64_SUMS(X, F64_BRANCH_NOT_AS, f64_gt) \
    WASM_F64_SUMS(X, F64_BRANCH_AS, f64_lt) WASM_F64_SUMS(X, F64_BRANCH_NOT_AS, f64_lt)

#endif
