// How every handler is written. The eight parameters stay in machine registers from one handler to the next:
// a handler ends in a tail call of the next one and spills nothing on its way.
#ifndef HANDLERS_H
#define HANDLERS_H

#include <string.h>

#include "include/WasmCore.h"

#pragma clang diagnostic ignored "-Wuninitialized"
#pragma clang diagnostic ignored "-Wunused-parameter"
#pragma clang fp contract(off)

// A word of internal code, seen as its fields.
typedef union Word {
    WasmWord bits;
    struct { uint16_t a, b; int32_t immediate; };
    struct { uint16_t a_, b_, c, d; };
} Word;

// The accumulator for floats. A vector, so that all 128 bits of the register can be used later; scalars are lane 0.
typedef float FloatAccumulator __attribute__((vector_size(16)));
typedef double DoubleLanes __attribute__((vector_size(16)));

// pc: the operation that runs. frame: slot 0 of the running function. memory, size: memory 0. context: the instance.
// fuel: what is left. acc: the accumulator for integers and references. facc: for floats.
#define PARAMETERS                                                                                             \
    const Word *pc, uint64_t *frame, uint8_t *memory, uint64_t size, WasmContext *context, int64_t fuel, uint64_t acc, \
        FloatAccumulator facc
#define ARGUMENTS pc, frame, memory, size, context, fuel, acc, facc
typedef __attribute__((preserve_none)) void Handler(PARAMETERS);

#define TAIL __attribute__((musttail)) return
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
// A handler begins with a cache line: where the others happen to lie then matters little.
#define OPERATION(id) \
    __attribute__((preserve_none, aligned(64), visibility("hidden"))) void wasm_op_##id(PARAMETERS)
#define CONTINUE                                   \
    do {                                           \
        Handler *next_ = (Handler *)pc[0].bits;    \
        TAIL next_(ARGUMENTS);                     \
    } while (0)
#define NEXT(words)     \
    do {                \
        pc += (words);  \
        CONTINUE;       \
    } while (0)

#define SLOT(index) frame[index]
#define A pc[1].a
#define B pc[1].b
#define C pc[1].c
#define IMMEDIATE pc[1].immediate

// The cold ways out. They keep their operands in acc, which no stop needs any more.
__attribute__((preserve_none, visibility("hidden"))) void wasm_trap(PARAMETERS);
__attribute__((preserve_none, visibility("hidden"))) void wasm_trap_memory(PARAMETERS);
__attribute__((preserve_none, visibility("hidden"))) void wasm_branch_without_fuel(PARAMETERS);

#if defined(__x86_64__)
// Puts the handlers that make use of SSE4.1 into the table of handlers, if the processor has that.
__attribute__((visibility("hidden"))) void wasm_prefer_sse41(WasmWord *table);
#endif

// The start of a call whose fuel is spent. pc may be a bridge, which takes the reference from acc.
__attribute__((preserve_none, visibility("hidden"))) void wasm_call_without_fuel(PARAMETERS);

static inline void stop(enum WasmStatus status, const Word *pc, uint64_t *frame, WasmContext *context, int64_t fuel) {
    WasmExecution *execution = context->execution;
    execution->pc = &pc->bits;
    execution->frame = frame;
    execution->context = context;
    execution->fuel = fuel;
    execution->status = status;
}
#define STOP(status)                                              \
    do {                                                          \
        stop(WASM_STATUS_##status, pc, frame, context, fuel);     \
        return;                                                   \
    } while (0)

// The word before a function's code: its header and the slots of its frame.
#define HEADER(code) ((const Word *)(code))[-1].a
#define FRAME_SLOTS(code) ((const Word *)(code))[-1].immediate

#define TRAP(reason)                     \
    do {                                 \
        acc = WASM_TRAP_##reason;        \
        TAIL wasm_trap(ARGUMENTS);       \
    } while (0)

#define TRAP_WITH(reason, first, second)               \
    do {                                               \
        context->execution->operand = (first);         \
        context->execution->operand2 = (second);       \
        TRAP(reason);                                  \
    } while (0)

#define TRAP_MEMORY(address, count, limit)             \
    do {                                               \
        context->execution->memory_size = (limit);     \
        TRAP_WITH(MEMORY_BOUNDS, address, count);      \
    } while (0)
#define OUT_OF_BOUNDS(start, count, limit) ((start) > (limit) || (count) > (limit) - (start))

// Marks the pages of a range of a memory, whose cards lie below its base.
static inline void mark_pages(uint8_t *memory, uint64_t address, uint64_t count) {
    if (!count) return;
    uint64_t first = address >> 12, last = (address + count - 1) >> 12;
    memset(memory - WASM_CARD_BYTES + first, 1, last - first + 1);
}

// Takes the branch whose target stands in word `index`: distance in bytes from that word, and the fuel of its edge.
// Fuel is checked at loop back-edges only: a branch forward goes on, with the accumulators as they are, so that where a
// call stops depends on the source alone.
#define TAKE_BRANCH(index)                                          \
    do {                                                            \
        const Word *target_ = pc + (index);                         \
        fuel -= (int16_t)target_->b;                                \
        int64_t distance_ = target_->immediate;                     \
        pc = (const Word *)((const char *)target_ + distance_);     \
        if (UNLIKELY(fuel < 0) && distance_ < 0) TAIL wasm_branch_without_fuel(ARGUMENTS); \
        CONTINUE;                                                   \
    } while (0)

// MARK: Floats

static inline float f32_from_bits(uint32_t bits) { float x; memcpy(&x, &bits, 4); return x; }
static inline double f64_from_bits(uint64_t bits) { double x; memcpy(&x, &bits, 8); return x; }
static inline uint32_t f32_bits(float x) { uint32_t bits; memcpy(&bits, &x, 4); return bits; }
static inline uint64_t f64_bits(double x) { uint64_t bits; memcpy(&bits, &x, 8); return bits; }

static inline float facc_float(FloatAccumulator v) { return v[0]; }
static inline double facc_double(FloatAccumulator v) { return ((DoubleLanes)v)[0]; }
static inline FloatAccumulator facc_of_float(float x) { FloatAccumulator v; v[0] = x; return v; }
static inline FloatAccumulator facc_of_double(double x) { DoubleLanes v; v[0] = x; return (FloatAccumulator)v; }
static inline float slot_float(const uint64_t *slot) { float x; memcpy(&x, slot, 4); return x; }
static inline double slot_double(const uint64_t *slot) { double x; memcpy(&x, slot, 8); return x; }

#endif
