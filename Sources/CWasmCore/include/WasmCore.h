// The threaded-code core of WasmRuntime: handlers for the internal operations and the state they work on.
// Swift decodes, validates, translates, links and decides; this core only executes, and returns whenever something
// has to be decided. See docs/engine.md for a frame's picture and an example of the internal code.
#ifndef WASM_CORE_H
#define WASM_CORE_H

#include <stddef.h>
#include <stdint.h>

#include "WasmOperations.h"

// MARK: The instruction table

/// How an instruction takes its operands and gives its result: the families of WasmInstructions.h.
enum WasmShape : uint8_t {
    WASM_SHAPE_ILLEGAL = 0,
    WASM_SHAPE_INT_BINARY,
    WASM_SHAPE_INT_COMPARE,
    WASM_SHAPE_INT_UNARY,
    WASM_SHAPE_FLOAT_BINARY,
    WASM_SHAPE_FLOAT_COMPARE,
    WASM_SHAPE_FLOAT_UNARY,
    WASM_SHAPE_INT_TO_FLOAT,
    WASM_SHAPE_FLOAT_TO_INT,
    WASM_SHAPE_INT_LOAD,
    WASM_SHAPE_FLOAT_LOAD,
    WASM_SHAPE_INT_STORE,
    WASM_SHAPE_FLOAT_STORE,
    WASM_SHAPE_SPECIAL,
    /// Vectors to a vector.
    WASM_SHAPE_VECTOR_BINARY,
    WASM_SHAPE_VECTOR_UNARY,
    WASM_SHAPE_VECTOR_TERNARY,
    /// A vector and a count to a vector.
    WASM_SHAPE_VECTOR_SHIFT,
    /// A vector to an i32.
    WASM_SHAPE_VECTOR_TEST,
    /// A number to a vector.
    WASM_SHAPE_VECTOR_SPLAT,
    /// A vector to a number.
    WASM_SHAPE_VECTOR_EXTRACT,
    /// A vector and a number to a vector.
    WASM_SHAPE_VECTOR_REPLACE,
    WASM_SHAPE_VECTOR_LOAD,
    WASM_SHAPE_VECTOR_STORE,
    /// An address and a vector to a vector.
    WASM_SHAPE_VECTOR_LOAD_LANE,
    WASM_SHAPE_VECTOR_STORE_LANE,
    WASM_SHAPE_VECTOR_CONSTANT,
    WASM_SHAPE_VECTOR_SHUFFLE,
};

/// What follows the opcode in the binary.
enum WasmImmediates : uint8_t {
    WASM_IMMEDIATES_NONE = 0,
    WASM_IMMEDIATES_INDEX,
    WASM_IMMEDIATES_TWO_INDICES,
    WASM_IMMEDIATES_BLOCK,
    WASM_IMMEDIATES_BRANCH_TABLE,
    WASM_IMMEDIATES_TYPES,
    WASM_IMMEDIATES_REFERENCE_TYPE,
    WASM_IMMEDIATES_MEMORY,
    WASM_IMMEDIATES_I32,
    WASM_IMMEDIATES_I64,
    WASM_IMMEDIATES_F32,
    WASM_IMMEDIATES_F64,
    /// One byte.
    WASM_IMMEDIATES_LANE,
    WASM_IMMEDIATES_MEMORY_AND_LANE,
    /// Sixteen bytes.
    WASM_IMMEDIATES_VECTOR,
    /// A block's type, then its catch clauses.
    WASM_IMMEDIATES_TRY_TABLE,
};

/// The extension of WebAssembly 1.0 that an instruction came with.
enum WasmFeature : uint8_t {
    WASM_FEATURE_MVP = 0,
    WASM_FEATURE_SIGN_EXTENSION,
    WASM_FEATURE_SATURATING,
    WASM_FEATURE_BULK,
    WASM_FEATURE_REFERENCE_TYPES,
    WASM_FEATURE_SIMD,
    WASM_FEATURE_RELAXED_SIMD,
    WASM_FEATURE_TAIL_CALL,
    WASM_FEATURE_EXCEPTIONS,
};

typedef struct WasmInstruction {
    /// As the text format spells it; NULL where the opcode means nothing.
    const char *_Nullable name;
    enum WasmShape shape;
    enum WasmImmediates immediates;
    enum WasmFeature feature;
    /// Value types as the binary writes them; 0 for none and for special instructions.
    uint8_t operand, result;
    /// Base-2 logarithm of the bytes that a load or store touches.
    uint8_t width_log2;
    uint8_t is_commutative;
    /// Lanes of the vector that a lane index or a splat is about, else 0.
    uint8_t lanes;
    /// The first form of the instruction's operation, and of the branch it fuses with; for a comparison of integers
    /// also the branch of its negation, and the first of its add-and-branch forms and of its negation's.
    uint16_t operation, branch, negated_branch, add_branch, negated_add_branch;
} WasmInstruction;

