// fd_advise, fd_allocate, fd_datasync, fd_sync, fd_filestat_set_size, fd_filestat_set_times, fd_pread, fd_pwrite,
// fd_read, fd_write, fd_seek, fd_tell
#include "probe.h"

static __wasi_filestat_t status_of(__wasi_fd_t file) {
    __wasi_filestat_t status;
    OK(__wasi_fd_filestat_get(file, &status));
    return status;
}

static void sizes(void) {
    __wasi_fd_t file;
    OK(open_file("sizes", CREATE, &file));
    IS(0, status_of(file).size);
    OK(__wasi_fd_filestat_set_size(file, 100));
    IS(100, status_of(file).size);
    OK(__wasi_fd_filestat_set_size(file, 10));
    IS(10, status_of(file).size);
    FAILS_EITHER(INVAL, FBIG, __wasi_fd_filestat_set_size(file, UINT64_MAX));
    for (int advice = 0; advice < 6; advice++) OK(__wasi_fd_advise(file, 0, 5, advice));
    FAILS(INVAL, __wasi_fd_advise(file, 0, 5, 6));
    FAILS(INVAL, __wasi_fd_advise(file, UINT64_MAX, 5, 0));
    IS(10, status_of(file).size);
    __wasi_errno_t allocated = __wasi_fd_allocate(file, 5, 20);
    if (allocated != __WASI_ERRNO_NOTSUP) {
        IS(0, allocated);
        IS(25, status_of(file).size);
        OK(__wasi_fd_allocate(file, 1, 2));
        IS(25, status_of(file).size);
        FAILS(INVAL, __wasi_fd_allocate(file, 0, 0));
        FAILS_EITHER(INVAL, FBIG, __wasi_fd_allocate(file, INT64_MAX, 10));
    }
    OK(__wasi_fd_datasync(file));
    OK(__wasi_fd_sync(file));
    OK(__wasi_fd_close(file));
}

static void times(void) {
    __wasi_fd_t file;
    OK(open_file("times", CREATE, &file));
    __wasi_filestat_t before = status_of(file), after;
    OK(__wasi_fd_filestat_set_times(file, 0, before.mtim - 100, __WASI_FSTFLAGS_MTIM));
    after = status_of(file);
    IS(before.mtim - 100, after.mtim);
    IS(before.atim, after.atim);
    OK(__wasi_fd_filestat_set_times(file, 5000000001, 0, __WASI_FSTFLAGS_ATIM));
    IS(5000000001, status_of(file).atim);
    OK(__wasi_fd_filestat_set_times(file, 0, 0, __WASI_FSTFLAGS_ATIM_NOW | __WASI_FSTFLAGS_MTIM_NOW));
    HOLDS(status_of(file).mtim >= before.mtim && status_of(file).atim >= before.mtim);
    OK(__wasi_fd_filestat_set_times(file, 7, 8, 0));
    HOLDS(status_of(file).mtim >= before.mtim);
    FAILS(INVAL, __wasi_fd_filestat_set_times(file, 0, 0, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_ATIM_NOW));
    FAILS(INVAL, __wasi_fd_filestat_set_times(file, 0, 0, __WASI_FSTFLAGS_MTIM | __WASI_FSTFLAGS_MTIM_NOW));
    FAILS(INVAL, __wasi_fd_filestat_set_times(file, 0, 0, 16));
    OK(__wasi_fd_close(file));
}

static void positions(void) {
    __wasi_fd_t file;
    __wasi_size_t count;
    __wasi_filesize_t offset;
    OK(open_file("positions", CREATE, &file));
    OK(__wasi_fd_tell(file, &offset));
    IS(0, offset);
    OK(write_text(file, "0123456789", &count));
    IS(10, count);
    OK(__wasi_fd_tell(file, &offset));
    IS(10, offset);
    OK(__wasi_fd_seek(file, -7, __WASI_WHENCE_CUR, &offset));
    IS(3, offset);
    OK(__wasi_fd_seek(file, -1, __WASI_WHENCE_END, &offset));
    IS(9, offset);
    OK(__wasi_fd_seek(file, 1000, __WASI_WHENCE_SET, &offset));
    IS(1000, offset);
    FAILS(INVAL, __wasi_fd_seek(file, -1001, __WASI_WHENCE_CUR, &offset));
    FAILS(INVAL, __wasi_fd_seek(file, -1, __WASI_WHENCE_SET, &offset));
    FAILS(INVAL, __wasi_fd_seek(file, 0, 3, &offset));
    OK(__wasi_fd_tell(file, &offset));
    IS(1000, offset);
    char text[100];
    OK(read_text(file, text));
    IS(0, strlen(text));
    // Nothing is written before the position: a hole reads as zeros.
    OK(write_text(file, "end", &count));
    IS(1003, status_of(file).size);
    OK(__wasi_fd_seek(file, 998, __WASI_WHENCE_SET, &offset));
    OK(read_text(file, text));
    IS(0, memcmp(text, "\0\0end", 6));
    OK(__wasi_fd_close(file));
}

