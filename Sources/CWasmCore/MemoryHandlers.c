// Loads, stores, bulk operations, tables, globals.
#include "Bodies.h"
#include "VectorLanes.h"

// MARK: Loads and stores

#define LOAD_FORM(id, form, words)                                             \
    OPERATION(id##_##form##_T) { DO_LOAD_##form(id) NEXT(words); }             \
    OPERATION(id##_##form##_B) { DO_LOAD_##form(id) SLOT(A) = acc; NEXT(words); }
#define X(code, id, ...) LOAD_FORM(id, S, 2) LOAD_FORM(id, A, 2) LOAD_FORM(id, X, 3) LOAD_FORM(id, C, 2)
WASM_INT_LOAD(X)
#undef X

#define FLOAT_LOAD_FORM(form, words, base, T)                                                                 \
    OPERATION(form##_T) { DO_FLOAT_LOAD(T, base) NEXT(words); }                                               \
    OPERATION(form##_B) { DO_FLOAT_LOAD(T, base) STORE_FACC(T, A); NEXT(words); }
#define X(code, id, name, type, T, width)                                      \
    FLOAT_LOAD_FORM(id##_S, 2, SLOT(B), T)                                     \
    FLOAT_LOAD_FORM(id##_A, 2, acc, T)                                         \
    FLOAT_LOAD_FORM(id##_X, 3, SUM_BASE, T)                                    \
    FLOAT_LOAD_FORM(id##_C, 2, 0, T)
WASM_FLOAT_LOAD(X)
#undef X

#define STORE_FORM(id, form, words) OPERATION(id##_##form) { DO_STORE_##form(id) NEXT(words); }
#define X(code, id, ...)                                                       \
    STORE_FORM(id, SS, 2) STORE_FORM(id, SA, 2) STORE_FORM(id, AS, 2) STORE_FORM(id, SI, 3) STORE_FORM(id, AI, 3) \
    STORE_FORM(id, XS, 3) STORE_FORM(id, XI, 4) STORE_FORM(id, CS, 2) STORE_FORM(id, CA, 2) STORE_FORM(id, CI, 3)
WASM_INT_STORE(X)
#undef X

#define FLOAT_STORE_FORM(form, base, T) OPERATION(form) { DO_STORE(T, base, FACC_##T) NEXT(2); }
#define X(code, id, name, type, T, width)                                      \
    FLOAT_STORE_FORM(id##_SA, SLOT(B), T)                                      \
    FLOAT_STORE_FORM(id##_AA, acc, T)                                          \
    FLOAT_STORE_FORM(id##_CA, 0, T)
WASM_FLOAT_STORE(X)
#undef X

// MARK: Vectors

#define LOADED(M) M m; memcpy(&m, memory + address, sizeof m)
#define KEEP_VECTOR(...) facc = (FloatAccumulator)(__VA_ARGS__)
#define VECTOR_LOAD_FORM(form, words, base, M, ...)                                                           \
    OPERATION(form##_T) { ADDRESS(base, sizeof(M)) LOADED(M); KEEP_VECTOR(__VA_ARGS__); NEXT(words); }        \
    OPERATION(form##_B) { ADDRESS(base, sizeof(M)) LOADED(M); KEEP_VECTOR(__VA_ARGS__); memcpy(&SLOT(A), &facc, 16); NEXT(words); }
#define X(code, id, name, M, width, ...)                                       \
    VECTOR_LOAD_FORM(id##_S, 2, SLOT(B), M, __VA_ARGS__)                       \
    VECTOR_LOAD_FORM(id##_A, 2, acc, M, __VA_ARGS__)                           \
    VECTOR_LOAD_FORM(id##_X, 3, SUM_BASE, M, __VA_ARGS__)
WASM_VECTOR_LOAD(X)
#undef X

#define VECTOR_STORE_FORM(form, words, base, ...)                                                             \
    OPERATION(form) { ADDRESS(base, 16) u64x2 v = (u64x2)(__VA_ARGS__); memcpy(memory + address, &v, 16); MARK; NEXT(words); }
VECTOR_STORE_FORM(v128_store_SS, 2, SLOT(B), slot_vector(&SLOT(A)))
VECTOR_STORE_FORM(v128_store_SA, 2, SLOT(B), facc)
VECTOR_STORE_FORM(v128_store_AS, 2, acc, slot_vector(&SLOT(A)))
VECTOR_STORE_FORM(v128_store_AA, 2, acc, facc)
VECTOR_STORE_FORM(v128_store_XS, 3, SUM_BASE, slot_vector(&SLOT(A)))
VECTOR_STORE_FORM(v128_store_XA, 3, SUM_BASE, facc)

// The second word has the vector's slot and the lane.
#define X(code, id, name, lanes, V, M, width)                                                                 \
    VECTOR_LOAD_FORM(id##_SS, 3, SLOT(B), M, REPLACED(V, (V)slot_vector(&SLOT(pc[2].a)), pc[2].b, m))         \
    VECTOR_LOAD_FORM(id##_AS, 3, SLOT(B), M, REPLACED(V, (V)facc, pc[2].b, m))
WASM_VECTOR_LOAD_LANE(X)
#undef X

// The second word's immediate is the lane's distance in bytes from the vector's slot.
#define LANE(M) M m; memcpy(&m, (const char *)&SLOT(A) + pc[2].immediate, sizeof m)
#define STORE_LANE_FORM(form, base, M)                                                                        \
    OPERATION(form) { ADDRESS(base, sizeof(M)) LANE(M); memcpy(memory + address, &m, sizeof m); MARK; NEXT(3); }
#define X(code, id, name, lanes, M, width)                                     \
    STORE_LANE_FORM(id##_S, SLOT(B), M)                                        \
    STORE_LANE_FORM(id##_A, acc, M)
WASM_VECTOR_STORE_LANE(X)
#undef X

// MARK: Memory as a whole

OPERATION(memory_size_T) { acc = size >> 16; NEXT(2); }
OPERATION(memory_size_B) { SLOT(A) = acc = size >> 16; NEXT(2); }

OPERATION(memory_copy) {
    uint64_t to = (uint32_t)SLOT(A), from = (uint32_t)SLOT(B), count = (uint32_t)SLOT(C);
    if (OUT_OF_BOUNDS(from, count, size)) TRAP_MEMORY(from, count, size);
    if (OUT_OF_BOUNDS(to, count, size)) TRAP_MEMORY(to, count, size);
    memmove(memory + to, memory + from, count);
    mark_pages(memory, to, count);
    fuel -= (int64_t)(count >> 6);
    NEXT(2);
}

OPERATION(memory_fill) {
    uint64_t to = (uint32_t)SLOT(A), count = (uint32_t)SLOT(C);
    if (OUT_OF_BOUNDS(to, count, size)) TRAP_MEMORY(to, count, size);
    memset(memory + to, (int)SLOT(B), count);
    mark_pages(memory, to, count);
    fuel -= (int64_t)(count >> 6);
    NEXT(2);
}

OPERATION(memory_init) {
    uint64_t to = (uint32_t)SLOT(A), from = (uint32_t)SLOT(B), count = (uint32_t)SLOT(C);
    WasmSegment *segment = &context->data[pc[2].immediate];
    if (OUT_OF_BOUNDS(from, count, segment->count)) TRAP_MEMORY(from, count, size);
    if (OUT_OF_BOUNDS(to, count, size)) TRAP_MEMORY(to, count, size);
    if (count) memcpy(memory + to, (const uint8_t *)segment->start + from, count);
    mark_pages(memory, to, count);
    fuel -= (int64_t)(count >> 6);
    NEXT(3);
}

OPERATION(data_drop) { context->data[IMMEDIATE].count = 0; NEXT(2); }

// MARK: Tables. A reference counts as eight bytes of fuel.

OPERATION(table_get) {
    uint64_t index = (uint32_t)SLOT(B);
    WasmTable *table = context->tables[C];
    if (UNLIKELY(index >= table->size)) TRAP_WITH(TABLE_BOUNDS, index, 1);
    SLOT(A) = table->elements[index];
    NEXT(2);
}

OPERATION(table_set) {
    uint64_t index = (uint32_t)SLOT(B);
    WasmTable *table = context->tables[C];
    if (UNLIKELY(index >= table->size)) TRAP_WITH(TABLE_BOUNDS, index, 1);
    table->elements[index] = SLOT(A);
    table->is_dirty = 1;
    NEXT(2);
}

OPERATION(table_size) { SLOT(A) = context->tables[C]->size; NEXT(2); }

OPERATION(table_fill) {
    uint64_t to = (uint32_t)SLOT(A), count = (uint32_t)SLOT(C);
    WasmTable *table = context->tables[pc[2].a];
    if (OUT_OF_BOUNDS(to, count, table->size)) TRAP_WITH(TABLE_BOUNDS, to, count);
    uint64_t value = SLOT(B);
    for (uint64_t i = 0; i < count; i++) table->elements[to + i] = value;
    table->is_dirty = 1;
    fuel -= (int64_t)(count >> 3);
    NEXT(3);
}

OPERATION(table_copy) {
    uint64_t to = (uint32_t)SLOT(A), from = (uint32_t)SLOT(B), count = (uint32_t)SLOT(C);
    WasmTable *target = context->tables[pc[2].a], *source = context->tables[pc[2].b];
    if (OUT_OF_BOUNDS(from, count, source->size)) TRAP_WITH(TABLE_BOUNDS, from, count);
    if (OUT_OF_BOUNDS(to, count, target->size)) TRAP_WITH(TABLE_BOUNDS, to, count);
    if (count) memmove(target->elements + to, source->elements + from, count * sizeof(uint64_t));
    target->is_dirty = 1;
    fuel -= (int64_t)(count >> 3);
    NEXT(3);
}

OPERATION(table_init) {
    uint64_t to = (uint32_t)SLOT(A), from = (uint32_t)SLOT(B), count = (uint32_t)SLOT(C);
    WasmTable *table = context->tables[pc[2].a];
    WasmSegment *segment = &context->elements[pc[2].immediate];
    if (OUT_OF_BOUNDS(from, count, segment->count)) TRAP_WITH(TABLE_BOUNDS, from, count);
    if (OUT_OF_BOUNDS(to, count, table->size)) TRAP_WITH(TABLE_BOUNDS, to, count);
    if (count) memcpy(table->elements + to, (const uint64_t *)segment->start + from, count * sizeof(uint64_t));
    table->is_dirty = 1;
    fuel -= (int64_t)(count >> 3);
    NEXT(3);
}

OPERATION(elem_drop) { context->elements[IMMEDIATE].count = 0; NEXT(2); }

OPERATION(ref_func) { SLOT(A) = context->functions[IMMEDIATE]; NEXT(2); }

// MARK: Globals

#define GLOBAL (*(uint64_t *)((char *)context + IMMEDIATE))
OPERATION(global_get_T) { acc = GLOBAL; NEXT(2); }
OPERATION(global_get_B) { SLOT(A) = acc = GLOBAL; NEXT(2); }
OPERATION(global_set_S) { GLOBAL = SLOT(B); NEXT(2); }
OPERATION(global_set_A) { GLOBAL = acc; NEXT(2); }
OPERATION(global_get_imported) { SLOT(A) = *context->imported_globals[IMMEDIATE]; NEXT(2); }
OPERATION(global_set_imported) { *context->imported_globals[IMMEDIATE] = SLOT(B); NEXT(2); }
