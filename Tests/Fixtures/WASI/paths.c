// path_open, path_filestat_get, path_filestat_set_times, path_link, path_readlink, path_rename, path_symlink,
// path_unlink_file
#include "probe.h"

/// With a length, so that a path may hold a zero byte.
__attribute__((import_module("wasi_snapshot_preview1"), import_name("path_open"))) extern int open_bytes(
    int directory, int lookup, const void *path, size_t size, int flags, uint64_t rights, uint64_t inheriting,
    int descriptor_flags, __wasi_fd_t *file);

#define CLOSED(call) do { OK(call); OK(__wasi_fd_close(file)); } while (0)

static void opening(void) {
    __wasi_fd_t file;
    FAILS(NOENT, open_file("new", 0, &file));
    CLOSED(open_file("new", CREATE, &file));
    CLOSED(open_file("new", CREATE, &file));
    FAILS(EXIST, open_file("new", CREATE | EXCLUSIVE, &file));
    FAILS(NOTDIR, open_file("new", DIRECTORY, &file));
    FAILS_EITHER(NOTDIR, NOENT, open_file("new/", 0, &file));
    FAILS(NOTDIR, open_file("new/below", 0, &file));
    FAILS(NOTDIR, open_file("new/below", CREATE, &file));
    make_file("new", "contents");
    CLOSED(open_with(ROOT, 0, "new", TRUNCATE, 0, 0, &file));
    __wasi_filestat_t status;
    OK(__wasi_path_filestat_get(ROOT, 0, "new", &status));
    IS(0, status.size);
    FAILS(INVAL, open_file("dir", CREATE | DIRECTORY, &file));
    OK(__wasi_path_create_directory(ROOT, "dir"));
    CLOSED(open_with(ROOT, 0, "dir", 0, 0, 0, &file));
    CLOSED(open_with(ROOT, 0, "dir", DIRECTORY, __WASI_RIGHTS_FD_READ, 0, &file));
    CLOSED(open_with(ROOT, 0, ".", 0, 0, __WASI_FDFLAGS_NONBLOCK, &file));
    FAILS(ISDIR, open_with(ROOT, 0, "dir", DIRECTORY, __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE, 0, &file));
    FAILS(ISDIR, open_with(ROOT, 0, "dir", CREATE, __WASI_RIGHTS_FD_WRITE, 0, &file));
    FAILS_EITHER(ISDIR, NOENT, open_file("other/", CREATE, &file));
    FAILS(INVAL, open_bytes(ROOT, 2, "new", 3, 0, 0, 0, 0, &file));
    FAILS(INVAL, open_bytes(ROOT, 0, "new", 3, 16, 0, 0, 0, &file));
    FAILS(INVAL, open_bytes(ROOT, 0, "new", 3, 0, 0, 0, 32, &file));
    OK(open_file("new", 0, &file));
    __wasi_fd_t below;
    FAILS_EITHER(NOTDIR, BADF, open_with(file, 0, "x", 0, 0, 0, &below));
    OK(__wasi_fd_close(file));
    // A file that is gone can still be read, and its name is free.
    make_file("gone", "still there");
    OK(open_file("gone", 0, &file));
    OK(__wasi_path_unlink_file(ROOT, "gone"));
    FAILS(NOENT, open_file("gone", 0, &below));
    char text[100];
    OK(read_text(file, text));
    IS(0, strcmp(text, "still there"));
    CLOSED(open_file("gone", CREATE | EXCLUSIVE, &below) ? 1 : __wasi_fd_close(below));
    OK(__wasi_path_remove_directory(ROOT, "dir"));
}

