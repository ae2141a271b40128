import Testing
import WASITestSupport
import WasmRuntime

@testable import WASI

@Suite("C programs on wasi-libc")
struct LibcTests {
    @Test("arguments, environment, standard streams, exit code")
    func process() throws {
        let program = try CProgram.compile(
            """
            #include <stdio.h>
            #include <stdlib.h>
            int main(int argc, char **argv) {
                char line[100];
                for (int i = 0; i < argc; i++) printf("%s\\n", argv[i]);
                printf("%s %s\\n", getenv("COLOUR"), getenv("HOME") ? "home" : "none");
                while (fgets(line, sizeof line, stdin)) printf("> %s", line);
                return 42;
            }
            """)
        var grants = WASIGrants()
        grants.arguments = ["name", "first argument"]
        grants.environment = ["COLOUR=blue"]
        grants.standardInput = .bytes(Array("a\nb\n".utf8))
        let result = try CProgram.run(program, grants)
        #expect(result.code == 42)
        #expect(result.output == "name\nfirst argument\nblue none\n> a\n> b\n")
    }

    @Test("what a program does with files and directories")
    func files() throws {
        let folder = TemporaryFolder()
        var grants = WASIGrants()
        grants.clocks = .system()
        grants.directories = [try PreopenedDirectory(folder.path, as: "/")]
        let result = try CProgram.run(CProgram.compile(Self.fileProgram), grants)
        #expect(result.code == 0, "\(result.output)")
        #expect(result.output == "done\n")
        #expect(folder.text("kept") == "hello, file\n")
    }

    private static let fileProgram = """
        #include <dirent.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <poll.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/stat.h>
        #include <time.h>
        #include <unistd.h>
        #define CHECK(c) if (!(c)) { printf("line %d: %s (errno %d)\\n", __LINE__, #c, errno); exit(1); }
        int main(void) {
            char buffer[64];
            struct stat st;
            FILE *f = fopen("/kept", "w");
            CHECK(f);
            CHECK(fprintf(f, "hello, %s\\n", "file") == 12);
            CHECK(fclose(f) == 0);
            int fd = open("kept", O_RDONLY);
            CHECK(fd > 2);
            CHECK(pread(fd, buffer, 5, 7) == 5 && !memcmp(buffer, "file\\n", 5));
            CHECK(lseek(fd, -5, SEEK_END) == 7);
            CHECK(read(fd, buffer, 64) == 5);
            CHECK(write(fd, "x", 1) == -1 && errno == EBADF);
            CHECK(fstat(fd, &st) == 0 && st.st_size == 12 && S_ISREG(st.st_mode));
            CHECK(close(fd) == 0 && close(fd) == -1 && errno == EBADF);
            CHECK(mkdir("sub", 0777) == 0 && mkdir("sub", 0777) == -1 && errno == EEXIST);
            for (int i = 0; i < 50; i++) {
                snprintf(buffer, sizeof buffer, "sub/%d", i);
                CHECK((fd = open(buffer, O_CREAT | O_EXCL | O_RDWR, 0666)) > 0);
                CHECK(ftruncate(fd, i) == 0);
                close(fd);
            }
            DIR *d = opendir("/sub");
            CHECK(d);
            int count = 0;
            for (struct dirent *e; (e = readdir(d));) {
                if (e->d_name[0] == '.') continue;
                snprintf(buffer, sizeof buffer, "/sub/%s", e->d_name);
                CHECK(stat(buffer, &st) == 0 && st.st_size == atoi(e->d_name) && st.st_ino == e->d_ino);
                CHECK(e->d_type == DT_REG);
                CHECK(unlink(buffer) == 0);
                count++;
            }
            closedir(d);
            CHECK(count == 50);
            CHECK(symlink("../kept", "sub/link") == 0);
            CHECK(readlink("sub/link", buffer, 64) == 7 && !memcmp(buffer, "../kept", 7));
            CHECK(lstat("sub/link", &st) == 0 && S_ISLNK(st.st_mode));
            CHECK(stat("sub/link", &st) == 0 && st.st_size == 12);
            CHECK(link("kept", "sub/hard") == 0 && stat("kept", &st) == 0 && st.st_nlink == 2);
            CHECK(rename("sub/hard", "moved") == 0 && access("sub/hard", F_OK) == -1 && errno == ENOENT);
            CHECK(unlink("moved") == 0 && unlink("sub/link") == 0);
            CHECK(rmdir("sub") == 0 && rmdir("sub") == -1 && errno == ENOENT);
            CHECK(open("/../etc/passwd", O_RDONLY) == -1);
            CHECK(symlink("/etc/passwd", "evil") == -1);
            struct timespec times[2] = {{7, 8}, {9, 10}};
            CHECK(utimensat(AT_FDCWD, "kept", times, 0) == 0);
            CHECK(stat("kept", &st) == 0 && st.st_mtim.tv_sec == 9 && st.st_mtim.tv_nsec == 10);
            struct timespec pause = {0, 3000000}, before, after;
            CHECK(clock_gettime(CLOCK_MONOTONIC, &before) == 0);
            CHECK(nanosleep(&pause, NULL) == 0);
            CHECK(clock_gettime(CLOCK_MONOTONIC, &after) == 0);
            CHECK((after.tv_sec - before.tv_sec) * 1000000000L + after.tv_nsec - before.tv_nsec >= 3000000);
            struct pollfd entry = {1, POLLOUT, 0};
            CHECK(poll(&entry, 1, 0) == 1 && entry.revents == POLLOUT);
            puts("done");
            return 0;
        }
        """

    @Test("every function has the type that C's header declares")
    func types() throws {
        let names = FunctionTable.functions.keys.filter { $0 != "proc_raise" && $0 != "proc_exit" }.sorted()
        let program = try CProgram.compile(
            """
            #include <wasi/api.h>
            __attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_raise"))) int proc_raise(int);
            void *volatile functions[] = {
            \(names.map { "(void *)__wasi_\($0)," }.joined(separator: "\n")) (void *)proc_raise
            };
            int main(void) { return functions[0] == functions[1]; }
            """)
        let module = try Module(program)
        #expect(Set(module.imports.map(\.name)).isSuperset(of: names + ["proc_raise"]))
        #expect(try CProgram.run(program, WASIGrants()).code == 0)
    }

    @Test("a function that preview 1 does not have stays missing, by name")
    func unknownFunction() throws {
        let program = try CProgram.compileFreestanding(
            """
            __attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_teleport"))) int teleport(void);
            __attribute__((export_name("go"))) int go(void) { return teleport(); }
            """)
        let error = #expect(throws: InstantiationError.self) { try CProgram.run(program, WASIGrants()) }
        #expect("\(try #require(error))".contains("wasi_snapshot_preview1.fd_teleport"))
    }
}
