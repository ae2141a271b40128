// The part of libc's memory functions that actors use. Allocations are aligned to 16 bytes, never null: where the host
// gives no more memory, the actor traps.

#ifndef LATTICE_MEMORY_H
#define LATTICE_MEMORY_H

#include <stddef.h>

void *malloc(size_t count);
void *calloc(size_t items, size_t bytes);
void *realloc(void *pointer, size_t count);
void free(void *pointer);
/// \returns 0. \param alignment a power of two.
int posix_memalign(void **result, size_t alignment, size_t count);

void *memcpy(void *restrict target, const void *restrict source, size_t count);
void *memmove(void *target, const void *source, size_t count);
void *memset(void *target, int byte, size_t count);
int memcmp(const void *left, const void *right, size_t count);
size_t strlen(const char *text);

#endif