static void interesting(void) {
    __wasi_fd_t file;
    OK(__wasi_path_create_directory(ROOT, "a"));
    OK(__wasi_path_create_directory(ROOT, "a/b"));
    make_file("a/b/c", "x");
    CLOSED(open_file("a/b/c", 0, &file));
    CLOSED(open_file("a/.//b/../../a/b/..//b///./c", 0, &file));
    CLOSED(open_file("./a/b/c", 0, &file));
    CLOSED(open_directory("a/b/", &file));
    CLOSED(open_directory("a/b///", &file));
    CLOSED(open_directory("a/..", &file));
    CLOSED(open_directory("a/b/../..", &file));
    FAILS_EITHER(PERM, NOTCAPABLE, open_directory("..", &file));
    FAILS_EITHER(PERM, NOTCAPABLE, open_directory("../", &file));
    FAILS_EITHER(PERM, NOTCAPABLE, open_directory("a/../..", &file));
    FAILS_EITHER(PERM, NOTCAPABLE, open_file("a/b/../../../a/b/c", 0, &file));
    FAILS_EITHER(PERM, NOTCAPABLE, open_file("/a/b/c", 0, &file));
    FAILS_EITHER(PERM, NOTCAPABLE, open_directory("/", &file));
    FAILS_EITHER(PERM, NOTCAPABLE, open_directory("//", &file));
    FAILS_EITHER(NOTDIR, NOENT, open_file("a/b/c/", 0, &file));
    FAILS_EITHER(NOTDIR, NOENT, open_file("a/b/c/.", 0, &file));
    FAILS_EITHER(NOTDIR, NOENT, open_file("a/b/c/..", 0, &file));
    FAILS(NOENT, open_file("", 0, &file));
    FAILS(NOENT, open_file("missing/../a/b/c", 0, &file));
    FAILS_EITHER(INVAL, ILSEQ, open_bytes(ROOT, 0, "a/b/c\0", 6, 0, 0, 0, 0, &file));
    FAILS_EITHER(INVAL, ILSEQ, open_bytes(ROOT, 0, "\0", 1, 0, 0, 0, 0, &file));
    FAILS(ILSEQ, open_bytes(ROOT, 0, "a/\xff", 3, 0, 0, 0, 0, &file));
    FAILS(FAULT, open_bytes(ROOT, 0, (void *)0xFFFFFF00, 1000, 0, 0, 0, 0, &file));
    static char path[6000];
    memset(path, 'n', 256);
    FAILS(NAMETOOLONG, open_file(path, 0, &file));
    for (int i = 0; i < 5000; i += 2) memcpy(path + i, "./", 2);
    FAILS(NAMETOOLONG, open_file(path, 0, &file));
    CLOSED(open_file("\xc3\xa9t\xc3\xa9 \xe6\x97\xa5\n*", CREATE, &file));
    OK(__wasi_path_unlink_file(ROOT, "\xc3\xa9t\xc3\xa9 \xe6\x97\xa5\n*"));
    OK(__wasi_path_unlink_file(ROOT, "a/b/../b/c"));
    OK(__wasi_path_remove_directory(ROOT, "a/b"));
    OK(__wasi_path_remove_directory(ROOT, "a"));
}

