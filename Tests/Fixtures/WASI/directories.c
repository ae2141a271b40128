// fd_readdir, path_create_directory, path_remove_directory
#include "probe.h"

typedef struct {
    __wasi_dirent_t header;
    char name[256];
} Entry;

enum { COUNT = 300 };
static Entry entries[COUNT + 10];

/// Reads all entries through a buffer of `size` bytes, from `cookie` on.
static int list(__wasi_fd_t directory, __wasi_size_t size, __wasi_dircookie_t cookie) {
    static uint8_t buffer[70000];
    int count = 0;
    while (1) {
        __wasi_size_t used = 0, at = 0;
        OK(__wasi_fd_readdir(directory, buffer, size, cookie, &used));
        HOLDS(used <= size);
        while (at + sizeof(__wasi_dirent_t) <= used) {
            Entry *entry = &entries[count];
            memcpy(&entry->header, buffer + at, sizeof(__wasi_dirent_t));
            at += sizeof(__wasi_dirent_t);
            if (at + entry->header.d_namlen > used) break;
            memcpy(entry->name, buffer + at, entry->header.d_namlen);
            entry->name[entry->header.d_namlen] = 0;
            at += entry->header.d_namlen;
            cookie = entry->header.d_next;
            HOLDS(++count < COUNT + 10);
        }
        if (used < size) return count;
    }
}

static Entry *find(const char *name, int count) {
    Entry *found = NULL;
    for (int i = 0; i < count; i++) {
        if (strcmp(entries[i].name, name)) continue;
        HOLDS(!found);
        found = &entries[i];
    }
    HOLDS(found);
    return found;
}

static void listing(void) {
    __wasi_fd_t directory, file;
    __wasi_filestat_t status;
    OK(__wasi_path_create_directory(ROOT, "list"));
    OK(open_directory("list", &directory));
    IS(2, list(directory, 256, 0));
    OK(__wasi_fd_filestat_get(directory, &status));
    HOLDS(find(".", 2)->header.d_ino == status.ino);
    IS(__WASI_FILETYPE_DIRECTORY, find(".", 2)->header.d_type);
    IS(__WASI_FILETYPE_DIRECTORY, find("..", 2)->header.d_type);

    OK(open_with(directory, 0, "file", CREATE, FILE_RIGHTS, 0, &file));
    OK(__wasi_fd_filestat_get(file, &status));
    OK(__wasi_fd_close(file));
    OK(__wasi_path_create_directory(directory, "folder"));
    OK(__wasi_path_symlink("nowhere", directory, "link"));
    IS(5, list(directory, 4096, 0));
    HOLDS(find("file", 5)->header.d_ino == status.ino);
    IS(__WASI_FILETYPE_REGULAR_FILE, find("file", 5)->header.d_type);
    IS(__WASI_FILETYPE_DIRECTORY, find("folder", 5)->header.d_type);
    IS(__WASI_FILETYPE_SYMBOLIC_LINK, find("link", 5)->header.d_type);
    // From the middle on, again and again.
    Entry third = entries[2], fourth = entries[3];
    for (int i = 0; i < 2; i++) {
        IS(2, list(directory, 4096, third.header.d_next));
        IS(0, strcmp(entries[0].name, fourth.name));
        IS(1, list(directory, 4096, fourth.header.d_next));
    }
    IS(0, list(directory, 4096, entries[0].header.d_next));
    OK(__wasi_path_unlink_file(directory, "link"));
    OK(__wasi_path_remove_directory(directory, "folder"));
    OK(__wasi_path_unlink_file(directory, "file"));

    char name[20];
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof name, "file.%d", i);
        OK(open_with(directory, 0, name, CREATE, FILE_RIGHTS, 0, &file));
        OK(__wasi_fd_close(file));
    }
    // The smallest holds one entry.
    static const __wasi_size_t sizes[] = {40, 256, 5000, 70000};
    for (int i = 0; i < 4; i++) {
        IS(COUNT + 2, list(directory, sizes[i], 0));
        for (int j = 0; j < COUNT; j += 37) {
            snprintf(name, sizeof name, "file.%d", j);
            find(name, COUNT + 2);
        }
    }
    // Into no room at all goes nothing, and of a part of an entry its beginning.
    uint8_t small[10];
    __wasi_size_t used = 7;
    OK(__wasi_fd_readdir(directory, small, 0, 0, &used));
    IS(0, used);
    OK(__wasi_fd_readdir(directory, small, 10, 0, &used));
    IS(10, used);
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof name, "file.%d", i);
        OK(__wasi_path_unlink_file(directory, name));
    }
    OK(__wasi_fd_close(directory));
    OK(__wasi_path_remove_directory(ROOT, "list"));

    make_file("plain", "");
    OK(open_file("plain", 0, &file));
    FAILS_EITHER(NOTDIR, BADF, __wasi_fd_readdir(file, small, 10, 0, &used));
    OK(__wasi_fd_close(file));
}

