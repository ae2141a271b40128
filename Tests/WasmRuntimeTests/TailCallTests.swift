import Testing
import WasmRuntime
import WasmTestSupport

@Suite("Tail calls")
struct TailCallTests {
    private static func module(_ source: String) throws -> Module {
        try Module(WAT.assemble(source, options: ["--enable-tail-call"]))
    }

    private static let source = """
        (module
          (import "host" "sum" (func $sum (param i32 i32 i32) (result i32)))
          (import "library" "double" (func $double (param i32) (result i32)))
          (type $unary (func (param i32) (result i32)))
          (table funcref (elem $double $even $few))
          (func $even (export "even") (param i32) (result i32)
            (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
            (return_call $odd (i32.sub (local.get 0) (i32.const 1))))
          (func $odd (param i32) (result i32)
            (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
            (return_call_indirect (type $unary) (i32.sub (local.get 0) (i32.const 1)) (i32.const 1)))
          ;; From few parameters to many and back, with locals and constants in between.
          (func $few (export "few") (param i32) (result i32) (local i64 i64)
            (local.set 1 (i64.const 0x123456789ab))
            (return_call $many (local.get 0) (i64.const 2) (f64.const 3.5) (i32.const 4) (local.get 0)
              (i32.wrap_i64 (i64.shr_u (local.get 1) (i64.const 40)))))
          (func $many (param i32 i64 f64 i32 i32 i32) (result i32) (local i32)
            (if (i32.gt_u (local.get 4) (i32.const 10)) (then
              (return_call $few (i32.sub (local.get 4) (i32.const 1)))))
            (local.set 6 (i32.add (local.get 5) (i32.trunc_f64_s (local.get 2))))
            (i32.add (i32.add (i32.wrap_i64 (local.get 1)) (local.get 6)) (i32.add (local.get 3) (local.get 0))))
          (func (export "host") (param i32) (result i32)
            (return_call $sum (local.get 0) (i32.const 20) (i32.const 300)))
          (func (export "out") (param i32) (result i32) (return_call $double (local.get 0)))
          (func (export "out indirectly") (param i32) (result i32)
            (return_call_indirect (type $unary) (local.get 0) (i32.const 0)))
          (func $swap (export "swap") (param i32 i32 i32) (result i32 i32)
            (if (i32.eqz (local.get 2)) (then (return (local.get 0) (local.get 1))))
            (return_call $swap (local.get 1) (local.get 0) (i32.sub (local.get 2) (i32.const 1))))
          (func (export "inside") (param i32) (result i32)
            (i32.add (i32.const 1000) (call $even (local.get 0)))))
        """

    private static let library = """
        (module (func (export "double") (param i32) (result i32) local.get 0 i32.const 2 i32.mul))
        """

