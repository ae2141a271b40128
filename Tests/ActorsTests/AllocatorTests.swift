import Testing
import WasmRuntime

@Suite("allocator of the C SDK")
struct AllocatorTests {
    private func argument(seed: UInt32, steps: UInt32, largest: UInt32) -> [UInt8] {
        [seed, steps, largest].flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
    }

    @Test("never gives the same byte twice", arguments: 1...12)
    func random(_ seed: UInt32) throws {
        let host = try ClassicHost(BuiltActors.fixture("allocator"))
        for largest in [200, 5_000, 200_000] as [UInt32] {
            let outcome = host.call("run", argument(seed: seed &* 7919, steps: 3_000, largest: largest))
            #expect(outcome == .result([1]))
        }
    }

    @Test("uses again what was given back")
    func reuse() throws {
        let host = try ClassicHost(BuiltActors.fixture("allocator"))
        let run = argument(seed: 1, steps: 2_000, largest: 50_000)
        #expect(host.call("run", run) == .result([1]))
        let before = host.memoryBytes
        for _ in 0..<50 { #expect(host.call("run", run) == .result([1])) }
        #expect(host.memoryBytes == before)
        // 64 places with a mean of about 3 kB each, and now and then several of 50 kB.
        #expect(before < 2 << 20)
    }

    @Test(
        "traps where there is no more memory",
        arguments: [0x7000_0000, 0x7FFF_FF01, 0xFFFF_FFF0, 0xFFFF_FFFF] as [UInt32])
    func exhaustion(_ count: UInt32) throws {
        var limits = InstanceLimits()
        limits.memoryPagesMax = 32
        let host = try ClassicHost(BuiltActors.fixture("allocator"), limits: limits)
        guard case .broken(let what) = host.call("", argument(seed: 0, steps: 0, largest: count)) else {
            Issue.record("\(count) bytes were given")
            return
        }
        #expect(what.contains("unreachable"))
        #expect(host.call("", argument(seed: 0, steps: 0, largest: 1_000_000)) == .result([1]))
    }
}
