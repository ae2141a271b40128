import Testing
import WasmTestSupport

@testable import WasmRuntime

/// Bytes that nobody should have written. Each either becomes a guest that runs within its bounds, or a `SnapshotError`.
@Suite("Hostile snapshots")
struct HostileSnapshotTests {
    /// Snapshots of the guest where it stops for the first time with several frames, and in a host call if it makes one.
    private func snapshots(_ guest: SnapshotGuest) throws -> [[UInt8]] {
        let (instance, call) = try guest.start()
        var found: [[UInt8]] = []
        var stops = 0
        while true {
            switch call.run(slice: 0) {
            case .outOfFuel:
                stops += 1
                if stops == 4 { found.append(try instance.snapshot(of: [call])) }
            case .suspended(let pending):
                if found.count < 3 {
                    found.append(try instance.snapshot(of: [call]))
                    call.resume(returning: SnapshotHost.answer(pending))
                    found.append(try instance.snapshot(of: [call]))
                } else {
                    call.resume(returning: SnapshotHost.answer(pending))
                }
            default:
                try #require(!found.isEmpty)
                return found
            }
        }
    }

    /// Restores and runs on for a while.
    /// - Returns: nil if it is refused.
    private func attempt(_ guest: SnapshotGuest, _ bytes: [UInt8]) throws -> Execution? {
        let (module, imports, store) = try guest.link(limits: Self.limits)
        do {
            let instance = try Instance(restoring: bytes, of: module, imports: imports, store: store)
            for call in instance.restoredCalls {
                if let pending = call.pendingCall { call.resume(returning: pending.type.results.map(Value.zero)) }
                _ = call.run(slice: 10_000)
            }
            return instance.restoredCalls.first
        } catch is SnapshotError {
            return nil
        }
    }

    private static let limits = {
        var limits = InstanceLimits()
        limits.tableElementsMax = 1000
        limits.stackBytesMax = 1 << 20
        return limits
    }()

    @Test("every truncation is refused", arguments: [SnapshotGuest.asking, .references])
    func truncations(guest: SnapshotGuest) throws {
        for snapshot in try snapshots(guest) {
            for count in 0..<snapshot.count where count < 600 || count % 37 == 0 || count > snapshot.count - 600 {
                #expect(try attempt(guest, Array(snapshot[..<count])) == nil)
                if count > 52 { #expect(try attempt(guest, HostileBytes.sealed(Array(snapshot[..<count]))) == nil) }
            }
            #expect(try attempt(guest, snapshot + [0]) == nil)
            #expect(try attempt(guest, HostileBytes.sealed(snapshot + [0])) == nil)
        }
    }

    @Test("no flipped byte goes unnoticed, and with a new digest none does harm", arguments: SnapshotGuest.all)
    func flips(guest: SnapshotGuest) throws {
        var random = SplitMix(seed: 1)
        for snapshot in try snapshots(guest) {
            var restored = 0
            for index in snapshot.indices where snapshot.count < 6000 || index % 11 == 0 || index < 1000 {
                var flipped = snapshot
                flipped[index] ^= UInt8.random(in: 1...255, using: &random)
                if index % 5 == 0 { #expect(try attempt(guest, flipped) == nil) }
                if try attempt(guest, HostileBytes.sealed(flipped)) != nil { restored += 1 }
            }
            #expect(restored > 0, "values may be anything")
        }
    }

    @Test("random mutations never do more than a guest may", arguments: SnapshotGuest.all)
    func mutations(guest: SnapshotGuest) throws {
        var random = SplitMix(seed: 2)
        let snapshots = try snapshots(guest)
        var refused = 0
        for _ in 0..<Self.mutationCount {
            var bytes = snapshots.randomElement(using: &random)!
            for _ in 0...Int.random(in: 0...3, using: &random) { HostileBytes.mutate(&bytes, &random) }
            if try attempt(guest, HostileBytes.sealed(bytes)) == nil { refused += 1 }
        }
        #expect(refused > Self.mutationCount / 10)
    }

    /// For all guests together 10,000.
    private static let mutationCount = 10_000 / SnapshotGuest.all.count
}
