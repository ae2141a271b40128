import Testing
import WasmRuntime
import WasmTestSupport

/// Stops in the middle of functions that have vectors in their frames.
@Suite("Vectors and stops")
struct VectorStopTests {
    private static let source = """
        (module
          (import "host" "ask" (func $ask (param v128 i32) (result v128)))
          (func $step (param v128 i32) (result v128)
            (i32x4.add (local.get 0) (i32x4.splat (local.get 1))))
          (func (export "sum") (param $n i32) (result v128)
            (local $i i32) (local $a v128) (local $b v128)
            (local.set $b (v128.const i32x4 1 2 3 4))
            (v128.const i32x4 1000 1000 1000 1000)
            (loop $again (param v128) (result v128)
              (local.set $a (i32x4.mul (i32x4.add (local.get $a) (local.get $b)) (v128.const i32x4 3 3 3 3)))
              (local.set $b (call $step (local.get $b) (local.get $i)))
              (i32x4.add (local.get $a))
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (br_if $again (i32.lt_u (local.get $i) (local.get $n))))
            (i32x4.sub (local.get $b)))
          (func (export "ask") (param v128) (result v128)
            (local $kept v128)
            (local.set $kept (i32x4.add (local.get 0) (local.get 0)))
            (v128.const i32x4 5 6 7 8)
            (call $ask (i32x4.neg (local.get 0)) (i32.const 9))
            (i32x4.add)
            (i32x4.add (local.get $kept))))
        """

    private static func lanes(_ lanes: [Int32]) -> Value {
        let bits = lanes.map { UInt64(UInt32(bitPattern: $0)) }
        return .v128(lower: bits[0] | bits[1] << 32, upper: bits[2] | bits[3] << 32)
    }

    private func instance() throws -> Instance {
        let store = Store()
        var imports = Imports()
        let ask = HostFunction.suspending(FunctionType([.v128, .i32], [.v128]))
        imports.define("host", "ask", .function(store.add(ask, name: "ask")))
        return try Instance(Module(WAT.assemble(Self.source)), imports: imports, store: store)
    }

    private static func sum(_ n: Int32) -> Value {
        var a = SIMD4<Int32>(repeating: 0), b = SIMD4<Int32>(1, 2, 3, 4), total = SIMD4<Int32>(repeating: 1000)
        for i in 0..<n {
            a = (a &+ b) &* 3
            b = b &+ i
            total = total &+ a
        }
        total = total &- b
        return lanes((0..<4).map { total[$0] })
    }

    @Test("slices of fuel change neither the result nor the count", arguments: [1, 2, 5, 13, 100] as [UInt64])
    func slices(slice: UInt64) throws {
        let function = try #require(try instance().function("sum"))
        let whole = try Execution(calling: function, [.i32(50)])
        guard case .finished(let expected) = whole.run() else { return #expect(Bool(false), "did not finish") }
        #expect(expected == [Self.sum(50)])
        let sliced = try Execution(calling: function, [.i32(50)])
        var stops = 0
        while true {
            let outcome = sliced.run(slice: slice)
            if case .outOfFuel = outcome {
                stops += 1
                continue
            }
            guard case .finished(let values) = outcome else { return #expect(Bool(false), "ended with \(outcome)") }
            #expect(values == expected)
            break
        }
        #expect(stops > 5)
        #expect(sliced.fuelUsed == whole.fuelUsed)
    }

    @Test("a budget runs out in the loop, and says so")
    func budget() throws {
        let function = try #require(try instance().function("sum"))
        guard case .trapped(let trap) = try Execution(calling: function, [.i32(1000)], fuel: 300).run() else {
            return #expect(Bool(false), "did not trap")
        }
        #expect(trap.reason == .fuel(budget: 300))
    }

    @Test("a suspended call keeps the vectors of its frame")
    func suspension() throws {
        let function = try #require(try instance().function("ask"))
        let calls = try (1...3).map { try Execution(calling: function, [Self.lanes([$0, 20, 30, 40])]) }
        for (index, call) in calls.enumerated() {
            guard case .suspended(let pending) = call.run() else { return #expect(Bool(false), "not suspended") }
            #expect(pending.arguments == [Self.lanes([-Int32(index) - 1, -20, -30, -40]), .i32(9)])
        }
        for (index, call) in calls.enumerated().reversed() {
            call.resume(returning: [Self.lanes([100, 200, 300, Int32(index)])])
            guard case .finished(let values) = call.run() else { return #expect(Bool(false), "did not finish") }
            let first = Int32(index) + 1
            #expect(values == [Self.lanes([105 + 2 * first, 246, 367, 88 + Int32(index)])])
        }
    }
}
