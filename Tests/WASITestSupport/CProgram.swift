import Glibc

/// C programs for WASI, compiled when a test needs them.
public enum CProgram {
    public struct BuildError: Error, CustomStringConvertible {
        public let description: String
    }

    private static let resources = "/usr/lib/llvm-14/lib/clang/14.0.6/lib/wasi/libclang_rt.builtins-wasm32.a"

    /// A program with wasi-libc.
    public static func compile(_ source: String, _ options: [String] = []) throws -> [UInt8] {
        for (path, package) in [
            ("/usr/include/wasm32-wasi/wasi/api.h", "wasi-libc"), (resources, "libclang-rt-14-dev-wasm32"),
        ] where access(path, R_OK) != 0 {
            throw BuildError(description: "\(path) is missing: apt-get install --no-install-recommends \(package)")
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
