import Testing
import WasmTestSupport

@testable import WasmRuntime

/// How a restored call ends: as it would have ended without.
@Suite("What becomes of a restored call")
struct SnapshotOutcomeTests {
    private static let source = """
        (module
          (type $unary (func (param i32) (result i32)))
          (memory 1)
          (table funcref (elem $descend))
          (func $descend (param $n i32) (result i32) (local $kept i64)
            (local.set $kept (i64.const 9))
            (if (i32.eqz (local.get $n))
              (then
                (loop $l (br_if $l (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 50))))
                (return (i32.load (i32.mul (local.get $n) (i32.const 65536))))))
            (i32.add
              (if (result i32) (i32.and (local.get $n) (i32.const 1))
                (then (call_indirect (type $unary) (i32.sub (local.get $n) (i32.const 1)) (i32.const 0)))
                (else (call $descend (i32.sub (local.get $n) (i32.const 1)))))
              (i32.wrap_i64 (local.get $kept))))
          (func $sum (param $n i32) (result i32)
            (if (result i32) (local.get $n)
              (then (i32.add (call $sum (i32.sub (local.get $n) (i32.const 1))) (local.get $n)))
              (else (i32.const 0))))
          (func $forever (param i32) (result i32) (loop $l (br $l)) (i32.const 0))
          (func $bottomless (param i32) (result i32) (call $bottomless (local.get 0)))
          (export "descend" (func $descend)) (export "sum" (func $sum)) (export "forever" (func $forever))
          (export "bottomless" (func $bottomless)))
        """

    private static let module = Result { try Module(WAT.assemble(source)) }

    private func start(_ name: String, _ argument: Int32, fuel: UInt64?) throws -> (Instance, Execution) {
        let instance = try Instance(try Self.module.get())
        let function = try #require(instance.function(name))
        return (instance, try Execution(calling: function, [.i32(argument)], fuel: fuel))
    }

    private func move(_ instance: Instance, _ call: Execution) throws -> Execution {
        let module = try Module(WAT.assemble(Self.source), translation: TranslationOptions(constantSlotsMax: 0))
        let restored = try Instance(restoring: try instance.snapshot(of: [call]), of: module)
        return try #require(restored.restoredCalls.first)
    }

    private func end(_ call: Execution) -> String {
        while true {
            switch call.run(slice: 1_000_000) {
            case .outOfFuel: continue
            case .finished(let values): return "\(values)"
            case .trapped(let trap): return "\(trap)"
            case let other: return "\(other)"
            }
        }
    }

    @Test(
        "traps say the same reason, functions and offsets, and results are the same",
        arguments: [
            ("descend", 12, nil, 40, "out of bounds memory access"), ("descend", 5000, nil, 50_000, "descend"),
            ("sum", 100_000, nil, 300_000, "[705082704]"), ("forever", 0, 5000, 2000, "the call's budget was 5000"),
            ("bottomless", 0, nil, 50_000, "call stack exhausted: 8388608 bytes"),
        ] as [(String, Int32, UInt64?, UInt64, String)])
    func endings(name: String, argument: Int32, fuel: UInt64?, stop: UInt64, expected: String) throws {
        let (_, reference) = try start(name, argument, fuel: fuel)
        let ending = end(reference)
        #expect(ending.contains(expected))
        let (instance, call) = try start(name, argument, fuel: fuel)
        guard case .outOfFuel = call.run(slice: stop) else { return #expect(Bool(false), "it ended too early") }
        let moved = try move(instance, call)
        #expect(end(moved) == ending)
        #expect(moved.fuelUsed == reference.fuelUsed)
    }

    @Test("a trap where the call stands still names the same place")
    func trapAtOnce() throws {
        let (instance, call) = try start("forever", 0, fuel: 5000)
        _ = call.run(slice: 2000)
        let moved = try move(instance, call)
        guard case .trapped(let here) = call.run(), case .trapped(let there) = moved.run() else {
            return #expect(Bool(false), "no trap")
        }
        #expect(here.frames == there.frames)
        #expect(here.frames.first?.name == "forever")
    }

    @Test("an instance that was restored can be put back to a template")
    func template() throws {
        let source = """
            (module (memory 2) (global $g (mut i32) (i32.const 1)) (data (i32.const 8) "data")
              (func (export "run") (param i32) (result i32)
                (i32.store (local.get 0) (i32.const 7)) (global.set $g (local.get 0)) (i32.load (i32.const 70000))))
            """
        let module = try Module(WAT.assemble(source))
        let fresh = try Instance(module)
        let template = try #require(InstanceTemplate(of: fresh))
        let empty = try fresh.snapshot()
        let used = try Instance(module)
        let call = try Execution(calling: try #require(used.function("run")), [.i32(70_000)])
        #expect(end(call) == "[7]")
        let restored = try Instance(restoring: try used.snapshot(), of: module)
        #expect(restored.memory?.load(70_000, as: UInt32.self) == 7)
        template.reset(restored)
        #expect(try restored.snapshot() == empty)
    }

    @Test("restoring clears what segments have written into a new instance")
    func clearing() throws {
        let source = """
            (module (memory 1) (data (i32.const 5000) "text") (table 3 funcref) (elem (i32.const 1) $f)
              (func $f (export "run")
                (memory.fill (i32.const 5000) (i32.const 0) (i32.const 4)) (table.set 0 (i32.const 1) (ref.null func))))
            """
        let module = try Module(WAT.assemble(source))
        let instance = try Instance(module)
        _ = try Execution(calling: try #require(instance.function("run")), []).run()
        let snapshot = try instance.snapshot()
        let restored = try Instance(restoring: snapshot, of: module)
        #expect(restored.memory?.load(5000, as: UInt32.self) == 0)
        #expect(try restored.snapshot() == snapshot)
    }
}