    private func instance(stackBytesMax: Int = 64 << 10, sum: HostFunction? = nil) throws -> Instance {
        var limits = InstanceLimits()
        limits.stackBytesMax = stackBytesMax
        let store = Store(limits: limits)
        let type = FunctionType([.i32, .i32, .i32], [.i32])
        var imports = Imports()
        let function = sum ?? HostFunction(type) { $0.setResult(.i32($0[0].i32 + $0[1].i32 + $0[2].i32)) }
        imports.define("host", "sum", .function(store.add(function)))
        let library = try Instance(Module(WAT.assemble(Self.library)), store: store)
        imports.define("library", "double", .function(try #require(library.function("double"))))
        return try Instance(Self.module(Self.source), imports: imports, store: store)
    }

    @Test(
        "the callee takes the caller's place",
        arguments: [
            ("even", [1_000_000], [1]), ("even", [999_999], [0]), ("few", [7], [2 + 3 + 1 + 4 + 7]),
            ("few", [200_000], [2 + 3 + 1 + 4 + 10]), ("host", [1], [321]), ("out", [21], [42]),
            ("out indirectly", [4], [8]), ("swap", [1, 2, 0], [1, 2]), ("swap", [1, 2, 100_001], [2, 1]),
            ("inside", [100_000], [1001]),
        ] as [(String, [Int32], [Int32])])
    func results(name: String, arguments: [Int32], expected: [Int32]) throws {
        let function = try #require(try instance().function(name))
        let outcome = try Execution(calling: function, arguments.map { .i32($0) }).run()
        guard case .finished(let values) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(values == expected.map { .i32($0) })
    }

    @Test("fuel is counted as for calls, and its end stops between caller and callee", arguments: [1, 2, 3, 5, 8])
    func fuel(slice: UInt64) throws {
        let function = try #require(try instance().function("even"))
        let execution = try Execution(calling: function, [.i32(9)])
        var outcome = execution.run(slice: 0)
        while case .outOfFuel = outcome { outcome = execution.run(slice: slice) }
        guard case .finished(let values) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(values == [.i32(0)])
        // Nine calls: the test (3 in all), then 4 to call odd or 5 to call even; at last 5 to return.
        #expect(execution.fuelUsed == 9 * 3 + 5 * 4 + 4 * 5 + 5)
    }

    @Test("a call out of the instance survives every stop", arguments: ["host", "out", "out indirectly"])
    func stops(name: String) throws {
        let function = try #require(try instance().function(name))
        let execution = try Execution(calling: function, [.i32(5)])
        var outcome = execution.run(slice: 0)
        while case .outOfFuel = outcome { outcome = execution.run(slice: 1) }
        guard case .finished(let values) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(values == [.i32(name == "host" ? 325 : 10)])
    }

    @Test("a suspending host function can be called in a function's place")
    func suspended() throws {
        let type = FunctionType([.i32, .i32, .i32], [.i32])
        let function = try #require(try instance(sum: .suspending(type)).function("host"))
        let execution = try Execution(calling: function, [.i32(5)])
        guard case .suspended(let call) = execution.run() else { return #expect(Bool(false), "not suspended") }
        #expect(call.arguments == [.i32(5), .i32(20), .i32(300)])
        execution.resume(returning: [.i32(77)])
        guard case .finished(let values) = execution.run() else { return #expect(Bool(false), "did not finish") }
        #expect(values == [.i32(77)])
    }

    @Test("a callee that does not fit traps in its caller")
    func exhausted() throws {
        let locals = String(repeating: " i64", count: 2_000)
        let module = try Self.module(
            "(module (func $large (local\(locals))) (func $small (export \"f\") (return_call $large)))")
        var limits = InstanceLimits()
        limits.stackBytesMax = 8 << 10
        let instance = try Instance(module, store: Store(limits: limits))
        let outcome = try Execution(calling: try #require(instance.function("f")), []).run()
        guard case .trapped(let trap) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(trap.reason == .stackExhausted(bytes: 8 << 10))
        // The first call finds the function untranslated, so its frame is the callee's already; the next one does not.
        #expect(trap.frames.map(\.name) == ["large"])
        guard case .trapped(let again) = try Execution(calling: try #require(instance.function("f")), []).run() else {
            return #expect(Bool(false), "did not trap")
        }
        #expect(again.frames.map(\.name) == ["small"])
    }

    @Test(
        "refused: results that differ, and what is off",
        arguments: [
            ("(func (result i32) (return_call 1)) (func)", true, "type mismatch: a tail call must give what"),
            ("(func (return_call 1)) (func (param i32))", true, "type mismatch: an operand is missing"),
            ("(func (return_call 0))", false, "return_call: tail calls is off"),
        ])
    func refused(fields: String, isOn: Bool, message: String) throws {
        let bytes = try WAT.assemble("(module \(fields))", options: ["--enable-tail-call", "--no-check"])
        let features = isOn ? WasmFeatures.all : WasmFeatures.all.subtracting(.tailCalls)
        let error = #expect(throws: ModuleError.self) { try Module(bytes, features: features) }
        #expect(error?.message.hasPrefix(message) == true, "\(error.map(String.init(describing:)) ?? "")")
        #expect(error?.kind == (isOn ? .invalid : .unsupported))
    }
}
