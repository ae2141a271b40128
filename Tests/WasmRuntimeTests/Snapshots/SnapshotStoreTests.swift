import Testing
import WasmTestSupport

@testable import WasmRuntime

/// What belongs to a store as a whole: several instances and calls, and how they are linked.
@Suite("Snapshots of a store")
struct SnapshotStoreTests {
    private static let library = """
        (module
          (import "host" "table" (table 4 funcref))
          (import "host" "memory" (memory 1))
          (type $unary (func (param i32) (result i32)))
          (global $calls (export "calls") (mut i32) (i32.const 0))
          (elem (i32.const 1) $twice)
          (func $twice (export "twice") (param i32) (result i32) (local i32)
            (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
            (i32.store (i32.const 64) (global.get $calls))
            (loop $l
              (local.set 1 (i32.add (local.get 1) (i32.const 2)))
              (br_if $l (i32.lt_u (local.get 1) (i32.mul (local.get 0) (i32.const 2)))))
            (if (i32.eq (local.get 0) (i32.const 2)) (then (return_call_indirect (type $unary) (local.get 1) (i32.const 0))))
            (if (i32.eq (local.get 0) (i32.const 4)) (then (return_call_indirect (type $unary) (local.get 1) (i32.const 2))))
            (if (result i32) (i32.gt_u (local.get 0) (i32.const 3))
              (then (call_indirect (type $unary) (local.get 1) (i32.const 2)))
              (else (local.get 1)))))
        """
    private static let program = """
        (module
          (import "host" "table" (table 4 funcref))
          (import "host" "memory" (memory 1))
          (import "host" "ask" (func $ask (param i32) (result i32)))
          (import "library" "twice" (func $twice (param i32) (result i32)))
          (import "library" "calls" (global $calls (mut i32)))
          (elem (i32.const 0) $ask) (elem (i32.const 2) $halve)
          (func $halve (param i32) (result i32)
            (i32.add (call $ask (local.get 0)) (i32.div_u (local.get 0) (i32.const 2))))
          (func (export "run") (param $n i32) (result i32) (local $sum i32)
            (loop $again
              (local.set $sum (i32.add (local.get $sum) (call $twice (local.get $n))))
              (local.set $sum (i32.add (local.get $sum) (i32.load (i32.const 64))))
              (global.set $calls (i32.add (global.get $calls) (i32.const 10)))
              (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $sum)))
        """

