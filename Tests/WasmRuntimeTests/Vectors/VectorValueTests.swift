import Testing
import WasmRuntime
import WasmTestSupport

/// Vectors as values: wherever two slots have to stay together.
@Suite("Vectors as values")
struct VectorValueTests {
    private static let source = """
        (module
          (import "host" "mix" (func $mix (param i32 v128 i64 v128) (result v128 i32 v128)))
          (import "host" "constant" (global $constant v128))
          (import "host" "variable" (global $variable (mut v128)))
          (type $binary (func (param v128 v128) (result v128)))
          (table funcref (elem $add $sub $mixed))
          (global $own (export "own") (mut v128) (v128.const i64x2 5 6))
          (global $scalar (export "scalar") (mut i32) (i32.const 77))
          (global $copy (export "copy") v128 (global.get $constant))
          (func $add (type $binary) (i64x2.add (local.get 0) (local.get 1)))
          (func $sub (type $binary) (i64x2.sub (local.get 0) (local.get 1)))
          (func $mixed (param i32) (result i32) (local.get 0))
          (func (export "mix") (param v128 i32) (result v128 i32 v128)
            (call $mix (i32.const 7) (local.get 0) (i64.const -9) (v128.const i64x2 100 200)))
          (func (export "indirect") (param i32 v128 v128) (result v128)
            (call_indirect (type $binary) (local.get 1) (local.get 2) (local.get 0)))
          (func (export "globals") (param v128) (result v128)
            (global.set $own (i64x2.add (global.get $own) (local.get 0)))
            (global.set $scalar (i32.add (global.get $scalar) (i32.const 1)))
            (global.set $variable (i64x2.sub (global.get $variable) (global.get $constant)))
            (i64x2.add (global.get $own) (global.get $variable)))
          ;; Locals of every kind, set and read in an order that moves vectors in and out of the accumulator.
          (func (export "locals") (param $a v128) (param $n i32) (result v128 i32)
            (local $b v128) (local $f f64) (local $c v128)
            (local.set $b (local.tee $c (local.get $a)))
            (local.set $a (i64x2.add (local.get $a) (local.get $b)))
            (local.set $f (f64.convert_i32_s (local.get $n)))
            (local.get $a)
            (local.set $a (v128.const i64x2 1 1))
            (local.set $n (i32.add (local.get $n) (i32.trunc_f64_s (local.get $f))))
            (local.set $c (i64x2.add (local.get $c) (local.get $a)))
            (i64x2.sub (local.get $c))
            (local.get $n))
          (func (export "select") (param i32 v128 v128) (result v128 v128)
            (select (local.get 1) (local.get 2) (local.get 0))
            (select (result v128) (local.get 2) (v128.const i64x2 3 4) (i32.eqz (local.get 0))))
          (func (export "branches") (param i32 v128) (result i32 v128)
            (block $two (result i32 v128)
              (block $one (result v128)
                (block $none
                  (br_table $none $none $none (local.get 0)))
                (br_if $one (i64x2.neg (local.get 1)) (i32.eqz (local.get 0)))
                (drop)
                (br $two (i32.const 2) (i64x2.add (local.get 1) (local.get 1))))
              (local.set 1)
              (i32.const 1) (local.get 1)))
          (func (export "blocks") (param i32 v128) (result v128)
            (local.get 1) (local.get 0)
            (if (param v128) (result v128)
              (then (i64x2.add (v128.const i64x2 10 20)))
              (else (drop) (v128.const i64x2 30 40)))
            (loop (param v128) (result v128)
              (i64x2.add (local.get 1))
              (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
              (br_if 0 (i32.gt_s (local.get 0) (i32.const 0)))))
          (func (export "dead") (result v128)
            (block (result v128) (br 0 (v128.const i64x2 8 9)) (i64x2.add) (drop) (v128.const i64x2 0 0)))
          (func (export "dropped") (param v128) (result v128)
            (drop (i64x2.neg (local.get 0))) (drop (local.get 0)) (local.get 0)))
        """

    private static func v(_ lower: Int64, _ upper: Int64) -> Value {
        .v128(lower: UInt64(bitPattern: lower), upper: UInt64(bitPattern: upper))
    }

    private func instance() throws -> Instance {
        let store = Store()
        var imports = Imports()
        let mix = HostFunction(FunctionType([.i32, .v128, .i64, .v128], [.v128, .i32, .v128])) { call in
            let (number, first, wide, second) = (call[0], call[1], call[2], call[3])
            #expect(call.u32(0) == 7 && call.u64(2) == UInt64(bitPattern: -9) && wide == .i64(-9))
            call.setResult(.v128(lower: second.bits, upper: first.upperBits), at: 0)
            call.setResult(number, at: 1)
            call.setResult(.v128(lower: first.bits, upper: second.upperBits), at: 2)
        }
        imports.define("host", "mix", .function(store.add(mix)))
        imports.define("host", "constant", .global(Global(Self.v(11, 12))))
        imports.define("host", "variable", .global(Global(Self.v(1000, 2000), isMutable: true)))
        return try Instance(Module(WAT.assemble(Self.source)), imports: imports, store: store)
    }

    private func call(_ instance: Instance, _ name: String, _ arguments: [Value]) throws -> [Value] {
        let function = try #require(instance.function(name))
        let outcome = try Execution(calling: function, arguments).run()
        guard case .finished(let values) = outcome else {
            Issue.record("ended with \(outcome)")
            return []
        }
        return values
    }

