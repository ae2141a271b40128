// What operations do, apart from going on. A handler is a body and NEXT; the handler of a pair (WasmPairs.h) is two
// bodies. A body finds its operand words at pc[1] and leaves its result in the accumulator of its kind.
#ifndef BODIES_H
#define BODIES_H

#include "Handlers.h"

// MARK: Integers. `value_ID` computes, `type_ID` is how it sees its operands.

#define X(code, id, name, type, commutes, T, ...)                              \
    typedef T type_##id;                                                       \
    static inline T value_##id(T x, T y) { T v; __VA_ARGS__; return v; }
WASM_INT_ARITHMETIC(X)
#undef X
#define X(code, id, name, type, commutes, T, negated, ...)                     \
    typedef T type_##id;                                                       \
    static inline T value_##id(T x, T y) { return __VA_ARGS__; }
WASM_INT_COMPARE(X)
#undef X

#define VALUE(id, x, y) value_##id((type_##id)(x), (type_##id)(y))
#define CONSTANT ((int64_t)IMMEDIATE)
#define DO_BINARY_SS(id) acc = VALUE(id, SLOT(B), SLOT(C))
#define DO_BINARY_AS(id) acc = VALUE(id, acc, SLOT(C))
#define DO_BINARY_SA(id) acc = VALUE(id, SLOT(B), acc)
#define DO_BINARY_SI(id) acc = VALUE(id, SLOT(B), CONSTANT)
#define DO_BINARY_AI(id) acc = VALUE(id, acc, CONSTANT)
#define DO_BINARY_IS(id) acc = VALUE(id, CONSTANT, SLOT(B))
#define DO_BINARY_IA(id) acc = VALUE(id, CONSTANT, acc)

#define DO_BRANCH_SS(id) if (VALUE(id, SLOT(B), SLOT(C))) TAKE_BRANCH(2)
#define DO_BRANCH_AS(id) if (VALUE(id, acc, SLOT(C))) TAKE_BRANCH(2)
#define DO_BRANCH_SA(id) if (VALUE(id, SLOT(B), acc)) TAKE_BRANCH(2)
#define DO_BRANCH_SI(id) if (VALUE(id, SLOT(B), CONSTANT)) TAKE_BRANCH(2)
#define DO_BRANCH_AI(id) if (VALUE(id, acc, CONSTANT)) TAKE_BRANCH(2)

#define DO_ADD_BRANCH(id, limit)                                                        \
    type_##id sum = (type_##id)SLOT(B) + (type_##id)CONSTANT, bound = (type_##id)(limit); \
    acc = SLOT(A) = sum;                                                                \
    if (value_##id(sum, bound)) TAKE_BRANCH(2)
#define DO_ADD_BRANCH_S(id) DO_ADD_BRANCH(id, SLOT(pc[2].a))
#define DO_ADD_BRANCH_I(id) DO_ADD_BRANCH(id, (int64_t)pc[3].immediate)

// MARK: Floats

#define CANONICAL_F32(...) canonical_f32(__VA_ARGS__)
#define CANONICAL_F64(...) canonical_f64(__VA_ARGS__)
static inline float canonical_f32(float v) { return UNLIKELY(v != v) ? f32_from_bits(0x7FC00000u) : v; }
static inline double canonical_f64(double v) { return UNLIKELY(v != v) ? f64_from_bits(0x7FF8000000000000ull) : v; }

// Equal operands differ at most in the sign of zero, which `|` and `&` settle.
#define MINIMUM_MAXIMUM(prefix, T, Bits)                                             \
    static inline T prefix##_minimum(T x, T y) {                                     \
        if (UNLIKELY(x != x || y != y)) return canonical_##prefix(x + y);            \
        if (x == y) return prefix##_from_bits(prefix##_bits(x) | prefix##_bits(y));  \
        return x < y ? x : y;                                                        \
    }                                                                                \
    static inline T prefix##_maximum(T x, T y) {                                     \
        if (UNLIKELY(x != x || y != y)) return canonical_##prefix(x + y);            \
        if (x == y) return prefix##_from_bits(prefix##_bits(x) & prefix##_bits(y));  \
        return x > y ? x : y;                                                        \
    }
MINIMUM_MAXIMUM(f32, float, uint32_t)
MINIMUM_MAXIMUM(f64, double, uint64_t)

#define X(code, id, name, type, commutes, T, ...) static inline T value_##id(T x, T y) { return __VA_ARGS__; }
WASM_FLOAT_BINARY(X)
#undef X
#define X(code, id, name, type, T, ...) static inline int value_##id(T x, T y) { return __VA_ARGS__; }
WASM_FLOAT_COMPARE(X)
#undef X

