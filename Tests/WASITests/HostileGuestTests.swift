import Testing
import WASITestSupport

@testable import WASI

@Suite("A guest that passes nonsense")
struct HostileGuestTests {
    private static let odd: [UInt64] = [
        0, 1, 2, 3, 4, 5, 7, 8, 63, 64, 255, 1_000, 4_096, 8_192, 65_535, 65_536, 65_537, 0x7FFF_FFFF, 0x8000_0000,
        0xFFFF_FFF8, 0xFFFF_FFFF, 1 << 32, 1 << 62, 1 << 63, .max,
    ]

    @Test("every function answers, whatever its arguments", arguments: FunctionTable.functions.keys.sorted())
    func nonsense(name: String) throws {
        let sandbox = Sandbox()
        var grants = WASIGrants()
        grants.arguments = ["a", "b"]
        grants.environment = ["A=B"]
        grants.standardInput = .bytes(Array(0...255))
        grants.standardOutput = .sink(CollectingSink(bytesMax: 1 << 20))
        grants.clocks = .system()
        grants.randomness = .system
        grants.directories = [try PreopenedDirectory("\(sandbox.folder.path)/inside", as: "/")]
        var generator = SplitMix(state: UInt64(name.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) }))
        let probe = try GuestProbe(grants)
        // Nothing may wait.
        probe.system.deadline = .now
        let text = Array("../dir//nested/file\0.".utf8)
        let count = FunctionTable.functions[name]!.type.parameters.count
        for _ in 0..<400 {
            probe.memory.write(text, at: UInt32(generator.below(65_000)))
            probe.memory.store(UInt64.random(in: 0...UInt64.max, using: &generator), at: UInt32(generator.below(9_000)))
            let arguments = (0..<count).map { _ in Self.odd[Int(generator.below(UInt64(Self.odd.count)))] }
            do { _ = try probe.call(name, arguments) } catch is WASIEnd {}
        }
        #expect(sandbox.folder.text("outside/secret") == "SECRET")
    }
}

/// Numbers that are the same in every run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ bound: UInt64) -> UInt64 { next() % bound }
}