    @Test(
        "vectors keep both halves",
        arguments: [
            ("mix", [v(1, 2), .i32(0)], [v(100, 2), .i32(7), v(1, 200)]),
            ("indirect", [.i32(0), v(1, 2), v(10, 20)], [v(11, 22)]),
            ("indirect", [.i32(1), v(1, 2), v(10, 20)], [v(-9, -18)]),
            ("globals", [v(1, 1)], [v(6 + 989, 7 + 1988)]),
            ("locals", [v(3, 4), .i32(5)], [v(2, 3), .i32(10)]),
            ("select", [.i32(1), v(1, 2), v(3, 5)], [v(1, 2), v(3, 4)]),
            ("select", [.i32(0), v(1, 2), v(3, 5)], [v(3, 5), v(3, 5)]),
            ("branches", [.i32(0), v(1, 2)], [.i32(1), v(-1, -2)]),
            ("branches", [.i32(1), v(1, 2)], [.i32(2), v(2, 4)]),
            ("blocks", [.i32(3), v(1, 2)], [v(14, 28)]),
            ("blocks", [.i32(0), v(1, 2)], [v(31, 42)]),
            ("dead", [], [v(8, 9)]),
            ("dropped", [v(6, 7)], [v(6, 7)]),
        ] as [(String, [Value], [Value])])
    func halves(name: String, arguments: [Value], expected: [Value]) throws {
        #expect(try call(try instance(), name, arguments) == expected)
    }

    @Test("globals have their cells side by side")
    func globals() throws {
        let instance = try instance()
        #expect(instance.global("own")?.value == Self.v(5, 6))
        #expect(instance.global("copy")?.value == Self.v(11, 12))
        instance.global("own")?.set(Self.v(-1, -2))
        #expect(instance.global("own")?.value == Self.v(-1, -2))
        #expect(instance.global("scalar")?.value == .i32(77))
    }

    @Test("a function with vectors in its type is not called for another type")
    func indirectMismatch() throws {
        let function = try #require(try instance().function("indirect"))
        let outcome = try Execution(calling: function, [.i32(2), Self.v(0, 0), Self.v(0, 0)]).run()
        guard case .trapped(let trap) = outcome else { return #expect(Bool(false), "no trap") }
        #expect(trap.reason == .indirectCallTypeMismatch(index: 2))
    }

    @Test("a reset puts both halves of a global back")
    func template() throws {
        let source = """
            (module
              (global $a (mut i32) (i32.const 1)) (global $v (export "v") (mut v128) (v128.const i64x2 2 3))
              (global $b (export "b") (mut i64) (i64.const 4)) (memory (export "m") 1)
              (func (export "spoil")
                (global.set $a (i32.const 9)) (global.set $v (v128.const i64x2 -1 -1)) (global.set $b (i64.const 9))
                ;; Across the end of a page of 4 KiB: only the first of the two is marked.
                (v128.store (i32.const 4088) (v128.const i64x2 -1 -1))
                (v128.store32_lane 3 (i32.const 8190) (v128.const i64x2 -1 -1))))
            """
        let instance = try Instance(Module(WAT.assemble(source)))
        let template = try #require(InstanceTemplate(of: instance))
        for _ in 0..<2 {
            _ = try call(instance, "spoil", [])
            #expect(instance.global("v")?.value == Self.v(-1, -1))
            #expect(instance.memory?.load(4096, as: UInt64.self) == .max)
            template.reset(instance)
            #expect(instance.global("v")?.value == Self.v(2, 3))
            #expect(instance.global("b")?.value == .i64(4))
            #expect(instance.memory?.load(4096, as: UInt64.self) == 0)
            #expect(instance.memory?.load(8190, as: UInt32.self) == 0)
        }
    }

    @Test("calls between instances take vectors along")
    func betweenInstances() throws {
        let store = Store()
        let library = """
            (module (func (export "f") (param i32 v128 v128) (result v128 v128 i64)
              (i64x2.add (local.get 1) (local.get 2)) (i64x2.sub (local.get 1) (local.get 2))
              (i64.extend_i32_u (local.get 0))))
            """
        let program = """
            (module (import "l" "f" (func $f (param i32 v128 v128) (result v128 v128 i64)))
              (func (export "run") (param v128) (result v128 v128 i64)
                (call $f (i32.const 3) (local.get 0) (v128.const i64x2 1 2))))
            """
        let first = try Instance(Module(WAT.assemble(library)), store: store)
        var imports = Imports()
        imports.define("l", "f", try #require(first[export: "f"]))
        let second = try Instance(Module(WAT.assemble(program)), imports: imports, store: store)
        #expect(try call(second, "run", [Self.v(10, 20)]) == [Self.v(11, 22), Self.v(9, 18), .i64(3)])
    }

    @Test("more constants than a frame keeps are moved into place")
    func constants() throws {
        let count = 100
        var body = "(v128.const i64x2 0 0)"
        for index in 1...count {
            // Half of them as a number in every lane.
            let constant =
                index % 2 == 0 ? "(v128.const i64x2 \(index) \(-index))" : "(i16x8.splat (i32.const \(index)))"
            body = "(i64x2.add \(constant) \(body))"
        }
        let instance = try Instance(Module(WAT.assemble("(module (func (export \"f\") (result v128) \(body)))")))
        var (lower, upper): (Int64, Int64) = (0, 0)
        for index in 1...Int64(count) {
            let splat = index * 0x0001_0001_0001_0001
            lower += index % 2 == 0 ? index : splat
            upper += index % 2 == 0 ? -index : splat
        }
        #expect(try call(instance, "f", []) == [Self.v(lower, upper)])
    }

    @Test("a vector is described by its 128 bits")
    func description() {
        #expect("\(Value.v128(lower: 0xAB, upper: 1))" == "v128 000000000000000100000000000000ab")
        #expect(Value.v128(lower: 1, upper: 2) != .v128(lower: 1, upper: 3))
    }
}
