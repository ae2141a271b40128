// System calls that Swift cannot make itself: variadic ones, and those without a wrapper in the C library.
#ifndef LATTICE_LINUX_CALLS_H
#define LATTICE_LINUX_CALLS_H

// Without _GNU_SOURCE, as Swift reads these headers itself: it changes the names of members (fd_set), and a build that meets
// both forms of a type fails now and then.
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// The kernel's struct open_how, version 0.
struct lattice_open_how {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
};

// Opens `path` below the directory `root`, wherever symbolic links and `..` in it lead: never outside, and never through
// the links of /proc that are no paths. Returns -1 and sets errno: EXDEV where the path leads out, EAGAIN where something
// was renamed meanwhile, ENOSYS before Linux 5.6.
static inline int lattice_open_beneath(int root, const char *path, uint64_t flags, uint64_t mode) {
    const uint64_t no_magic_links = 0x02, beneath = 0x08;
    struct lattice_open_how how = {flags, mode, no_magic_links | beneath};
    const long openat2 = 437; // The same on every architecture.
    return (int)syscall(openat2, root, path, &how, sizeof how);
}

// Bytes of directory entries (struct linux_dirent64) that were read, 0 at the end, or -1.
static inline long lattice_read_directory(int directory, void *buffer, size_t count) {
    return syscall(SYS_getdents64, directory, buffer, count);
}

// Bytes that can be read without waiting; 0 where that is not known.
static inline int lattice_readable_bytes(int file) {
    int count = 0;
    return ioctl(file, FIONREAD, &count) == 0 && count > 0 ? count : 0;
}

// Gives a range its pages at once, before it is written: one call instead of a fault for each 4 KiB (4 us in a virtual
// machine). Kernels before Linux 5.14 refuse; the range then gets them as it is written.
static inline void lattice_populate(void *start, size_t count) {
    const size_t page = 4096;
    const int populate_write = 23;
    uintptr_t first = (uintptr_t)start / page * page, end = ((uintptr_t)start + count + page - 1) / page * page;
    if (end - first > page) syscall(SYS_madvise, first, end - first, populate_write);
}

// Reserves room in a file, which grows where the range ends behind it.
static inline int lattice_allocate(int file, off_t offset, off_t count) {
    return (int)syscall(SYS_fallocate, file, 0, offset, count);
}

// Waits until one of the entries (struct pollfd) is ready. `nanoseconds` is negative for no end.
static inline int lattice_poll(void *entries, size_t count, int64_t nanoseconds) {
    struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    return (int)syscall(SYS_ppoll, entries, count, nanoseconds < 0 ? NULL : &time, NULL, 0);
}

// A descriptor that becomes readable when the process ends. Returns -1 and sets errno: ENOSYS before Linux 5.3.
static inline int lattice_open_process(int process) {
    const long pidfd_open = 434; // The same on every architecture.
    return (int)syscall(pidfd_open, process, 0);
}

static inline long lattice_random(void *buffer, size_t count) { return syscall(SYS_getrandom, buffer, count, 0); }

// Accepts a connection whose descriptor no child process inherits.
static inline int lattice_accept(int socket) { return (int)syscall(SYS_accept4, socket, NULL, NULL, O_CLOEXEC); }

// A pipe whose ends no child process inherits.
static inline int lattice_pipe(int ends[2]) { return (int)syscall(SYS_pipe2, ends, O_CLOEXEC); }

// Closes everything from this descriptor on in the child. (glibc 2.34; its header shows it to those only who ask early.)
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
static const short lattice_spawn_new_session = 0x80;

static const int lattice_at_empty_path = 0x1000;
static const int lattice_o_path = 010000000; // The same on x86 and ARM.
static const long lattice_utime_now = (1l << 30) - 1l;
static const long lattice_utime_omit = (1l << 30) - 2l;

#endif