// Reading and writing by C type.
#define SLOT_float(i) slot_float(&SLOT(i))
#define SLOT_double(i) slot_double(&SLOT(i))
#define FACC_float facc_float(facc)
#define FACC_double facc_double(facc)
#define KEEP_float(v) facc = facc_of_float(v)
#define KEEP_double(v) facc = facc_of_double(v)
#define STORE_FACC(T, i) memcpy(&SLOT(i), &facc, sizeof(T))

#define DO_FLOAT_SS(T, id) KEEP_##T(value_##id(SLOT_##T(B), SLOT_##T(C)))
#define DO_FLOAT_AS(T, id) KEEP_##T(value_##id(FACC_##T, SLOT_##T(C)))
#define DO_FLOAT_SA(T, id) KEEP_##T(value_##id(SLOT_##T(B), FACC_##T))
#define FLOAT_COMPARE_SS(T, id) value_##id(SLOT_##T(B), SLOT_##T(C))
#define FLOAT_COMPARE_AS(T, id) value_##id(FACC_##T, SLOT_##T(C))
#define FLOAT_COMPARE_SA(T, id) value_##id(SLOT_##T(B), FACC_##T)
#define DO_FLOAT_COMPARE(T, id, form) acc = (uint64_t)FLOAT_COMPARE_##form(T, id)
#define DO_FLOAT_BRANCH(T, id, form) if (FLOAT_COMPARE_##form(T, id)) TAKE_BRANCH(2)
#define DO_FLOAT_BRANCH_NOT(T, id, form) if (!FLOAT_COMPARE_##form(T, id)) TAKE_BRANCH(2)

// MARK: Loads and stores

// The effective address has at most 33 bits, and the offset is unsigned: neither sum can wrap.
// A trap keeps address and width in acc.
#define ADDRESS(base, width)                                                       \
    uint64_t address = (uint64_t)(uint32_t)(base) + (uint32_t)IMMEDIATE;           \
    if (UNLIKELY((int64_t)address > (int64_t)size - (int64_t)(width))) {           \
        acc = address | (uint64_t)(width) << 56;                                   \
        TAIL wasm_trap_memory(ARGUMENTS);                                          \
    }
// The card of the page that was written. An access may reach into the next page: restoring copies a little beyond.
#define MARK memory[(int64_t)(address >> 12) - WASM_CARD_BYTES] = 1

#define SUM_BASE (uint32_t)((uint32_t)SLOT(B) + (uint32_t)pc[2].immediate)

// `memory_ID` is what stands in memory.
#define X(code, id, name, type, M, W, width)                                   \
    typedef M memory_##id;                                                     \
    typedef W type_##id;
WASM_INT_LOAD(X)
#undef X
#define X(code, id, name, type, M, width) typedef M memory_##id;
WASM_INT_STORE(X)
#undef X

