import Testing
import WasmTestSupport

@testable import WasmRuntime

/// What cannot be written, and what cannot be restored here: each refusal by its name.
@Suite("Refused snapshots")
struct SnapshotRefusalTests {
    @Test("limits of the restoring store hold: tables, the stack, and the memory that all guests share")
    func limits() throws {
        let source = """
            (module (memory 1) (table 2 funcref)
              (func $deep (param i32) (result i32)
                (if (result i32) (local.get 0)
                  (then (i32.add (call $deep (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
                  (else (loop $forever (br $forever)) (i32.const 0))))
              (func (export "run") (param i32) (result i32)
                (drop (memory.grow (i32.const 9))) (drop (table.grow 0 (ref.null func) (i32.const 20)))
                (call $deep (local.get 0))))
            """
        let module = try Module(WAT.assemble(source))
        let instance = try Instance(module)
        let call = try Execution(calling: try #require(instance.function("run")), [.i32(1000)])
        while call.fuelUsed < 100_000 { _ = call.run(slice: 10_000) }
        let snapshot = try instance.snapshot(of: [call])
        func restore(_ limits: InstanceLimits, _ budget: MemoryBudget? = nil) throws {
            _ = try Instance(restoring: snapshot, of: module, store: Store(limits: limits, budget: budget))
        }
        try restore(InstanceLimits(), MemoryBudget(bytesMax: 10 << 16))
        #expect(throws: SnapshotError.tooLarge("a memory of 10 pages, and there is no room left for it")) {
            try restore(InstanceLimits(), MemoryBudget(bytesMax: 9 << 16))
        }
        var limits = InstanceLimits()
        limits.tableElementsMax = 21
        #expect(throws: SnapshotError.tooLarge("a table of 22 elements, at most 21 allowed")) { try restore(limits) }
        limits = InstanceLimits()
        limits.stackBytesMax = 20_000
        #expect(throws: SnapshotError.tooLarge("a stack of more than 20000 bytes")) { try restore(limits) }
    }

    @Test("calls that cannot be written are refused by name")
    func unwritable() throws {
        let store = Store()
        var imports = Imports()
        var taken: SnapshotError?
        var running: Execution?
        let look = HostFunction(FunctionType()) { _ in
            do { _ = try store.snapshot(of: [try #require(running)]) } catch let error as SnapshotError {
                taken = error
            }
        }
        let lookFunction = store.add(look)
        imports.define("h", "look", .function(lookFunction))
        let module = try Module(
            WAT.assemble("(module (import \"h\" \"look\" (func $l)) (func (export \"run\") (call $l)))"))
        let instance = try Instance(module, imports: imports, store: store)
        let call = try Execution(calling: try #require(instance.function("run")), [])
        running = call
        _ = call.run()
        #expect(taken == .callIsRunning)
        #expect(throws: SnapshotError.callHasEnded) { try store.snapshot(of: [call]) }
        #expect(throws: SnapshotError.callOfAnotherStore) { try Store().snapshot(of: [call]) }
        let idle = try Execution(calling: try #require(instance.function("run")), [])
        #expect(throws: SnapshotError.notPortable("1001 calls, at most 1000 fit a snapshot")) {
            try store.snapshot(of: Array(repeating: idle, count: 1001))
        }
        let ofHost = try Execution(calling: lookFunction, [])
        #expect(throws: SnapshotError.notPortable("a call that has no frame of a guest")) {
            try store.snapshot(of: [ofHost])
        }
    }

    @Test("another version, other bytes, and another module are refused by name")
    func otherBytes() throws {
        let (instance, call) = try SnapshotGuest.loops.start()
        var snapshot = try instance.snapshot(of: [call])
        #expect(throws: SnapshotError.self) { try SnapshotGuest.recursion.restore(snapshot) }
        snapshot[8] = 2
        #expect(throws: SnapshotError.version(found: 2, supported: 1)) {
            try SnapshotGuest.loops.restore(snapshot)
        }
        #expect(throws: SnapshotError.notASnapshot) {
            try SnapshotGuest.loops.restore(try SnapshotGuest.loops.bytes)
        }
        #expect(throws: SnapshotError.notASnapshot) { try SnapshotGuest.loops.restore([]) }
    }
}
