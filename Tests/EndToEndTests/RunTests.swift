import Glibc
import Testing
import WASITestSupport

/// `lattice run` as a person or a script meets it.
@Suite("lattice run")
struct RunTests {
    private let folder = TemporaryFolder()

    /// Beside the test bundle, where the build puts both.
    /// - Parameter redirections: as a shell takes them.
    private static func lattice(
        _ arguments: [String], input: [UInt8]? = [], redirections: String? = nil
    ) throws -> ChildProcess.Result {
        let own = String(cString: try #require(realpath("/proc/self/exe", nil)))
        let path = own[...(own.lastIndex(of: "/") ?? own.startIndex)] + "lattice"
        try #require(access(String(path), X_OK) == 0, "no program at \(path): build the product 'lattice' first")
        let shell = redirections.map { ["/bin/sh", "-c", #"exec "$0" "$@" \#($0)"#] } ?? []
        return try ChildProcess.run(
            shell + [String(path), "run"] + arguments, environment: ["PATH=/usr/bin:/bin", "SECRET=1"], input: input)
    }

    /// - Returns: the path of a file with this module.
    private func file(_ name: String, _ bytes: [UInt8]) -> String {
        folder.write(bytes, to: "\(name).wasm")
        return "\(folder.path)/\(name).wasm"
    }

    private func program() throws -> String { file("program", try Self.program.get()) }
    private func functions() throws -> String { file("functions", try Self.functions.get()) }

    // MARK: Programs

    private static let program = Result {
        try CProgram.compile(
            """
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <unistd.h>
            extern char **environ;
            __attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_raise"))) int proc_raise(int);
            int main(int argc, char **argv) {
                const char *what = argc > 1 ? argv[1] : "";
                if (!strcmp(what, "arguments")) for (int i = 0; i < argc; i++) puts(argv[i]);
                if (!strcmp(what, "environment")) for (char **e = environ; *e; e++) puts(*e);
                if (!strcmp(what, "exit")) return atoi(argv[2]);
                if (!strcmp(what, "trap")) __builtin_trap();
                if (!strcmp(what, "spin")) for (volatile int i = 0;; i++) {}
                if (!strcmp(what, "sleep")) sleep(100);
                if (!strcmp(what, "raise")) proc_raise(6);
                if (!strcmp(what, "read")) { char b[9]; fputs("waiting\\n", stderr); return read(0, b, 9); }
                if (!strcmp(what, "cat")) for (int c; (c = getchar()) != EOF;) putchar(c);
                if (!strcmp(what, "eat")) {
                    for (;;) {
                        char *p = malloc(1 << 20);
                        if (!p) return strcmp(argv[2], "code") ? (__builtin_trap(), 0) : 9;
                        memset(p, 1, 1 << 20);
                        __asm__ volatile("" : : "r"(p) : "memory");
                    }
                }
                if (!strcmp(what, "file")) {
                    FILE *f = fopen(argv[2], argv[3]);
                    if (!f) { perror(argv[2]); return 1; }
                    if (argc > 4) fputs(argv[4], f); else for (int c; (c = getc(f)) != EOF;) putchar(c);
                    return fclose(f);
                }
                return 0;
            }
            """)
    }

    private static let functions = Result {
        try CProgram.compileFreestanding(
            """
            __attribute__((export_name("fib"))) int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
            __attribute__((export_name("add"))) double add(float a, long long b) { return a + b; }
            __attribute__((export_name("nothing"))) void nothing(void) {}
            __attribute__((export_name("divide"))) int divide(int a, int b) { return a / b; }
            __attribute__((export_name("deep"))) int deep(int n) { return n ? deep(n + 1) + 1 : 0; }
            """, ["-fno-optimize-sibling-calls"])
    }

    // MARK: What passes through

    @Test("the program's own code", arguments: [0, 1, 42, 124, 126, 134, 255])
    func ownCode(code: Int32) throws {
        let result = try Self.lattice([program(), "--", "exit", "\(code)"])
        #expect(result.status == code)
        #expect(result.output.isEmpty && result.errors.isEmpty)
    }

    @Test("arguments, environment, standard input and output")
    func passesThrough() throws {
        let program = try program()
        let arguments = try Self.lattice([program, "--fuel", "10000000", "--", "arguments", "-x", "--", "--fuel"])
        #expect(arguments.output == "program.wasm\narguments\n-x\n--\n--fuel\n")
        let environment = try Self.lattice([program, "--env", "A=1", "--env", "B=x=y", "--", "environment"])
        #expect(environment.output == "A=1\nB=x=y\n")
        let cat = try Self.lattice([program, "--", "cat"], input: Array("some\ntext".utf8))
        #expect(cat.output == "some\ntext" && cat.status == 0)
    }

    @Test("directories: mapped, under their own name, and nothing else")
    func directories() throws {
        let program = try program()
        let folder = TemporaryFolder()
        folder.makeDirectory("data")
        folder.write("outside", to: "secret")
        let root = ["--dir", "\(folder.path)/data::/"]
        #expect(try Self.lattice([program] + root + ["--", "file", "/new", "w", "written"]).status == 0)
        #expect(folder.text("data/new") == "written")
        #expect(try Self.lattice([program] + root + ["--", "file", "new", "r"]).output == "written")
        let own = "\(folder.path)/data"
        #expect(try Self.lattice([program, "--dir", own, "--", "file", "\(own)/new", "r"]).output == "written")
        for path in ["/../secret", "\(folder.path)/secret", "../secret"] {
            let result = try Self.lattice([program] + root + ["--", "file", path, "r"])
            #expect(result.status == 1 && result.output.isEmpty, "\(path)")
        }
        #expect(try Self.lattice([program, "--", "file", "\(own)/new", "r"]).status == 1)
    }

    @Test(
        "a closed standard stream fails, and is not whatever is opened next",
        arguments: [
            ("", [0, 1, 1]), ("<&-", [-1, 1, 1]), (">&-", [0, -1, 1]), ("2>&-", [0, 1, -1]),
            ("<&- >&- 2>&-", [-1, -1, -1]),
        ])
    func closedStreams(redirections: String, moved: [Int]) throws {
        let folder = TemporaryFolder()
        let names = ["a", "b", "c"]
        for name in names { folder.makeDirectory(name) }
        let result = try Self.lattice(
            [file("streams", Self.streams.get())] + names.flatMap { ["--dir", "\(folder.path)/\($0)::/\($0)"] },
            redirections: redirections)
        #expect(result.status == 0)
        #expect(folder.text("a/seen") == moved.map { "directory 0 moved \($0)\n" }.joined())
    }

    /// Tells what its standard streams are and do.
    private static let streams = Result {
        try CProgram.compile(
            """
            #include <stdio.h>
            #include <sys/stat.h>
            #include <unistd.h>
            int main(void) {
                FILE *f = fopen("/a/seen", "w");
                for (int i = 0; i < 3; i++) {
                    struct stat s = {0};
                    char byte = 'x';
                    int isDirectory = fstat(i, &s) == 0 && S_ISDIR(s.st_mode);
                    int moved = i ? write(i, &byte, 1) : read(i, &byte, 1);
                    fprintf(f, "directory %d moved %d\\n", isDirectory, moved);
                }
                return fclose(f);
            }
            """)
    }

    // MARK: Calling a function

    @Test(
        "results one per line",
        arguments: [
            (["fib", "20"], "6765\n"), (["fib", "29", "--timeout", "60s"], "514229\n"),
            (["add", "-1.5", "-0x10"], "-17.5\n"), (["add", "nan", "0"], "nan\n"),
            (["add", "-inf", "5"], "-inf\n"), (["nothing"], ""), (["divide", "-7", "2"], "-3\n"),
        ])
    func invoke(call: [String], output: String) throws {
        let result = try Self.lattice([functions(), "--invoke"] + call)
        #expect(result.status == 0 && result.output == output && result.errors.isEmpty, "\(result)")
    }

    // MARK: Ends that are not the program's own

    @Test(
        "exit codes tell the causes apart, and messages say them",
        arguments: [
            (["--", "trap"], 134, "trapped: unreachable"),
            (["--fuel", "100000", "--", "spin"], 124, "fuel limit: all 100000"),
            (["--timeout", "100ms", "--", "spin"], 124, "time limit"),
            (["--timeout", "100ms", "--", "sleep"], 124, "time limit"), (["--", "raise"], 134, "signal 6"),
            (["--memory-max", "4MiB", "--", "eat", "trap"], 124, "memory limit: it asked for more than the 4 MiB"),
            (["--memory-max", "4MiB", "--", "eat", "code"], 9, "could not grow beyond the 4 MiB"),
            (["--memory-max", "64KiB"], 124, "memory limit"), (["--dir", "/nowhere"], 2, "/nowhere"),
            (["--env", "A"], 2, "--env"), (["--fuel", "-1"], 2, "--fuel"), (["--timeout", "0"], 2, "--timeout"),
            (["--memory-max", "1"], 2, "--memory-max"), (["stray"], 2, "stray"), (["--feul", "1"], 2, "--feul"),
            (["--invoke", "nothing"], 2, "no function 'nothing'"),
        ] as [([String], Int32, String)])
    func programEnds(arguments: [String], status: Int32, message: String) throws {
        let result = try Self.lattice([program()] + arguments)
        #expect(result.status == status, "\(result)")
        #expect(result.errors.contains(message), "\(result.errors)")
        #expect(result.output.isEmpty)
    }

    @Test(
        "so do function calls",
        arguments: [
            (["--invoke", "divide", "1", "0"], 134, "trapped: integer division by zero\n    in divide"),
            (["--invoke", "deep", "1"], 134, "call stack exhausted"),
            (["--invoke", "fib", "30", "--fuel", "1000"], 124, "fuel limit: all 1000 instructions"),
            (["--invoke", "fib"], 2, "(i32) -> (i32)"), (["--invoke", "fib", "1", "2"], 2, "2 arguments"),
            (["--invoke", "fib", "1.5"], 2, "'1.5' is no i32"), (["--invoke", "add", "1", "x"], 2, "'x' is no i64"),
            ([], 126, "no '_start'"),
        ] as [([String], Int32, String)])
    func functionEnds(arguments: [String], status: Int32, message: String) throws {
        let result = try Self.lattice([functions()] + arguments)
        #expect(result.status == status, "\(result)")
        #expect(result.errors.contains(message), "\(result.errors)")
        #expect(result.output.isEmpty)
    }

    @Test("the time limit also ends a program that waits for input")
    func timeLimitWhileReading() throws {
        let result = try Self.lattice([program(), "--timeout", "200ms", "--", "read"], input: nil)
        #expect(result.status == 124)
        #expect(result.errors.hasPrefix("waiting\n") && result.errors.contains("time limit"))
    }

    @Test("an endless start function is limited, too")
    func startFunction() throws {
        // (module (func loop br 0 end) (start 0) (func (export "f")))
        let bytes: [UInt8] = [
            0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 3, 2, 0, 0, 7, 5, 1, 1, 0x66, 0, 1, 8, 1, 0,
            10, 12, 2, 7, 0, 0x03, 0x40, 0x0C, 0, 0x0B, 0x0B, 2, 0, 0x0B,
        ]
        let path = file("start", bytes)
        let fuel = try Self.lattice([path, "--invoke", "f", "--fuel", "1000"])
        #expect(fuel.status == 124 && fuel.errors.contains("fuel limit"))
        let time = try Self.lattice([path, "--invoke", "f", "--timeout", "50ms"])
        #expect(time.status == 124 && time.errors.contains("time limit"))
    }

    @Test("what cannot be loaded")
    func notLoadable() throws {
        let folder = TemporaryFolder()
        folder.write("no module", to: "text.wasm")
        folder.write([0, 0x61, 0x73, 0x6D, 1, 0, 0], to: "short.wasm")
        folder.write([0, 0x61, 0x73, 0x6D, 13, 0, 1, 0], to: "component.wasm")
        let missing = try CProgram.compileFreestanding(
            """
            __attribute__((import_module("env"), import_name("absent"))) void absent(void);
            __attribute__((export_name("_start"))) void start(void) { absent(); }
            """)
        folder.write(missing, to: "import.wasm")
        for (name, message) in [
            ("nothing.wasm", "No such file"), ("text.wasm", "not a WebAssembly module"), ("short.wasm", "offset"),
            ("component.wasm", "component"), ("import.wasm", "env.absent"), (".", "directory"),
        ] {
            let result = try Self.lattice(["\(folder.path)/\(name)"])
            #expect(result.status == 126, "\(name): \(result)")
            #expect(result.errors.contains(message), "\(name): \(result.errors)")
        }
        #expect(try Self.lattice([]).status == 2)
    }
}