#define DO_LOAD(id, base)                                                      \
    {                                                                          \
        memory_##id loaded;                                                    \
        ADDRESS(base, sizeof loaded)                                           \
        memcpy(&loaded, memory + address, sizeof loaded);                      \
        acc = (type_##id)loaded;                                               \
    }
#define DO_LOAD_S(id) DO_LOAD(id, SLOT(B))
#define DO_LOAD_A(id) DO_LOAD(id, acc)
#define DO_LOAD_X(id) DO_LOAD(id, SUM_BASE)
#define DO_LOAD_C(id) DO_LOAD(id, 0)

#define DO_FLOAT_LOAD(T, base)                                                 \
    {                                                                          \
        T loaded;                                                              \
        ADDRESS(base, sizeof loaded)                                           \
        memcpy(&loaded, memory + address, sizeof loaded);                      \
        KEEP_##T(loaded);                                                      \
    }

#define DO_STORE(T, base, ...)                                                 \
    {                                                                          \
        ADDRESS(base, sizeof(T))                                               \
        T stored = (T)(__VA_ARGS__);                                           \
        memcpy(memory + address, &stored, sizeof stored);                      \
        MARK;                                                                  \
    }
#define DO_STORE_SS(id) DO_STORE(memory_##id, SLOT(B), SLOT(A))
#define DO_STORE_SA(id) DO_STORE(memory_##id, SLOT(B), acc)
#define DO_STORE_AS(id) DO_STORE(memory_##id, acc, SLOT(A))
#define DO_STORE_SI(id) DO_STORE(memory_##id, SLOT(B), pc[2].bits)
#define DO_STORE_AI(id) DO_STORE(memory_##id, acc, pc[2].bits)
#define DO_STORE_XS(id) DO_STORE(memory_##id, SUM_BASE, SLOT(A))
#define DO_STORE_XI(id) DO_STORE(memory_##id, SUM_BASE, pc[3].bits)
#define DO_STORE_CS(id) DO_STORE(memory_##id, 0, SLOT(A))
#define DO_STORE_CA(id) DO_STORE(memory_##id, 0, acc)
#define DO_STORE_CI(id) DO_STORE(memory_##id, 0, pc[2].bits)

// MARK: Branches and moves

#define DO_charge fuel -= IMMEDIATE
#define DO_br TAKE_BRANCH(1)
#define DO_br_if_S if ((uint32_t)SLOT(B)) TAKE_BRANCH(2)
#define DO_br_if_A if ((uint32_t)acc) TAKE_BRANCH(2)
#define DO_br_unless_S if (!(uint32_t)SLOT(B)) TAKE_BRANCH(2)
#define DO_br_unless_A if (!(uint32_t)acc) TAKE_BRANCH(2)
#define DO_BRANCH_TABLE(value)                                                 \
    uint64_t index = (uint32_t)(value), last = (uint32_t)IMMEDIATE;            \
    if (index > last) index = last;                                            \
    TAKE_BRANCH(2 + index)
#define DO_br_table_S DO_BRANCH_TABLE(SLOT(B))
#define DO_br_table_A DO_BRANCH_TABLE(acc)
// Adds a constant to a slot and branches while the 32-bit sum is not zero.
#define DO_add_br_if                                                           \
    uint32_t sum = (uint32_t)SLOT(B) + (uint32_t)IMMEDIATE;                    \
    acc = SLOT(A) = sum;                                                       \
    if (sum) TAKE_BRANCH(2)

#define DO_move SLOT(A) = SLOT(B)
#define DO_move2 SLOT(pc[1].a) = SLOT(pc[1].b); SLOT(pc[1].c) = SLOT(pc[1].d)
#define DO_move4                                                               \
    SLOT(pc[1].a) = SLOT(pc[1].b);                                             \
    SLOT(pc[1].c) = SLOT(pc[1].d);                                             \
    SLOT(pc[2].a) = SLOT(pc[2].b);                                             \
    SLOT(pc[2].c) = SLOT(pc[2].d)
#define DO_move_immediate SLOT(A) = pc[2].bits
#define DO_move_A SLOT(A) = acc
#define DO_select_S SLOT(A) = (uint32_t)SLOT(pc[2].a) ? SLOT(B) : SLOT(C)
#define DO_select_A SLOT(A) = (uint32_t)acc ? SLOT(B) : SLOT(C)

// MARK: Calls and returns

// Enters `code` (of the same instance) with a frame at slot A, to return behind `words` words.
#define ENTER(code, header, words)                                             \
    const Word *code_ = (const Word *)(code);                                  \
    uint64_t *callee_ = frame + A;                                             \
    fuel -= IMMEDIATE;                                                         \
    if (UNLIKELY(callee_ + FRAME_SLOTS(code_) > context->stack_limit)) TRAP(STACK_EXHAUSTED); \
    callee_[header] = (uint64_t)frame;                                         \
    callee_[(header) + 1] = (uint64_t)(pc + (words));                          \
    frame = callee_;                                                           \
    pc = code_;                                                                \
    if (UNLIKELY(fuel < 0)) TAIL wasm_call_without_fuel(ARGUMENTS);            \
    CONTINUE
// The cell changes once, from the translate stub to the code; whoever sees the address sees the code behind it.
#define DO_call ENTER(*(const WasmWord *const volatile *)pc[2].bits, pc[1].b, 3)

// Zeroes a few locals; the operands behind them are nobody's yet.
#define DO_ENTER_ZERO(count) memset(frame + A, 0, (count) * sizeof(uint64_t))
#define DO_enter_2 DO_ENTER_ZERO(2)
#define DO_enter_4 DO_ENTER_ZERO(4)
#define DO_enter_8 DO_ENTER_ZERO(8)

// Every return. The caller's frame and return address stand behind the parameters and results. A single result is also
// in the accumulator of its kind when the caller goes on.
#define LEAVE(header)                                          \
    do {                                                       \
        const uint64_t *header_ = frame + (header);            \
        pc = (const Word *)header_[1];                         \
        frame = (uint64_t *)header_[0];                        \
        CONTINUE;                                              \
    } while (0)
#define KEEP_RESULT(bits)                                                       \
    do {                                                                        \
        acc = (bits);                                                           \
        facc = facc_of_double(f64_from_bits(acc));                              \
    } while (0)
#define PAY fuel -= pc[1].b
#define DO_return PAY; LEAVE(IMMEDIATE)
#define DO_return_S PAY; KEEP_RESULT(SLOT(A)); frame[0] = acc; LEAVE(IMMEDIATE)
#define DO_return_A PAY; frame[0] = acc; LEAVE(IMMEDIATE)

#endif
