// What the kernels share: a size from the first argument, a checksum on standard output. No C library is needed: as a
// WebAssembly module a kernel imports three functions of WASI and nothing else.
#ifndef KERNEL_H
#define KERNEL_H

#include <stddef.h>
#include <stdint.h>

/// The work itself. Whatever it computes must reach the checksum.
static uint64_t kernel(uint32_t size);

#define NOINLINE __attribute__((noinline))

/// A generator of numbers that look random: the same ones everywhere.
static inline uint32_t next_random(uint32_t *state) {
    uint32_t x = *state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return *state = x;
}

static uint32_t parse_size(const char *text) {
    uint32_t size = 0;
    for (; *text >= '0' && *text <= '9'; text++) size = size * 10 + (uint32_t)(*text - '0');
    return size;
}

/// Writes the checksum as sixteen digits and a newline.
static void format_checksum(uint64_t checksum, char line[17]) {
    for (int digit = 0; digit < 16; digit++) line[digit] = "0123456789abcdef"[checksum >> (60 - 4 * digit) & 15];
    line[16] = '\n';
}

#ifdef __wasm__

#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))
WASI(args_sizes_get) int args_sizes_get(uint32_t *count, uint32_t *bytes);
WASI(args_get) int args_get(char **arguments, char *bytes);
WASI(fd_write) int fd_write(int descriptor, const void *parts, uint32_t count, uint32_t *written);

void _start(void) {
    static char *arguments[8], bytes[512];
    uint32_t count = 0, bytes_count = 0, size = 0;
    if (!args_sizes_get(&count, &bytes_count) && count >= 2 && count <= 8 && bytes_count <= sizeof bytes
        && !args_get(arguments, bytes))
        size = parse_size(arguments[1]);
    static char line[17];
    format_checksum(kernel(size), line);
    struct { const char *start; uint32_t count; } part = {line, sizeof line};
    uint32_t written;
    fd_write(1, &part, 1, &written);
}

#else

#include <unistd.h>

int main(int count, char **arguments) {
    char line[17];
    format_checksum(kernel(count >= 2 ? parse_size(arguments[1]) : 0), line);
    return write(1, line, sizeof line) == sizeof line ? 0 : 1;
}

#endif
#endif