static void links(void) {
    __wasi_fd_t file;
    __wasi_size_t count = 77;
    uint8_t target[20];
    make_file("file", "x");
    OK(__wasi_path_symlink("file", ROOT, "link"));
    memset(target, '#', sizeof target);
    OK(__wasi_path_readlink(ROOT, "link", target, sizeof target, &count));
    IS(4, count);
    IS(0, memcmp(target, "file#", 5));
    OK(__wasi_path_readlink(ROOT, "link", target + 10, 2, &count));
    IS(2, count);
    IS(0, memcmp(target + 10, "fi#", 3));
    OK(__wasi_path_readlink(ROOT, "link", target, 0, &count));
    IS(0, count);
    FAILS(INVAL, __wasi_path_readlink(ROOT, "file", target, 20, &count));
    FAILS(NOENT, __wasi_path_readlink(ROOT, "missing", target, 20, &count));
    CLOSED(open_with(ROOT, FOLLOW, "link", 0, 0, 0, &file));
    FAILS(LOOP, open_with(ROOT, 0, "link", 0, 0, 0, &file));
    FAILS_EITHER(LOOP, NOTDIR, open_with(ROOT, 0, "link", DIRECTORY, 0, 0, &file));
    FAILS(NOTDIR, open_with(ROOT, FOLLOW, "link", DIRECTORY, 0, 0, &file));
    IS(__WASI_FILETYPE_SYMBOLIC_LINK, type_of("link", 0));
    IS(__WASI_FILETYPE_REGULAR_FILE, type_of("link", FOLLOW));
    FAILS(EXIST, __wasi_path_symlink("file", ROOT, "link"));
    FAILS(EXIST, __wasi_path_symlink("other", ROOT, "file"));
    FAILS_EITHER(NOTDIR, EXIST, __wasi_path_symlink("other", ROOT, "file/"));
    FAILS(NOENT, __wasi_path_symlink("other", ROOT, "missing/"));
    OK(__wasi_path_unlink_file(ROOT, "link"));

    // Links to nothing, to themselves, to directories, and out.
    __wasi_filestat_t status;
    OK(__wasi_path_symlink("missing", ROOT, "dangling"));
    FAILS(NOENT, open_with(ROOT, FOLLOW, "dangling", 0, 0, 0, &file));
    FAILS(LOOP, open_with(ROOT, 0, "dangling", 0, 0, 0, &file));
    FAILS_EITHER(LOOP, NOTDIR, open_with(ROOT, 0, "dangling", DIRECTORY, 0, 0, &file));
    FAILS(NOENT, __wasi_path_filestat_get(ROOT, FOLLOW, "dangling", &status));
    OK(__wasi_path_filestat_get(ROOT, 0, "dangling", &status));
    OK(__wasi_path_unlink_file(ROOT, "dangling"));
    OK(__wasi_path_symlink("loop", ROOT, "loop"));
    FAILS(LOOP, open_with(ROOT, FOLLOW, "loop", 0, 0, 0, &file));
    FAILS(LOOP, open_with(ROOT, 0, "loop", 0, 0, 0, &file));
    FAILS(LOOP, open_with(ROOT, 0, "loop/x", 0, 0, 0, &file));
    OK(__wasi_path_unlink_file(ROOT, "loop"));
    OK(__wasi_path_create_directory(ROOT, "dir"));
    OK(__wasi_path_symlink("dir", ROOT, "todir"));
    FAILS(EXIST, __wasi_path_symlink("file", ROOT, "dir/"));
    CLOSED(open_with(ROOT, FOLLOW, "todir", DIRECTORY, 0, 0, &file));
    FAILS_EITHER(LOOP, NOTDIR, open_with(ROOT, 0, "todir", DIRECTORY, 0, 0, &file));
    make_file("todir/inner", "");
    IS(__WASI_FILETYPE_REGULAR_FILE, type_of("dir/inner", 0));
    OK(__wasi_path_symlink("../../out", ROOT, "dir/out"));
    FAILS_EITHER(PERM, NOTCAPABLE, open_with(ROOT, FOLLOW, "dir/out", CREATE, FILE_RIGHTS, 0, &file));
    FAILS_EITHER(PERM, NOTCAPABLE, __wasi_path_filestat_get(ROOT, FOLLOW, "todir/out/x", &status));
    OK(__wasi_path_symlink("../file", ROOT, "dir/back"));
    CLOSED(open_with(ROOT, FOLLOW, "todir/back", 0, FILE_RIGHTS, 0, &file));
    FAILS(NOENT, __wasi_path_symlink("", ROOT, "empty"));
    FAILS_EITHER(PERM, NOTCAPABLE, __wasi_path_symlink("/etc/passwd", ROOT, "absolute"));
    OK(__wasi_path_unlink_file(ROOT, "dir/back"));
    OK(__wasi_path_unlink_file(ROOT, "dir/out"));
    OK(__wasi_path_unlink_file(ROOT, "dir/inner"));
    OK(__wasi_path_unlink_file(ROOT, "todir"));
    OK(__wasi_path_remove_directory(ROOT, "dir"));
}

