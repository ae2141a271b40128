import LatticeContracts
import LatticeProtocol
import Synchronization
import Testing

@testable import LatticeHost

@Suite("Builtin contracts")
struct BuiltinContractsTests {
    private func builtins(_ numbers: [UInt64] = []) -> BuiltinContracts {
        let rest = Mutex(numbers)
        return BuiltinContracts(log: { _, _ in }, random: { rest.withLock { $0.removeFirst() } })
    }

    @Test(
        "log entries arrive with their level; unknown levels count as debug",
        arguments: [("warn", "warn"), ("WARN", "debug")])
    func logging(level: String, expected: String) throws {
        let lines = Mutex<[String]>([])
        let builtins = BuiltinContracts(
            log: { level, text in lines.withLock { $0.append("\(level.rawValue) \(text)") } })
        let entry = Logging.LogEntry(level: level, text: "hello")
        #expect(try builtins.perform(.logging, "Logging.WriteLog", entry.messagePack) == [])
        #expect(lines.withLock { $0 } == ["\(expected) hello"])
    }

    @Test("a number in a range includes both ends, and is drawn again where it would favour some")
    func ranges() throws {
        func draw(_ range: NumberGen.Range, _ numbers: UInt64...) throws -> UInt32 {
            try UInt32(messagePack: builtins(numbers).perform(.numbergen, "NumberGen.RandomInRange", range.messagePack))
        }
        #expect(try draw(.init(min: 5, max: 7), 0) == 5)
        #expect(try draw(.init(min: 5, max: 7), 2) == 7)
        #expect(try draw(.init(min: 5, max: 7), .max, 1) == 6)
        #expect(try draw(.init(min: 0, max: .max), 0xFFFF_FFFF) == .max)
        #expect(try draw(.init(min: 9, max: 9), 12_345) == 9)
        #expect(throws: BuiltinContracts.Failure.self) { try draw(.init(min: 2, max: 1), 0) }
    }

    @Test("a GUID is a UUID of version 4")
    func guid() throws {
        let bytes = try builtins([.max, 0]).perform(.numbergen, "NumberGen.GenerateGuid", [])
        #expect(try String(messagePack: bytes) == "ffffffff-ffff-4fff-8000-000000000000")
        let zeros = try builtins([0, .max]).perform(.numbergen, "NumberGen.GenerateGuid", [])
        #expect(try String(messagePack: zeros) == "00000000-0000-4000-bfff-ffffffffffff")
    }

    @Test("other operations and broken arguments are refused by name")
    func refusals() throws {
        let error = #expect(throws: BuiltinContracts.Failure.self) {
            try builtins().perform(.logging, "NumberGen.Random32", [])
        }
        #expect(error?.description == "wasmcloud:builtin:logging has no operation 'NumberGen.Random32'")
        #expect(throws: BuiltinContracts.Failure.self) { try builtins().perform(.logging, "Logging.WriteLog", [0x81]) }
        #expect(try builtins([7]).perform(.numbergen, "NumberGen.Random32", []) == [7])
    }
}