static void at_offsets(void) {
    __wasi_fd_t file;
    __wasi_size_t count;
    __wasi_filesize_t offset;
    uint8_t first[2], second[4];
    __wasi_iovec_t in[2] = {{first, 2}, {second, 4}};
    __wasi_ciovec_t out[2] = {{(const uint8_t *)"ab", 2}, {(const uint8_t *)"cdef", 4}};
    OK(open_file("offsets", CREATE, &file));
    OK(__wasi_fd_pwrite(file, out, 2, 3, &count));
    IS(6, count);
    OK(__wasi_fd_tell(file, &offset));
    IS(0, offset);
    OK(__wasi_fd_pread(file, in, 2, 4, &count));
    IS(5, count);
    IS(0, memcmp(first, "bc", 2));
    IS(0, memcmp(second, "def", 3));
    OK(__wasi_fd_pread(file, in, 2, 100, &count));
    IS(0, count);
    FAILS(INVAL, __wasi_fd_pread(file, in, 2, UINT64_MAX, &count));
    FAILS_EITHER(INVAL, FBIG, __wasi_fd_pwrite(file, out, 2, UINT64_MAX, &count));
    OK(__wasi_fd_close(file));
    OK(open_with(ROOT, 0, "offsets", 0, FILE_RIGHTS, __WASI_FDFLAGS_APPEND, &file));
    OK(__wasi_fd_pwrite(file, out, 1, 0, &count));
    IS(2, count);
    // POSIX writes at the offset, Linux at the end.
    HOLDS(status_of(file).size == 9 || status_of(file).size == 11);
    OK(__wasi_fd_close(file));
}

enum { MANY = 3000 };

static void many_buffers(void) {
    static __wasi_ciovec_t out[MANY];
    static __wasi_iovec_t in[MANY];
    static uint8_t bytes[MANY * 2];
    __wasi_fd_t file;
    __wasi_size_t count, total = 0;
    __wasi_filesize_t offset;
    for (int i = 0; i < MANY; i++) out[i] = (__wasi_ciovec_t){(const uint8_t *)"xy", 2};
    OK(open_file("many", CREATE, &file));
    // All at once or in parts: what is told to be written is there.
    for (int first = 0; first < MANY; first += count / 2) {
        OK(__wasi_fd_write(file, out + first, MANY - first, &count));
        HOLDS(count > 0 && count % 2 == 0);
        total += count;
    }
    IS(2 * MANY, total);
    IS(2 * MANY, status_of(file).size);
    OK(__wasi_fd_seek(file, 0, __WASI_WHENCE_SET, &offset));
    for (int i = 0; i < MANY; i++) in[i] = (__wasi_iovec_t){bytes + 2 * i, 2};
    OK(__wasi_fd_read(file, in, MANY, &count));
    HOLDS(count > 0 && bytes[0] == 'x' && bytes[count - 1] == 'y');
    OK(__wasi_fd_read(file, in, 0, &count));
    IS(0, count);
    OK(__wasi_fd_write(file, out, 0, &count));
    IS(0, count);
    // Buffers, lists and results outside of the memory.
    __wasi_iovec_t outside = {(uint8_t *)0xFFFFFFF0, 32};
    FAILS(FAULT, __wasi_fd_read(file, &outside, 1, &count));
    FAILS(FAULT, __wasi_fd_read(file, (__wasi_iovec_t *)0xFFFFFFFC, 1, &count));
    FAILS(FAULT, __wasi_fd_write(file, out, 1, (__wasi_size_t *)0xFFFFFFFD));
    OK(__wasi_fd_close(file));
}

int main(void) {
    sizes();
    times();
    positions();
    at_offsets();
    many_buffers();
    return 0;
}
