import Glibc
import Testing
import WASITestSupport
import WasmRuntime

@testable import WASI

/// The C programs of `Tests/Fixtures/WASI`, which call the functions of preview 1 one by one.
@Suite("C programs on the functions themselves")
struct ProbeTests {
    private static let folder: String = {
        let file = #filePath
        let tests = file[..<(file.firstRange(of: "/WASITests/")?.lowerBound ?? file.endIndex)]
        return "\(tests)/Fixtures/WASI"
    }()

    private static func compile(_ name: String) throws -> [UInt8] {
        let source = try #require(TemporaryFolder.read(path: "\(folder)/\(name).c"))
        return try CProgram.compile(String(decoding: source, as: UTF8.self), ["-I\(folder)"])
    }

    private static func grants(_ arguments: [String]) -> WASIGrants {
        var grants = WASIGrants()
        grants.arguments = ["probe"] + arguments
        grants.environment = ["A=b", "EMPTY="]
        grants.standardInput = .bytes([])
        grants.clocks = .system()
        grants.randomness = .system
        return grants
    }

    @Test(
        "every answer is the right one, whoever resolves the paths",
        arguments: ["arguments", "clocks", "descriptors", "directories", "files", "paths", "polling"],
        DirectoryResolver.Method.allCases)
    func probe(name: String, method: DirectoryResolver.Method) throws {
        let folder = TemporaryFolder()
        var grants = Self.grants(name == "arguments" ? ["", "two words", "\u{E9}"] : [])
        grants.directories = [try PreopenedDirectory(folder.path, as: "/")]
        let result = try CProgram.run(Self.compile(name), grants, resolving: method)
        #expect(result.code == 0, "\(name).c: \(result.output)")
    }

    @Test("how a program ends")
    func endings() throws {
        let program = try Self.compile("ending")
        let codes: [(String, UInt32)] = [
            ("", 0), ("return", 7), ("exit0", 0), ("exit42", 42), ("exit255", 255), ("exit-1", .max), ("raise16", 5),
        ]
        for (word, code) in codes {
            #expect(try CProgram.run(program, Self.grants([word])).code == code, "\(word)")
        }
        for signal: UInt32 in [1, 2, 6, 9, 15] {
            #expect(throws: WASIEnd.raised(signal: signal)) {
                try CProgram.run(program, Self.grants(["raise\(signal)"]))
            }
        }
        let trap = try #require(throws: Trap.self) { try CProgram.run(program, Self.grants(["trap"])) }
        #expect(trap.reason == .unreachable)
        #expect(trap.frames.first?.name == "main" || trap.frames.contains { $0.name == "_start" })
    }
}
