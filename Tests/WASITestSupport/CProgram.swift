import Glibc

/// C programs for WASI, compiled when a test needs them.
public enum CProgram {
    public struct BuildError: Error, CustomStringConvertible {
        public let description: String
    }

    /// The compiler's own helpers for WebAssembly, of whichever clang the distribution has packaged them for.
    private static let resources: String? = {
        var matches = glob_t()
        defer { globfree(&matches) }
        let patterns = ["wasi/libclang_rt.builtins-wasm32.a", "wasm32-unknown-wasi/libclang_rt.builtins.a"]
        for pattern in patterns {
            guard glob("/usr/lib/llvm-*/lib/clang/*/lib/\(pattern)", 0, nil, &matches) == 0, matches.gl_pathc > 0,
                let path = matches.gl_pathv[0]
            else { continue }
            return String(cString: path)
        }
        return nil
    }()

    /// A program with wasi-libc.
    public static func compile(_ source: String, _ options: [String] = []) throws -> [UInt8] {
        let install = "is missing: apt-get install --no-install-recommends"
        let header = "/usr/include/wasm32-wasi/wasi/api.h"
        guard access(header, R_OK) == 0 else { throw BuildError(description: "\(header) \(install) wasi-libc") }
        guard let resources else {
            throw BuildError(description: "libclang_rt.builtins for wasm32 \(install) libclang-rt-14-dev-wasm32")
        }
        return try build(
            source,
            ["--target=wasm32-wasi", "--sysroot=/usr", "-nodefaultlibs"] + options, libraries: ["-lc", resources])
    }

    /// A module without a library: what `export_name` says is exported.
    public static func compileFreestanding(_ source: String, _ options: [String] = []) throws -> [UInt8] {
        try build(
            source, ["--target=wasm32-unknown-unknown", "-nostdlib", "-Wl,--no-entry"] + options, libraries: [])
    }

    private static func build(_ source: String, _ options: [String], libraries: [String]) throws -> [UInt8] {
        let folder = TemporaryFolder()
        folder.write(source, to: "program.c")
        let output = "\(folder.path)/program.wasm"
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        // The Swift toolchain's clang; a distribution's own may lack the linker.
        let command = ["clang", "-O1", "-Wall", "-Werror"] + options + ["\(folder.path)/program.c", "-o", output]
        let result = try ChildProcess.run(command + libraries, environment: ["PATH=\(path)"])
        guard result.status == 0, let bytes = folder.read("program.wasm") else {
            throw BuildError(description: "clang ended with \(result.status):\n\(result.errors)")
        }
        return bytes
    }
}