/// `WASM_INSTRUCTION_COUNT` rows, by code.
const WasmInstruction *_Nonnull wasm_core_instructions(void);

// MARK: Internal code

/// One word of internal code. The first word of an operation is the address of its handler; the next ones hold
/// `a` and `b` (bits 0–15 and 16–31) and either an immediate (bits 32–63) or `c` and `d`, or 64 bits of constant.
typedef uint64_t WasmWord;

#define WASM_OPERATION(id) WASM_OP_##id,
enum WasmOperation : uint16_t { WASM_ALL_OPERATIONS WASM_OPERATION_COUNT };
#undef WASM_OPERATION

/// Fills in the addresses of all handlers, `WASM_OPERATION_COUNT`, as the first word of an operation holds them: the best
/// that there are for this processor.
void wasm_core_fill_handlers(WasmWord *_Nonnull table);

/// What an operation becomes together with the one before it.
typedef struct WasmPair {
    uint16_t first, second, pair;
} WasmPair;

/// All pairs; their count goes to `count`. A second that gives a result stands in its form _T, as does its pair; the
/// forms _B follow both.
const WasmPair *_Nonnull wasm_core_pairs(uint32_t *_Nonnull count);

/// The operation's name, for the disassembler.
const char *_Nonnull wasm_core_operation_name(uint16_t operation);

// MARK: State

/// One byte for each 4 KiB of the largest memory.
#define WASM_CARD_BYTES (1 << 20)

/// A linear memory, of 4 GiB at most. `base` never moves: the whole of `reserved` is mapped at creation. Below it lies one
/// card byte for each 4 KiB, at `base[page - WASM_CARD_BYTES]`, which every write sets.
typedef struct WasmMemory {
    uint8_t *_Nonnull base;
    /// Bytes that the guest may touch now.
    uint64_t size;
    uint64_t reserved;
    /// The object that it belongs to; the core does not look at it.
    const void *_Nullable owner;
} WasmMemory;

/// References, 0 for null. `is_dirty` is set by every write.
typedef struct WasmTable {
    uint64_t *_Nullable elements;
    uint64_t size;
    uint64_t capacity;
    uint32_t is_dirty;
} WasmTable;

/// A data segment (`bytes`) or an element segment (`references`); empty once dropped.
typedef struct WasmSegment {
    const void *_Nullable start;
    uint64_t count;
} WasmSegment;

typedef struct WasmContext WasmContext;
typedef struct WasmExecution WasmExecution;

/// A function of the store. A reference to it is its index there; index 0 is the null reference.
typedef struct WasmFunction {
    /// Where the address of its code stands, for a call within its own instance; NULL for a host function.
    const WasmWord *_Nullable const *_Nullable entry;
    /// Code that enters it from another instance, or leaves the core for the host.
    const WasmWord *_Nonnull bridge;
    /// Its instance; NULL for a host function.
    WasmContext *_Nullable context;
    /// Two functions have the same type if, and only if, these are equal.
    uint32_t type;
    /// Of a host function: its number among them. The core does not look at it.
    uint32_t host;
} WasmFunction;

typedef struct WasmStore {
    WasmFunction *_Nonnull functions;
    WasmContext *_Nonnull *_Nonnull contexts;
} WasmStore;

/// What the handlers need of an instance.
struct WasmContext {
    /// A frame must end below this; that of the execution that runs.
    uint64_t *_Nullable stack_limit;
    WasmMemory *_Nonnull memory;
    WasmTable *_Nonnull const *_Nullable tables;
    WasmStore *_Nonnull store;
    /// References to the functions of the module's index space.
    const uint64_t *_Nullable functions;
    /// Cells of the imported globals.
    uint64_t *_Nonnull const *_Nullable imported_globals;
    WasmSegment *_Nullable data;
    WasmSegment *_Nullable elements;
    WasmExecution *_Nullable execution;
    /// Its index in the store's `contexts`.
    uint64_t index;
    /// All its memories; the first is `memory`.
    WasmMemory *_Nonnull const *_Nullable memories;
    uint64_t memory_count;
    // The cells of the instance's own globals follow, at WASM_CONTEXT_GLOBALS.
};

/// Bytes from a context to its first own global.
#define WASM_CONTEXT_GLOBALS 96
_Static_assert(sizeof(WasmContext) == WASM_CONTEXT_GLOBALS, "globals follow the context");

