// What the probes share. A probe is a program that calls the functions of preview 1 themselves, in a directory of its
// own that is preopened as "/" (descriptor 3), and ends with 0 if every answer was the right one.
#ifndef PROBE_H
#define PROBE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>

enum { ROOT = 3, NONE = 9999 };
#define ALL_RIGHTS ((__wasi_rights_t)0x3FFFFFFF)
#define FILE_RIGHTS \
    (__WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_TELL | \
     __WASI_RIGHTS_FD_FILESTAT_GET | __WASI_RIGHTS_FD_FILESTAT_SET_SIZE | __WASI_RIGHTS_FD_FILESTAT_SET_TIMES | \
     __WASI_RIGHTS_FD_ADVISE | __WASI_RIGHTS_FD_ALLOCATE | __WASI_RIGHTS_FD_DATASYNC | __WASI_RIGHTS_FD_SYNC | \
     __WASI_RIGHTS_FD_FDSTAT_SET_FLAGS | __WASI_RIGHTS_POLL_FD_READWRITE)
#define FOLLOW __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW
#define CREATE __WASI_OFLAGS_CREAT
#define DIRECTORY __WASI_OFLAGS_DIRECTORY
#define EXCLUSIVE __WASI_OFLAGS_EXCL
#define TRUNCATE __WASI_OFLAGS_TRUNC

static void fail(int line, const char *what, long is, long wanted) {
    fprintf(stderr, "line %d: %s: %ld, not %ld\n", line, what, is, wanted);
    exit(1);
}

#define IS(wanted, expression) \
    do { \
        long is_ = (long)(expression); \
        if (is_ != (long)(wanted)) fail(__LINE__, #expression, is_, (long)(wanted)); \
    } while (0)
#define HOLDS(expression) do { if (!(expression)) fail(__LINE__, #expression, 0, 1); } while (0)
#define OK(call) IS(0, call)
#define FAILS(errno_name, call) IS(__WASI_ERRNO_##errno_name, call)
/// For what the standard leaves open.
#define FAILS_EITHER(first, second, call) \
    do { \
        long is_ = (long)(call); \
        if (is_ != __WASI_ERRNO_##first && is_ != __WASI_ERRNO_##second) \
            fail(__LINE__, #call, is_, __WASI_ERRNO_##first); \
    } while (0)

static inline __wasi_errno_t open_with(
    __wasi_fd_t directory, __wasi_lookupflags_t lookup, const char *path, __wasi_oflags_t flags, __wasi_rights_t rights,
    __wasi_fdflags_t descriptor_flags, __wasi_fd_t *file) {
    return __wasi_path_open(directory, lookup, path, flags, rights, ALL_RIGHTS, descriptor_flags, file);
}

static inline __wasi_errno_t open_file(const char *path, __wasi_oflags_t flags, __wasi_fd_t *file) {
    return open_with(ROOT, FOLLOW, path, flags, FILE_RIGHTS, 0, file);
}

static inline __wasi_errno_t open_directory(const char *path, __wasi_fd_t *file) {
    return open_with(ROOT, 0, path, DIRECTORY, ALL_RIGHTS & ~(__WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE), 0, file);
}

static inline void make_file(const char *path, const char *contents) {
    __wasi_fd_t file;
    __wasi_size_t count;
    __wasi_ciovec_t buffer = {(const uint8_t *)contents, strlen(contents)};
    OK(open_file(path, CREATE | TRUNCATE, &file));
    OK(__wasi_fd_write(file, &buffer, 1, &count));
    IS(strlen(contents), count);
    OK(__wasi_fd_close(file));
}

static inline __wasi_errno_t write_text(__wasi_fd_t file, const char *text, __wasi_size_t *count) {
    __wasi_ciovec_t buffer = {(const uint8_t *)text, strlen(text)};
    return __wasi_fd_write(file, &buffer, 1, count);
}

/// Reads at most 99 bytes and ends them with a zero.
static inline __wasi_errno_t read_text(__wasi_fd_t file, char text[100]) {
    __wasi_size_t count = 0;
    __wasi_iovec_t buffer = {(uint8_t *)text, 99};
    __wasi_errno_t result = __wasi_fd_read(file, &buffer, 1, &count);
    text[count] = 0;
    return result;
}

static inline __wasi_filetype_t type_of(const char *path, __wasi_lookupflags_t lookup) {
    __wasi_filestat_t status;
    return __wasi_path_filestat_get(ROOT, lookup, path, &status) ? 99 : status.filetype;
}

#endif
