import Testing
import WasmTestSupport

@testable import WasmRuntime

@Suite("Snapshots")
struct SnapshotTests {
    /// Where a guest can stop is a matter of its source, so stepping by one unit of fuel visits every stop point.
    @Test("a guest goes on in another store from each of its stop points", arguments: SnapshotGuest.all)
    func everyStopPoint(guest: SnapshotGuest) throws {
        let (instance, call) = try guest.start()
        let expected = try SnapshotGuest.finish(call)
        let expectedState = try instance.snapshot()
        var stops = 0
        let (stepped, steppedCall) = try guest.start()
        func check() throws {
            stops += 1
            let snapshot = try stepped.snapshot(of: [steppedCall])
            for translation in SnapshotGuest.translations {
                let (restored, restoredCall) = try guest.restore(snapshot, translation: translation)
                #expect(restoredCall.fuelUsed == steppedCall.fuelUsed)
                #expect(try restored.snapshot(of: [restoredCall]) == snapshot, "written again it is the same")
                #expect(try SnapshotGuest.finish(restoredCall) == expected)
                #expect(restoredCall.fuelUsed == call.fuelUsed)
                #expect(try restored.snapshot() == expectedState)
            }
        }
        try check()
        stepping: while true {
            switch steppedCall.run(slice: 0) {
            case .outOfFuel: try check()
            case .suspended(let pending):
                try check()
                steppedCall.resume(returning: SnapshotHost.answer(pending))
                try check()
            case .finished(let values):
                #expect(values == expected)
                break stepping
            case .trapped(let trap): throw trap
            case .failed(let error): throw error
            }
        }
        #expect(stops > 3)
    }

    @Test("a guest that moves to another store at every stop ends as if it had stayed", arguments: SnapshotGuest.all)
    func wanderer(guest: SnapshotGuest) throws {
        let (instance, call) = try guest.start()
        let expected = try SnapshotGuest.finish(call)
        let expectedState = try instance.snapshot()
        var (current, currentCall) = try guest.start()
        var moves = 0
        while true {
            let outcome = currentCall.run(slice: 0)
            if case .finished(let values) = outcome {
                #expect(values == expected)
                break
            }
            if case .suspended(let pending) = outcome, moves % 2 == 0 {
                currentCall.resume(returning: SnapshotHost.answer(pending))
            }
            moves += 1
            (current, currentCall) = try guest.restore(
                try current.snapshot(of: [currentCall]), translation: SnapshotGuest.translations[moves % 4])
            if let pending = currentCall.pendingCall {
                currentCall.resume(returning: SnapshotHost.answer(pending))
            }
        }
        #expect(currentCall.fuelUsed == call.fuelUsed)
        #expect(try current.snapshot() == expectedState)
    }
}