/// Why the core returned.
enum WasmStatus : uint32_t {
    /// The outermost function returned: results stand at the stack's base.
    WASM_STATUS_FINISHED,
    /// `trap` says why; the frame is that of the function that trapped.
    WASM_STATUS_TRAPPED,
    /// Fuel is negative. Running again continues; `operand` must be left as it is.
    WASM_STATUS_OUT_OF_FUEL,
    /// A host function (reference in `operand`) was called: its arguments start at `frame`, and so must its results
    /// before it runs again.
    WASM_STATUS_HOST_CALL,
    /// The function with index `operand` of `context`'s module has no code yet; run again once it has.
    WASM_STATUS_TRANSLATE,
    /// memory.grow of memory `operand2` >> 16 by `operand` pages: the result goes to slot `operand2` & 0xFFFF of `frame`.
    WASM_STATUS_MEMORY_GROW,
    /// table.grow of table `trap` by `operand`, filled with slot `operand2` >> 16; result to slot `operand2` & 0xFFFF.
    WASM_STATUS_TABLE_GROW,
    /// An exception with tag `operand` of the instance, whose values start at slot `operand2` of `frame`.
    WASM_STATUS_THROW,
    /// The exception with reference `operand`, again.
    WASM_STATUS_THROW_REF,
};

enum WasmTrap : uint32_t {
    WASM_TRAP_NONE = 0,
    WASM_TRAP_UNREACHABLE,
    WASM_TRAP_DIVISION_BY_ZERO,
    WASM_TRAP_INTEGER_OVERFLOW,
    WASM_TRAP_INVALID_CONVERSION,
    /// `operand` is the address, `operand2` the count of bytes.
    WASM_TRAP_MEMORY_BOUNDS,
    /// `operand` is the index, `operand2` the count of elements.
    WASM_TRAP_TABLE_BOUNDS,
    /// `operand` is the index.
    WASM_TRAP_UNDEFINED_ELEMENT,
    WASM_TRAP_UNINITIALIZED_ELEMENT,
    WASM_TRAP_TYPE_MISMATCH,
    WASM_TRAP_STACK_EXHAUSTED,
    WASM_TRAP_NULL_REFERENCE,
};

/// One call in progress: all that is needed to go on with it later, besides its stack and its instances.
struct WasmExecution {
    const WasmWord *_Nullable pc;
    uint64_t *_Nullable frame;
    WasmContext *_Nullable context;
    int64_t fuel;
    uint64_t *_Nullable stack_base;
    uint64_t *_Nullable stack_limit;
    enum WasmStatus status;
    uint32_t trap;
    uint64_t operand, operand2;
    /// At a trap WASM_TRAP_MEMORY_BOUNDS: the size of the memory.
    uint64_t memory_size;
};

/// Runs until something has to be decided, and returns `execution->status`. Takes `pc`, `frame`, `context` and `fuel`
/// from `execution` and leaves them there.
enum WasmStatus wasm_core_run(WasmExecution *_Nonnull execution);

/// Prepares a call of a function, whose arguments already stand at the stack's base. It must not be a host function.
/// Returns 0 if the stack is too small for its frame.
int wasm_core_enter(WasmExecution *_Nonnull execution, uint64_t reference, const WasmStore *_Nonnull store);

/// Lets every thread that sees `code` in the cell also see the code itself.
void wasm_core_publish(const WasmWord *_Nullable *_Nonnull cell, const WasmWord *_Nonnull code);

/// Checks that the frame of a function that has just been translated fits; 0 if it does not.
int wasm_core_enter_translated(WasmExecution *_Nonnull execution, const WasmWord *_Nonnull code);

// MARK: Memory

/// Maps `reserved` bytes (a multiple of 64 KiB) and their cards, all zero and untouched. 0 if the system refuses.
int wasm_core_memory_map(WasmMemory *_Nonnull memory, uint64_t reserved);
void wasm_core_memory_unmap(WasmMemory *_Nonnull memory);
/// Marks the pages of a range that the host has written, which must lie inside the memory.
void wasm_core_memory_mark(WasmMemory *_Nonnull memory, uint64_t address, uint64_t count);
/// Gives a range that is about to be written its pages in one call, where it is long and the system can (Linux 5.14): a
/// fault for each costs 4 us in a virtual machine.
void wasm_core_memory_populate(WasmMemory *_Nonnull memory, uint64_t address, uint64_t count);
/// Forgets which pages were written.
void wasm_core_memory_clean(WasmMemory *_Nonnull memory);
/// Puts every page that was written since the last restore back to what it is in `image`, whose bytes beyond
/// `image_size` count as zero; the memory's size becomes `size`, and all cards are clean. Returns the pages restored.
uint64_t wasm_core_memory_restore(
    WasmMemory *_Nonnull memory, const uint8_t *_Nullable image, uint64_t image_size, uint64_t size);
/// Maps `bytes` of zeroed memory for an execution's stack; NULL if the system refuses.
uint64_t *_Nullable wasm_core_stack_map(uint64_t bytes);
void wasm_core_stack_unmap(uint64_t *_Nonnull stack, uint64_t bytes);

#endif
