import FoundationEssentials
import Glibc
import WasmRuntime

/// The repository's actors, built once by `actors/build.sh` for all tests of a process.
enum BuiltActors {
    struct BuildError: Error, CustomStringConvertible {
        let description: String
    }

    static let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

    private static let bundled = Result { try build([], into: ".build-actors") }
    /// Actors that only tests use, in `Tests/Fixtures/Actors`.
    private static let fixtures = Result { try build(["probe", "allocator"], into: ".build-actors/fixtures") }

    static func module(_ name: String) throws -> Module { try module(name, in: bundled.get()) }
    static func fixture(_ name: String) throws -> Module { try module(name, in: fixtures.get()) }

    private static func module(_ name: String, in folder: URL) throws -> Module {
        try Module(Data(contentsOf: folder.appending(path: "\(name).wasm")))
    }

    private static func build(_ fixtures: [String], into folder: String) throws -> URL {
        let output = repository.appending(path: folder)
        let script = repository.appending(path: "actors/build.sh").path()
        let folders = fixtures.map { repository.appending(path: "Tests/Fixtures/Actors/\($0)").path() }
        try run(["/bin/sh", script, "--output", output.path()] + folders)
        return output
    }

    /// Runs a program to its end; what it prints goes where this process prints.
    /// - Throws: if it can't be started or does not end with 0.
    static func run(_ arguments: [String]) throws {
        var cArguments = arguments.map { strdup($0) } + [nil]
        defer { for argument in cArguments { free(argument) } }
        var process: pid_t = 0
        let spawned = posix_spawn(&process, arguments[0], nil, nil, &cArguments, environ)
        guard spawned == 0 else {
            throw BuildError(description: "\(arguments[0]): \(String(cString: strerror(spawned)))")
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { throw BuildError(description: "\(arguments): lost sight of it") }
        }
        guard status == 0 else { throw BuildError(description: "\(arguments) failed with status \(status)") }
    }
}
