// A recording: an instance as the core works on it, and the calls that were made of it. Written by the recorder as 64-bit
// words, little-endian; a list is its count, then its words; bytes are their count, then whole words.
//
//   magic · bytes of the stack
//   functions: slot of the header, 0 for an import, else 1 · entry · code
//   functions of the store from index 1: type · 1 + index of the cell, 0: the host's · entry of its bridge · code
//   (code: list of words · relocations: position and kind)
//   list of the references in the module's function index space
//   memories: most pages · what growing further gives · bytes · bytes of the image
//   tables: most elements · what growing further gives · list of references
//   list of own globals' slots · imported globals: two words each
//   data segments: bytes · element segments: list of references
//   calls: reference · fuel · list of argument slots
//          end · list of result slots, or trap and its operands · fuel used
//          answers of the host: 0 · list of result slots · changes of the memory (address, bytes), or 1: the call ends here
//   when all calls have been made: list of own globals' slots · of each memory its bytes and their checksum
#ifndef RECORDING_H
#define RECORDING_H

#include <stddef.h>
#include <stdint.h>

#include "WasmCore.h"

#define RECORDING_MAGIC 0x3143455254414C00ull

enum Relocation { RELOCATION_HANDLER, RELOCATION_ENTRY };
enum End { END_FINISHED, END_TRAPPED, END_OUT_OF_FUEL, END_BY_HOST };

/// A file read to its end, and how far it has been used.
typedef struct Words {
    const uint64_t *next, *end;
} Words;

uint64_t word(Words *words);
/// The words of a list, which stay in the file's memory.
const uint64_t *list(Words *words, uint64_t *count);
const uint8_t *bytes(Words *words, uint64_t *count);

/// A module's function: its own words, as long as they are, so that a read beyond them is seen.
typedef struct Code {
    WasmWord *words;
    const WasmWord *entry;
    /// Header, `translate` or `import`, index.
    WasmWord stub[3];
} Code;

typedef struct Instance {
    uint64_t stack_bytes;
    uint64_t *stack;

    uint64_t function_count;
    Code *codes;
    const WasmWord **entries;

    WasmStore store;
    uint64_t reference_count;
    WasmWord **bridges;

    WasmContext *context;
    uint64_t own_global_slots;
    uint64_t memory_count;
    WasmMemory *memories;
    WasmMemory **memory_pointers;
    uint64_t *memory_limits, *memory_refusals;
    uint64_t table_count;
    WasmTable *tables;
    WasmTable **table_pointers;
    uint64_t *table_limits, *table_refusals;
    uint64_t imported_global_count;
    uint64_t *imported_globals;
    uint64_t **imported_global_cells;
    uint64_t data_count, element_count;
} Instance;

/// Builds everything up to the calls.
void load_instance(Words *words, Instance *instance);
void free_instance(Instance *instance);
uint64_t *own_globals(const Instance *instance);
/// - Returns: the pages before, or the memory's refusal.
uint64_t grow_memory(Instance *instance, uint64_t index, uint64_t pages);
uint64_t grow_table(Instance *instance, uint64_t index, uint64_t count, uint64_t reference);

/// Says what went wrong and ends the program.
__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...);

#endif