    /// Two instances of one store that call each other through imports and a table, and share memory, table and a global.
    private func link(_ modules: [Module]) throws -> (store: Store, instances: [Instance]) {
        let store = Store()
        var imports = Imports()
        let table = try #require(store.makeTable(TableType(element: .funcRef, size: SizeRange(minimum: 4))))
        let memory = try #require(store.makeMemory(MemoryType(size: SizeRange(minimum: 1, maximum: 3))))
        imports.define("host", "table", .table(table))
        imports.define("host", "memory", .memory(memory))
        let ask = HostFunction.suspending(FunctionType([.i32], [.i32]))
        imports.define("host", "ask", .function(store.add(ask, name: "ask")))
        let library = try Instance(deferringStart: modules[0], imports: imports, store: store)
        imports.define("library", "twice", try #require(library[export: "twice"]))
        imports.define("library", "calls", try #require(library[export: "calls"]))
        return (store, [library, try Instance(deferringStart: modules[1], imports: imports, store: store)])
    }

    private func modules() throws -> [Module] {
        [
            try Module(WAT.assemble(Self.library, options: ["--enable-tail-call"])),
            try Module(WAT.assemble(Self.program), translation: TranslationOptions(constantSlotsMax: 0)),
        ]
    }

    private func finish(_ call: Execution) -> [Value]? {
        if let pending = call.pendingCall { call.resume(returning: pending.arguments) }
        while true {
            switch call.run() {
            case .finished(let values): return values
            case .suspended(let pending): call.resume(returning: pending.arguments)
            default: return nil
            }
        }
    }

    @Test("instances that call each other go on together, whichever of them runs")
    func severalInstances() throws {
        let modules = try modules()
        func start() throws -> (Store, [Execution]) {
            let (store, instances) = try link(modules)
            let run = try #require(instances[1].function("run"))
            let twice = try #require(instances[0].function("twice"))
            return (
                store,
                [try Execution(calling: run, [.i32(6)]), try Execution(calling: twice, [.i32(5)], fuel: 10_000)]
            )
        }
        let (reference, referenceCalls) = try start()
        let expected = referenceCalls.map(finish)
        let expectedState = try reference.snapshot()
        let (store, calls) = try start()
        var stops = 0
        while true {
            if case .finished = calls[0].run(slice: 0) { break }
            stops += 1
            let (restored, _) = try link(modules)
            let restoredCalls = try restored.restore(try store.snapshot(of: calls))
            try #require(restoredCalls.count == 2)
            #expect(restoredCalls.map(finish) == expected)
            #expect(restoredCalls.map(\.fuelUsed) == referenceCalls.map(\.fuelUsed))
            #expect(try restored.snapshot() == expectedState)
            if let pending = calls[0].pendingCall { calls[0].resume(returning: pending.arguments) }
        }
        #expect(stops > 30)
    }

    @Test("random mutations of two instances' frames do no more than guests may")
    func mutations() throws {
        let modules = try modules()
        let (store, instances) = try link(modules)
        let call = try Execution(calling: try #require(instances[1].function("run")), [.i32(6)])
        while call.pendingCall == nil { _ = call.run(slice: 0) }
        let snapshot = try store.snapshot(of: [call])
        var random = SplitMix(seed: 3)
        var refused = 0
        for _ in 0..<2000 {
            var bytes = snapshot
            HostileBytes.mutate(&bytes, &random)
            let (restored, _) = try link(modules)
            do {
                for call in try restored.restore(HostileBytes.sealed(bytes)) {
                    if let pending = call.pendingCall { call.resume(returning: pending.arguments) }
                    _ = call.run(slice: 10_000)
                }
            } catch {
                refused += 1
            }
        }
        #expect(refused > 500 && refused < 2000)
    }

    @Test("a store that is linked in another way is refused")
    func otherLinks() throws {
        let modules = try modules()
        let (store, instances) = try link(modules)
        let call = try Execution(calling: try #require(instances[1].function("run")), [.i32(6)])
        while call.pendingCall == nil { _ = call.run(slice: 0) }
        let snapshot = try store.snapshot(of: [call])
        #expect(throws: SnapshotError.linkedDifferently("it has 2 instances, the store 0")) {
            try Store().restore(snapshot)
        }
        // The same modules in another order: the library's imports are all that it needs.
        let (other, _) = try link([modules[0], modules[0]])
        let error = #expect(throws: SnapshotError.self) { try other.restore(snapshot) }
        #expect("\(try #require(error))".contains("instance 1 of the snapshot is of module sha256:"))
    }

    @Test("what was shared must be shared, and hosts' objects must have the same types")
    func otherObjects() throws {
        let source = """
            (module (import "h" "a" (global (mut i32))) (import "h" "b" (global (mut i32)))
              (import "h" "c" (global i64)) (import "h" "m" (memory 1)) (import "h" "t" (table 1 externref))
              (func (export "run")))
            """
        let module = try Module(WAT.assemble(source))
        func make(
            _ a: Global, _ b: Global, c: Int64 = 5, pages: SizeRange = SizeRange(minimum: 1, maximum: 4),
            table: SizeRange = SizeRange(minimum: 2), limits: InstanceLimits = InstanceLimits()
        ) throws -> Instance {
            let store = Store(limits: limits)
            var imports = Imports()
            imports.define("h", "a", .global(a))
            imports.define("h", "b", .global(b))
            imports.define("h", "c", .global(Global(.i64(c))))
            imports.define("h", "m", .memory(try #require(store.makeMemory(MemoryType(size: pages)))))
            let type = TableType(element: .externRef, size: table)
            imports.define("h", "t", .table(try #require(store.makeTable(type))))
            return try Instance(module, imports: imports, store: store)
        }
        func global(_ value: Int32) -> Global { Global(.i32(value), isMutable: true) }
        let one = global(1)
        let original = try make(one, one)
        original.memory?.grow(by: 2)
        let snapshot = try original.snapshot()

        let target = global(7)
        let restored = try make(target, target)
        _ = try restored.store.restore(snapshot)
        #expect(target.value == .i32(1))
        #expect(restored.memory?.pages == 3)

        #expect(
            throws: SnapshotError.linkedDifferently("instance 0 shares memories, tables, globals or tags with others")
        ) {
            try make(global(1), global(1)).store.restore(snapshot)
        }
        #expect(throws: SnapshotError.linkedDifferently("a global that does not change has another value")) {
            try make(one, one, c: 6).store.restore(snapshot)
        }
        #expect(throws: SnapshotError.linkedDifferently("a memory of another type")) {
            try make(one, one, pages: SizeRange(minimum: 1, maximum: 5)).store.restore(snapshot)
        }
        #expect(throws: SnapshotError.linkedDifferently("a table of another type")) {
            try make(one, one, table: SizeRange(minimum: 3)).store.restore(snapshot)
        }
        let larger = try make(one, one)
        larger.memory?.grow(by: 3)
        #expect(throws: SnapshotError.linkedDifferently("a memory has 4 pages, and 3 in the snapshot")) {
            try larger.store.restore(snapshot)
        }
        var limits = InstanceLimits()
        limits.memoryPagesMax = 2
        #expect(throws: SnapshotError.tooLarge("a memory of 3 pages, at most 2 allowed")) {
            try make(one, one, limits: limits).store.restore(snapshot)
        }
    }
}
