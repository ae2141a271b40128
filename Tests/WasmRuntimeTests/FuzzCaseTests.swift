import FoundationEssentials
import Testing
import WasmRuntime

/// What fuzzing has found, replayed: `Fuzz/cases` holds modules on which two ways to run them differed (`.wasm`), and
/// bytes that crashed the engine (`.bytes`).
@Suite("cases of the fuzzers")
struct FuzzCaseTests {
    private static let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "../../Fuzz/cases").standardized

    private static func files(_ suffix: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path(percentEncoded: false))) ?? []
        return names.filter { $0.hasSuffix(suffix) }.sorted()
    }

    private static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: name)))
    }

    @Test("there are cases")
    func casesArePresent() {
        #expect(!Self.files(".wasm").isEmpty, "nothing in \(Self.folder.path())")
    }

    @Test("with and without fusions, whole and in slices, a module does the same", arguments: files(".wasm"))
    func agreement(_ name: String) throws {
        for seed: UInt64 in [0, 1, 4, 77, 1_000] {
            #expect(try Comparison.difference(of: Self.bytes(name), seed: seed) == nil)
        }
    }

    @Test("bytes that crashed the engine are refused or run", arguments: files(".bytes"))
    func survival(_ name: String) throws {
        Gauntlet.run(try Self.bytes(name))
    }
}
