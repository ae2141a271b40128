// fd_close, fd_fdstat_get, fd_fdstat_set_flags, fd_fdstat_set_rights, fd_filestat_get, fd_prestat_get,
// fd_prestat_dir_name, fd_renumber, and what all of them say of a descriptor that is not open
#include "probe.h"

static void nothing_open(void) {
    __wasi_fdstat_t status;
    __wasi_filestat_t file;
    __wasi_prestat_t preopen;
    __wasi_size_t count;
    __wasi_filesize_t offset;
    __wasi_fd_t other;
    uint8_t bytes[8];
    uint16_t flags;
    __wasi_iovec_t in = {bytes, 8};
    __wasi_ciovec_t out = {bytes, 8};
    FAILS(BADF, __wasi_fd_advise(NONE, 0, 0, __WASI_ADVICE_NORMAL));
    FAILS(BADF, __wasi_fd_allocate(NONE, 0, 1));
    FAILS(BADF, __wasi_fd_close(NONE));
    FAILS(BADF, __wasi_fd_datasync(NONE));
    FAILS(BADF, __wasi_fd_fdstat_get(NONE, &status));
    FAILS(BADF, __wasi_fd_fdstat_set_flags(NONE, 0));
    FAILS(BADF, __wasi_fd_fdstat_set_rights(NONE, 0, 0));
    FAILS(BADF, __wasi_fd_filestat_get(NONE, &file));
    FAILS(BADF, __wasi_fd_filestat_set_size(NONE, 0));
    FAILS(BADF, __wasi_fd_filestat_set_times(NONE, 0, 0, 0));
    FAILS(BADF, __wasi_fd_pread(NONE, &in, 1, 0, &count));
    FAILS(BADF, __wasi_fd_prestat_get(NONE, &preopen));
    FAILS(BADF, __wasi_fd_prestat_dir_name(NONE, bytes, 8));
    FAILS(BADF, __wasi_fd_pwrite(NONE, &out, 1, 0, &count));
    FAILS(BADF, __wasi_fd_read(NONE, &in, 1, &count));
    FAILS(BADF, __wasi_fd_readdir(NONE, bytes, 8, 0, &count));
    FAILS(BADF, __wasi_fd_renumber(NONE, ROOT));
    FAILS(BADF, __wasi_fd_seek(NONE, 0, __WASI_WHENCE_SET, &offset));
    FAILS(BADF, __wasi_fd_sync(NONE));
    FAILS(BADF, __wasi_fd_tell(NONE, &offset));
    FAILS(BADF, __wasi_fd_write(NONE, &out, 1, &count));
    FAILS(BADF, __wasi_path_create_directory(NONE, "d"));
    FAILS(BADF, __wasi_path_filestat_get(NONE, 0, "d", &file));
    FAILS(BADF, __wasi_path_filestat_set_times(NONE, 0, "d", 0, 0, 0));
    FAILS(BADF, __wasi_path_link(NONE, 0, "d", ROOT, "e"));
    FAILS(BADF, open_with(NONE, 0, "d", 0, 0, 0, &other));
    FAILS(BADF, __wasi_path_readlink(NONE, "d", bytes, 8, &count));
    FAILS(BADF, __wasi_path_remove_directory(NONE, "d"));
    FAILS(BADF, __wasi_path_rename(NONE, "d", ROOT, "e"));
    FAILS(BADF, __wasi_path_symlink("d", NONE, "e"));
    FAILS(BADF, __wasi_path_unlink_file(NONE, "d"));
    FAILS(BADF, __wasi_sock_recv(NONE, &in, 1, 0, &count, &flags));
    FAILS(BADF, __wasi_sock_send(NONE, &out, 1, 0, &count));
    FAILS(BADF, __wasi_sock_shutdown(NONE, __WASI_SDFLAGS_RD));
}

static void preopens(void) {
    __wasi_prestat_t preopen;
    uint8_t name[3] = "##";
    OK(__wasi_fd_prestat_get(ROOT, &preopen));
    IS(__WASI_PREOPENTYPE_DIR, preopen.tag);
    IS(1, preopen.u.dir.pr_name_len);
    FAILS_EITHER(NAMETOOLONG, INVAL, __wasi_fd_prestat_dir_name(ROOT, name, 0));
    OK(__wasi_fd_prestat_dir_name(ROOT, name, 2));
    IS('/', name[0]);
    IS('#', name[1]);
    FAILS(BADF, __wasi_fd_prestat_get(ROOT + 1, &preopen));
    __wasi_fd_t directory;
    OK(open_directory(".", &directory));
    FAILS(BADF, __wasi_fd_prestat_get(directory, &preopen));
    OK(__wasi_fd_close(directory));
}