static void times(void) {
    __wasi_filestat_t file, link, after;
    make_file("timed", "");
    OK(__wasi_path_symlink("timed", ROOT, "link"));
    OK(__wasi_path_filestat_get(ROOT, 0, "timed", &file));
    OK(__wasi_path_filestat_get(ROOT, 0, "link", &link));
    OK(__wasi_path_filestat_set_times(ROOT, 0, "link", 0, link.mtim - 200, __WASI_FSTFLAGS_MTIM));
    OK(__wasi_path_filestat_get(ROOT, 0, "link", &after));
    IS(link.mtim - 200, after.mtim);
    OK(__wasi_path_filestat_get(ROOT, FOLLOW, "link", &after));
    IS(file.mtim, after.mtim);
    OK(__wasi_path_filestat_set_times(ROOT, FOLLOW, "link", 0, 1234567890, __WASI_FSTFLAGS_MTIM));
    OK(__wasi_path_filestat_get(ROOT, 0, "timed", &after));
    IS(1234567890, after.mtim);
    IS(file.atim, after.atim);
    OK(__wasi_path_filestat_set_times(ROOT, 0, "timed", 99, 98, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_MTIM_NOW));
    OK(__wasi_path_filestat_get(ROOT, 0, "timed", &after));
    IS(99, after.atim);
    HOLDS(after.mtim >= file.mtim);
    FAILS(INVAL, __wasi_path_filestat_set_times(
                     ROOT, 0, "timed", 0, 0, __WASI_FSTFLAGS_MTIM | __WASI_FSTFLAGS_MTIM_NOW));
    FAILS(INVAL, __wasi_path_filestat_set_times(
                     ROOT, 0, "timed", 0, 0, __WASI_FSTFLAGS_ATIM | __WASI_FSTFLAGS_ATIM_NOW));
    FAILS(NOENT, __wasi_path_filestat_set_times(ROOT, 0, "missing", 0, 0, __WASI_FSTFLAGS_MTIM));
    FAILS(NOENT, __wasi_path_filestat_get(ROOT, 0, "missing", &after));
    FAILS(NOTDIR, __wasi_path_filestat_get(ROOT, 0, "timed/", &after));
    OK(__wasi_path_unlink_file(ROOT, "link"));
    OK(__wasi_path_unlink_file(ROOT, "timed"));
}

static void hard_links(void) {
    __wasi_filestat_t first, second;
    make_file("one", "x");
    OK(__wasi_path_link(ROOT, 0, "one", ROOT, "two"));
    OK(__wasi_path_filestat_get(ROOT, 0, "one", &first));
    OK(__wasi_path_filestat_get(ROOT, 0, "two", &second));
    IS(2, second.nlink);
    HOLDS(first.ino == second.ino && first.dev == second.dev && first.size == second.size);
    FAILS(EXIST, __wasi_path_link(ROOT, 0, "one", ROOT, "two"));
    FAILS(EXIST, __wasi_path_link(ROOT, 0, "one", ROOT, "one"));
    FAILS(NOENT, __wasi_path_link(ROOT, 0, "missing", ROOT, "three"));
    FAILS(NOENT, __wasi_path_link(ROOT, 0, "one", ROOT, "three/"));
    FAILS_EITHER(NOTDIR, NOENT, __wasi_path_link(ROOT, 0, "one/", ROOT, "three"));
    FAILS_EITHER(PERM, NOTCAPABLE, __wasi_path_link(ROOT, 0, "one", ROOT, "../three"));
    OK(__wasi_path_create_directory(ROOT, "dir"));
    FAILS_EITHER(PERM, ACCES, __wasi_path_link(ROOT, 0, "dir", ROOT, "three"));
    FAILS(EXIST, __wasi_path_link(ROOT, 0, "one", ROOT, "dir"));
    __wasi_fd_t directory;
    OK(open_directory("dir", &directory));
    OK(__wasi_path_link(ROOT, 0, "one", directory, "three"));
    OK(__wasi_path_unlink_file(directory, "three"));
    OK(__wasi_fd_close(directory));
    // A link itself is linked to; nobody follows it.
    OK(__wasi_path_symlink("missing", ROOT, "link"));
    OK(__wasi_path_link(ROOT, 0, "link", ROOT, "twin"));
    IS(__WASI_FILETYPE_SYMBOLIC_LINK, type_of("twin", 0));
    FAILS(EXIST, __wasi_path_link(ROOT, 0, "one", ROOT, "link"));
    FAILS_EITHER(INVAL, NOENT, __wasi_path_link(ROOT, FOLLOW, "link", ROOT, "three"));
    OK(__wasi_path_unlink_file(ROOT, "twin"));
    OK(__wasi_path_unlink_file(ROOT, "link"));
    OK(__wasi_path_unlink_file(ROOT, "one"));
    OK(__wasi_path_unlink_file(ROOT, "two"));
    OK(__wasi_path_remove_directory(ROOT, "dir"));
}

