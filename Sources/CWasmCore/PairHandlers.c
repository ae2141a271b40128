// The handlers of pairs, from the rows of WasmPairs.h.
#include "Bodies.h"

// By kind: the body, the count of operand words, and what keeps a result in a slot.
#define DO_F64_SS(id) DO_FLOAT_SS(double, id)
#define DO_F64_AS(id) DO_FLOAT_AS(double, id)
#define DO_F64_SA(id) DO_FLOAT_SA(double, id)
#define DO_F64_LOAD_S(id) DO_FLOAT_LOAD(double, SLOT(B))
#define DO_F64_LOAD_A(id) DO_FLOAT_LOAD(double, acc)
#define DO_F64_LOAD_X(id) DO_FLOAT_LOAD(double, SUM_BASE)
#define DO_F64_LOAD_C(id) DO_FLOAT_LOAD(double, 0)
#define DO_F64_STORE_SA(id) DO_STORE(double, SLOT(B), FACC_double)
#define DO_F64_STORE_AA(id) DO_STORE(double, acc, FACC_double)
#define DO_F64_STORE_CA(id) DO_STORE(double, 0, FACC_double)
#define DO_F64_BRANCH_AS(id) DO_FLOAT_BRANCH(double, id, AS)
#define DO_F64_BRANCH_SA(id) DO_FLOAT_BRANCH(double, id, SA)
#define DO_F64_BRANCH_NOT_AS(id) DO_FLOAT_BRANCH_NOT(double, id, AS)
#define DO_F64_BRANCH_NOT_SA(id) DO_FLOAT_BRANCH_NOT(double, id, SA)
#define DO_SPECIAL(id) { DO_##id; }

#define WORDS_BINARY_SS(id) 1
#define WORDS_BINARY_AS(id) 1
#define WORDS_BINARY_SA(id) 1
#define WORDS_BINARY_SI(id) 1
#define WORDS_BINARY_AI(id) 1
#define WORDS_LOAD_S(id) 1
#define WORDS_LOAD_A(id) 1
#define WORDS_LOAD_X(id) 2
#define WORDS_LOAD_C(id) 1
#define WORDS_STORE_SS(id) 1
#define WORDS_STORE_SA(id) 1
#define WORDS_STORE_AS(id) 1
#define WORDS_STORE_CA(id) 1
#define WORDS_STORE_XI(id) 3
#define WORDS_BRANCH_SS(id) 2
#define WORDS_BRANCH_AS(id) 2
#define WORDS_BRANCH_SA(id) 2
#define WORDS_BRANCH_SI(id) 2
#define WORDS_BRANCH_AI(id) 2
#define WORDS_ADD_BRANCH_S(id) 2
#define WORDS_ADD_BRANCH_I(id) 3
#define WORDS_F64_SS(id) 1
#define WORDS_F64_AS(id) 1
#define WORDS_F64_SA(id) 1
#define WORDS_F64_LOAD_S(id) 1
#define WORDS_F64_LOAD_A(id) 1
#define WORDS_F64_LOAD_X(id) 2
#define WORDS_F64_LOAD_C(id) 1
#define WORDS_F64_STORE_SA(id) 1
#define WORDS_F64_STORE_AA(id) 1
#define WORDS_F64_STORE_CA(id) 1
#define WORDS_F64_BRANCH_AS(id) 2
#define WORDS_F64_BRANCH_SA(id) 2
#define WORDS_F64_BRANCH_NOT_AS(id) 2
#define WORDS_F64_BRANCH_NOT_SA(id) 2
#define WORDS_SPECIAL(id) WORDS_##id
#define WORDS_move 1
#define WORDS_move2 1
#define WORDS_move_immediate 2
#define WORDS_charge 1
#define WORDS_br 1
#define WORDS_br_if_A 2
#define WORDS_br_unless_A 2
#define WORDS_br_table_A 1
#define WORDS_add_br_if 2
#define WORDS_select_S 2
#define WORDS_call 2
#define WORDS_return 1
#define WORDS_return_A 1

#define KEEP_INT_T
#define KEEP_INT_B SLOT(A) = acc
#define KEEP_F64_T
#define KEEP_F64_B STORE_FACC(double, A)
#define KEEP_NONE
#define KEEP_BINARY_SS(r) KEEP_INT##r
#define KEEP_BINARY_AS(r) KEEP_INT##r
#define KEEP_BINARY_SA(r) KEEP_INT##r
#define KEEP_BINARY_SI(r) KEEP_INT##r
#define KEEP_BINARY_AI(r) KEEP_INT##r
#define KEEP_LOAD_S(r) KEEP_INT##r
#define KEEP_LOAD_A(r) KEEP_INT##r
#define KEEP_LOAD_X(r) KEEP_INT##r
#define KEEP_LOAD_C(r) KEEP_INT##r
#define KEEP_STORE_SS(r) KEEP_NONE
#define KEEP_STORE_SA(r) KEEP_NONE
#define KEEP_STORE_XI(r) KEEP_NONE
#define KEEP_BRANCH_AS(r) KEEP_NONE
#define KEEP_BRANCH_SI(r) KEEP_NONE
#define KEEP_F64_SS(r) KEEP_F64##r
#define KEEP_F64_AS(r) KEEP_F64##r
#define KEEP_F64_SA(r) KEEP_F64##r
#define KEEP_F64_LOAD_S(r) KEEP_F64##r
#define KEEP_F64_LOAD_A(r) KEEP_F64##r
#define KEEP_F64_LOAD_X(r) KEEP_F64##r
#define KEEP_F64_LOAD_C(r) KEEP_F64##r
#define KEEP_SPECIAL(r) KEEP_NONE

#define PAIR(name, k1, id1, r1, k2, id2, ...)                                  \
    OPERATION(name) {                                                          \
        { DO_##k1(id1); }                                                      \
        KEEP_##k1(r1);                                                         \
        pc += WORDS_##k1(id1);                                                 \
        { DO_##k2(id2); }                                                      \
        __VA_ARGS__;                                                           \
        NEXT(1 + WORDS_##k2(id2));                                             \
    }
// OPERATION pastes: this expands the name first.
#define NAMED_PAIR(...) PAIR(__VA_ARGS__)

#define X(k1, id1, r1, k2, id2)                                                                     \
    NAMED_PAIR(WASM_PAIR_NAME(k1, id1, r1, k2, id2, _T), k1, id1, r1, k2, id2, KEEP_##k2(_T))       \
    NAMED_PAIR(WASM_PAIR_NAME(k1, id1, r1, k2, id2, _B), k1, id1, r1, k2, id2, KEEP_##k2(_B))
WASM_INT_PAIRS(X)
WASM_F64_PAIRS(X)
#undef X

#define X(k1, id1, r1, k2, id2) NAMED_PAIR(WASM_PAIR_NAME(k1, id1, r1, k2, id2, ), k1, id1, r1, k2, id2, KEEP_NONE)
WASM_EFFECT_PAIRS(X)
#undef X