static void renumbering(void) {
    __wasi_fd_t first, second;
    __wasi_filestat_t status, moved;
    OK(open_file("first", CREATE, &first));
    OK(open_file("second", CREATE, &second));
    HOLDS(first > 3 && second > first);
    OK(__wasi_fd_filestat_get(first, &status));
    OK(__wasi_fd_renumber(first, second));
    OK(__wasi_fd_filestat_get(second, &moved));
    HOLDS(status.ino == moved.ino && status.dev == moved.dev);
    FAILS(BADF, __wasi_fd_close(first));
    FAILS(BADF, __wasi_fd_renumber(second, first));
    FAILS(BADF, __wasi_fd_renumber(first, second));
    OK(__wasi_fd_renumber(second, second));
    OK(__wasi_fd_filestat_get(second, &moved));
    // The lowest number that is free comes next.
    __wasi_fd_t third;
    OK(open_file("first", 0, &third));
    IS(first, third);
    OK(__wasi_fd_close(third));
    OK(__wasi_fd_close(second));
    FAILS(BADF, __wasi_fd_close(second));
}

static void rights(void) {
    __wasi_fd_t file;
    __wasi_fdstat_t status;
    __wasi_size_t count;
    char text[100];
    make_file("rights", "text");
    OK(open_file("rights", 0, &file));
    OK(__wasi_fd_fdstat_get(file, &status));
    IS(__WASI_FILETYPE_REGULAR_FILE, status.fs_filetype);
    HOLDS(status.fs_rights_base & __WASI_RIGHTS_FD_READ);
    OK(__wasi_fd_fdstat_set_rights(
        file, status.fs_rights_base & ~(__WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE), 0));
    FAILS_EITHER(NOTCAPABLE, BADF, read_text(file, text));
    FAILS_EITHER(NOTCAPABLE, BADF, write_text(file, "x", &count));
    FAILS(NOTCAPABLE, __wasi_fd_fdstat_set_rights(file, status.fs_rights_base, 0));
    __wasi_filesize_t offset;
    OK(__wasi_fd_seek(file, 1, __WASI_WHENCE_SET, &offset));
    OK(__wasi_fd_fdstat_set_rights(file, 0, 0));
    FAILS_EITHER(NOTCAPABLE, BADF, __wasi_fd_seek(file, 1, __WASI_WHENCE_SET, &offset));
    OK(__wasi_fd_close(file));

    // Opened to read only, or to write only.
    OK(open_with(ROOT, 0, "rights", 0, __WASI_RIGHTS_FD_READ, 0, &file));
    OK(read_text(file, text));
    IS(0, strcmp(text, "text"));
    FAILS_EITHER(NOTCAPABLE, BADF, write_text(file, "x", &count));
    OK(__wasi_fd_close(file));
    OK(open_with(ROOT, 0, "rights", 0, __WASI_RIGHTS_FD_WRITE, 0, &file));
    FAILS_EITHER(NOTCAPABLE, BADF, read_text(file, text));
    OK(write_text(file, "x", &count));
    OK(__wasi_fd_close(file));

    // What a directory passes on.
    __wasi_fd_t directory;
    OK(__wasi_path_open(
        ROOT, 0, ".", DIRECTORY, __WASI_RIGHTS_PATH_OPEN, __WASI_RIGHTS_FD_READ, 0, &directory));
    OK(open_with(directory, 0, "rights", 0, __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE, 0, &file));
    OK(__wasi_fd_fdstat_get(file, &status));
    IS(__WASI_RIGHTS_FD_READ, status.fs_rights_base & (__WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE));
    OK(__wasi_fd_close(file));
    FAILS_EITHER(NOTCAPABLE, PERM, open_with(directory, 0, "new", CREATE, 0, 0, &file));
    FAILS_EITHER(NOTCAPABLE, PERM, open_with(directory, 0, "rights", TRUNCATE, 0, 0, &file));
    FAILS_EITHER(NOTCAPABLE, PERM, __wasi_path_unlink_file(directory, "rights"));
    OK(__wasi_fd_close(directory));
}