static void making(void) {
    OK(__wasi_path_create_directory(ROOT, "made"));
    FAILS(EXIST, __wasi_path_create_directory(ROOT, "made"));
    FAILS(EXIST, __wasi_path_create_directory(ROOT, "made/"));
    FAILS(NOENT, __wasi_path_create_directory(ROOT, "missing/made"));
    FAILS(NOENT, __wasi_path_create_directory(ROOT, ""));
    FAILS(EXIST, __wasi_path_create_directory(ROOT, "."));
    OK(__wasi_path_create_directory(ROOT, "made/below/"));
    FAILS(NOTEMPTY, __wasi_path_remove_directory(ROOT, "made"));
    OK(__wasi_path_remove_directory(ROOT, "made/below///"));
    make_file("made/file", "");
    FAILS(NOTDIR, __wasi_path_create_directory(ROOT, "made/file/below"));
    FAILS(NOTDIR, __wasi_path_remove_directory(ROOT, "made/file"));
    FAILS(NOTDIR, __wasi_path_remove_directory(ROOT, "made/file/"));
    FAILS(NOENT, __wasi_path_remove_directory(ROOT, "made/other"));
    OK(__wasi_path_unlink_file(ROOT, "made/file"));
    // A link to a directory is none.
    OK(__wasi_path_symlink("made", ROOT, "tomade"));
    FAILS(NOTDIR, __wasi_path_remove_directory(ROOT, "tomade"));
    FAILS(EXIST, __wasi_path_create_directory(ROOT, "tomade"));
    OK(__wasi_path_create_directory(ROOT, "tomade/below"));
    OK(__wasi_path_remove_directory(ROOT, "made/below"));
    OK(__wasi_path_unlink_file(ROOT, "tomade"));
    OK(__wasi_path_remove_directory(ROOT, "made/"));

    // Out of the directory there is no way.
    FAILS_EITHER(PERM, NOTCAPABLE, __wasi_path_create_directory(ROOT, "../out"));
    FAILS_EITHER(PERM, NOTCAPABLE, __wasi_path_create_directory(ROOT, "/out"));
    FAILS_EITHER(PERM, NOTCAPABLE, __wasi_path_remove_directory(ROOT, "../out"));
}

/// What makes no sense on a directory.
static void not_a_file(void) {
    uint8_t bytes[8];
    __wasi_iovec_t in = {bytes, 8};
    __wasi_ciovec_t out = {bytes, 8};
    __wasi_size_t count;
    __wasi_filesize_t offset;
    __wasi_filestat_t status;
    __wasi_fdstat_t rights;
    __wasi_fd_t directory;
    OK(open_with(ROOT, 0, ".", DIRECTORY, __WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_FILESTAT_GET, 0, &directory));
    OK(__wasi_fd_fdstat_get(directory, &rights));
    IS(__WASI_FILETYPE_DIRECTORY, rights.fs_filetype);
    IS(0, rights.fs_rights_base & __WASI_RIGHTS_FD_SEEK);
    OK(__wasi_fd_filestat_get(directory, &status));
    IS(__WASI_FILETYPE_DIRECTORY, status.filetype);
    FAILS_EITHER(BADF, ISDIR, __wasi_fd_read(directory, &in, 1, &count));
    FAILS_EITHER(BADF, ISDIR, __wasi_fd_pread(directory, &in, 1, 0, &count));
    FAILS_EITHER(BADF, ISDIR, __wasi_fd_write(directory, &out, 1, &count));
    FAILS_EITHER(BADF, ISDIR, __wasi_fd_pwrite(directory, &out, 1, 0, &count));
    FAILS_EITHER(BADF, ISDIR, __wasi_fd_seek(directory, 0, __WASI_WHENCE_CUR, &offset));
    FAILS_EITHER(BADF, ISDIR, __wasi_fd_tell(directory, &offset));
    FAILS_EITHER(BADF, ISDIR, __wasi_fd_allocate(directory, 0, 1));
    FAILS_EITHER(BADF, ISDIR, __wasi_fd_filestat_set_size(directory, 0));
    OK(__wasi_fd_close(directory));
}

int main(void) {
    listing();
    making();
    not_a_file();
    return 0;
}