static void renaming(void) {
    __wasi_filestat_t before, after;
    OK(__wasi_path_create_directory(ROOT, "from"));
    OK(__wasi_path_rename(ROOT, "from", ROOT, "to"));
    IS(99, type_of("from", 0));
    IS(__WASI_FILETYPE_DIRECTORY, type_of("to", 0));
    // A directory onto an empty one, onto one that is not, onto a file, into itself.
    OK(__wasi_path_create_directory(ROOT, "from"));
    OK(__wasi_path_rename(ROOT, "from", ROOT, "to"));
    OK(__wasi_path_create_directory(ROOT, "from"));
    make_file("to/file", "");
    FAILS_EITHER(NOTEMPTY, EXIST, __wasi_path_rename(ROOT, "from", ROOT, "to"));
    FAILS(NOTDIR, __wasi_path_rename(ROOT, "from", ROOT, "to/file"));
    FAILS(INVAL, __wasi_path_rename(ROOT, "from", ROOT, "from/below"));
    FAILS(ISDIR, __wasi_path_rename(ROOT, "to/file", ROOT, "from"));
    FAILS(NOENT, __wasi_path_rename(ROOT, "missing", ROOT, "from"));
    OK(__wasi_path_unlink_file(ROOT, "to/file"));
    OK(__wasi_path_remove_directory(ROOT, "to"));
    OK(__wasi_path_rename(ROOT, "from/", ROOT, "to"));
    OK(__wasi_path_rename(ROOT, "to", ROOT, "from/"));
    OK(__wasi_path_rename(ROOT, "from/", ROOT, "to///"));
    // A file, onto another.
    make_file("one", "x");
    make_file("two", "yy");
    OK(__wasi_path_filestat_get(ROOT, 0, "one", &before));
    OK(__wasi_path_rename(ROOT, "one", ROOT, "two"));
    OK(__wasi_path_filestat_get(ROOT, 0, "two", &after));
    HOLDS(before.ino == after.ino);
    IS(1, after.size);
    OK(__wasi_path_rename(ROOT, "two", ROOT, "two"));
    FAILS(NOTDIR, __wasi_path_rename(ROOT, "two/", ROOT, "three"));
    FAILS_EITHER(NOTDIR, NOENT, __wasi_path_rename(ROOT, "two", ROOT, "three/"));
    FAILS_EITHER(PERM, NOTCAPABLE, __wasi_path_rename(ROOT, "two", ROOT, "../two"));
    FAILS_EITHER(PERM, NOTCAPABLE, __wasi_path_rename(ROOT, "../two", ROOT, "one"));
    // A link is moved, not what it leads to.
    OK(__wasi_path_symlink("two", ROOT, "link"));
    OK(__wasi_path_rename(ROOT, "link", ROOT, "to/link"));
    IS(__WASI_FILETYPE_SYMBOLIC_LINK, type_of("to/link", 0));
    IS(__WASI_FILETYPE_REGULAR_FILE, type_of("two", 0));
    OK(__wasi_path_unlink_file(ROOT, "to/link"));
    OK(__wasi_path_unlink_file(ROOT, "two"));
    OK(__wasi_path_remove_directory(ROOT, "to"));
}

static void unlinking(void) {
    make_file("file", "");
    OK(__wasi_path_create_directory(ROOT, "dir"));
    FAILS_EITHER(ISDIR, PERM, __wasi_path_unlink_file(ROOT, "dir"));
    FAILS_EITHER(ISDIR, PERM, __wasi_path_unlink_file(ROOT, "dir/"));
    FAILS(NOTDIR, __wasi_path_unlink_file(ROOT, "file/"));
    FAILS(NOENT, __wasi_path_unlink_file(ROOT, "missing"));
    FAILS_EITHER(PERM, NOTCAPABLE, __wasi_path_unlink_file(ROOT, "../file"));
    OK(__wasi_path_unlink_file(ROOT, "file"));
    OK(__wasi_path_remove_directory(ROOT, "dir"));
}

int main(void) {
    opening();
    interesting();
    unlinking();
    links();
    times();
    OK(__wasi_path_unlink_file(ROOT, "file"));
    hard_links();
    renaming();
    return 0;
}