static void flags(void) {
    __wasi_fd_t file;
    __wasi_fdstat_t status;
    __wasi_size_t count;
    __wasi_filesize_t offset;
    OK(open_with(ROOT, 0, "flags", CREATE, FILE_RIGHTS, __WASI_FDFLAGS_APPEND | __WASI_FDFLAGS_NONBLOCK, &file));
    OK(__wasi_fd_fdstat_get(file, &status));
    IS(__WASI_FDFLAGS_APPEND, status.fs_flags & __WASI_FDFLAGS_APPEND);
    OK(write_text(file, "one", &count));
    OK(__wasi_fd_seek(file, 0, __WASI_WHENCE_SET, &offset));
    OK(write_text(file, "two", &count));
    OK(__wasi_fd_tell(file, &offset));
    IS(6, offset);
    OK(__wasi_fd_fdstat_set_flags(file, 0));
    OK(__wasi_fd_fdstat_get(file, &status));
    IS(0, status.fs_flags);
    OK(__wasi_fd_seek(file, 0, __WASI_WHENCE_SET, &offset));
    OK(write_text(file, "ONE", &count));
    OK(__wasi_fd_fdstat_set_flags(file, __WASI_FDFLAGS_APPEND));
    OK(__wasi_fd_seek(file, 0, __WASI_WHENCE_SET, &offset));
    OK(write_text(file, "!", &count));
    OK(__wasi_fd_seek(file, 0, __WASI_WHENCE_SET, &offset));
    char text[100];
    OK(read_text(file, text));
    IS(0, strcmp(text, "ONEtwo!"));
    FAILS(INVAL, __wasi_fd_fdstat_set_flags(file, 32));
    OK(__wasi_fd_close(file));
}

static void standard_streams(void) {
    __wasi_fdstat_t status;
    __wasi_filestat_t file;
    __wasi_filesize_t offset;
    for (__wasi_fd_t stream = 0; stream < 3; stream++) {
        OK(__wasi_fd_fdstat_get(stream, &status));
        HOLDS(status.fs_filetype != __WASI_FILETYPE_DIRECTORY);
        OK(__wasi_fd_filestat_get(stream, &file));
        FAILS(NOTSOCK, __wasi_sock_shutdown(stream, __WASI_SDFLAGS_RD));
    }
    OK(__wasi_fd_fdstat_get(1, &status));
    HOLDS(status.fs_rights_base & __WASI_RIGHTS_FD_WRITE);
    if (status.fs_filetype != __WASI_FILETYPE_REGULAR_FILE)
        HOLDS(__wasi_fd_seek(1, 0, __WASI_WHENCE_END, &offset) != 0);
    // Another file in the place of a stream.
    __wasi_fd_t other;
    OK(open_file("stream", CREATE, &other));
    OK(__wasi_fd_renumber(other, 0));
    FAILS(BADF, __wasi_fd_fdstat_get(other, &status));
    OK(__wasi_fd_fdstat_get(0, &status));
    IS(__WASI_FILETYPE_REGULAR_FILE, status.fs_filetype);
    OK(__wasi_fd_close(0));
    FAILS(BADF, __wasi_fd_fdstat_get(0, &status));
}

/// A preopened directory is a descriptor like any other.
static void replaced_preopen(void) {
    __wasi_fd_t directory;
    __wasi_filestat_t before, after;
    OK(__wasi_path_create_directory(ROOT, "below"));
    OK(open_directory("below", &directory));
    OK(__wasi_fd_filestat_get(directory, &before));
    OK(__wasi_fd_renumber(directory, ROOT));
    OK(__wasi_fd_filestat_get(ROOT, &after));
    HOLDS(before.ino == after.ino);
    FAILS(BADF, __wasi_fd_filestat_get(directory, &after));
    OK(__wasi_fd_close(ROOT));
    FAILS(BADF, __wasi_fd_filestat_get(ROOT, &after));
}

int main(void) {
    nothing_open();
    preopens();
    renumbering();
    rights();
    flags();
    standard_streams();
    replaced_preopen();
    return 0;
}
