import Testing
import WasmRuntime
import WasmTestSupport

@Suite("Fuel")
struct FuelTests {
    /// Counts executed instructions the slow way: every instruction named in the comments is one unit.
    private static let source = """
        (module
          (memory 1)
          (func (export "straight") (result i32)
            i32.const 1 i32.const 2 i32.add)                    ;; 3
          (func (export "branchy") (param i32) (result i32)
            (block $out
              local.get 0 br_if $out                            ;; 2
              nop
              i32.const 7 local.set 0)                          ;; 2 if the branch is not taken
            local.get 0)                                        ;; 1
          (func (export "loop") (param i32) (result i32) (local i32)
            (loop $again
              local.get 1 local.get 0 i32.add local.set 1       ;; 4
              local.get 0 i32.const 1 i32.sub local.tee 0       ;; 4
              br_if $again)                                     ;; 1
            local.get 1)                                        ;; 1
          (func (export "choose") (param i32) (result i32)
            local.get 0                                         ;; 1
            if (result i32) i32.const 1                         ;; 1, then 1
            else i32.const 2 i32.const 3 i32.add end)           ;; or 3
          (func $leaf (result i32) i32.const 5)                 ;; 1
          (func (export "calls") (result i32)
            call $leaf call $leaf i32.add)                      ;; 3 + 2
          (func (export "fill") (param i32)
            i32.const 0 i32.const 1 local.get 0 memory.fill)    ;; 4 + bytes / 64
          (func (export "table") (param i32) (result i32)
            (block $c (block $b (block $a
              local.get 0 br_table $a $b $c)                    ;; 2
              i32.const 10 return)                              ;; 2
              i32.const 11 return)                              ;; 2
            i32.const 12)                                       ;; 1
          (func (export "forever") (loop $l br $l)))
        """

    private func instance() throws -> Instance { try Instance(Module(WAT.assemble(Self.source))) }

    @Test(
        "one unit is one executed instruction, on every path",
        arguments: [
            ("straight", [], 3), ("branchy", [1], 3), ("branchy", [0], 5), ("loop", [1], 10), ("loop", [10], 91),
            ("choose", [1], 3), ("choose", [0], 5), ("calls", [], 5), ("fill", [0], 4), ("fill", [63], 4),
            ("fill", [640], 14), ("table", [0], 4), ("table", [1], 4), ("table", [2], 3), ("table", [9], 3),
        ] as [(String, [Int32], UInt64)])
    func exactCount(name: String, arguments: [Int32], expected: UInt64) throws {
        let function = try #require(try instance().function(name))
        let execution = try Execution(calling: function, arguments.map { .i32($0) })
        guard case .finished = execution.run() else { return #expect(Bool(false), "did not finish") }
        #expect(execution.fuelUsed == expected)
    }

    @Test("slices change neither the result nor the count", arguments: [1, 2, 3, 7, 50, 1_000] as [UInt64])
    func slices(slice: UInt64) throws {
        let function = try #require(try instance().function("loop"))
        let execution = try Execution(calling: function, [.i32(100)])
        var stops = 0
        while case .outOfFuel = execution.run(slice: slice) { stops += 1 }
        #expect(execution.fuelUsed == 901)
        #expect(stops > 0 || slice >= 901)
    }

    @Test("a budget stops the call at the first loop turn or call beyond it, and says so")
    func budget() throws {
        let function = try #require(try instance().function("forever"))
        let execution = try Execution(calling: function, [], fuel: 1_000)
        guard case .trapped(let trap) = execution.run() else { return #expect(Bool(false), "did not trap") }
        #expect(trap.reason == .fuel(budget: 1_000))
        #expect(execution.fuelUsed == 1_001)
        #expect("\(trap)".contains("fuel exhausted: the call's budget was 1000 instructions"))
    }

    @Test("a budget that just suffices is enough")
    func exactBudget() throws {
        let function = try #require(try instance().function("loop"))
        let enough = try Execution(calling: function, [.i32(10)], fuel: 90)
        guard case .finished = enough.run() else { return #expect(Bool(false), "did not finish") }
        // Nine turns cost 81, and the ninth back-edge is the last check.
        let tooLittle = try Execution(calling: function, [.i32(10)], fuel: 80)
        guard case .trapped = tooLittle.run() else { return #expect(Bool(false), "did not trap") }
    }
}

@Suite("Fuel that ends at the border of an instance")
struct BorderFuelTests {
    private static let library = """
        (module (func (export "double") (param i32) (result i32) local.get 0 i32.const 2 i32.mul))
        """
    private static let source = """
        (module
          (import "host" "triple" (func $triple (param i32) (result i32)))
          (import "library" "double" (func $double (param i32) (result i32)))
          (type $unary (func (param i32) (result i32)))
          (table funcref (elem $triple $double))
          (func (export "run") (param i32) (result i32)
            (call_indirect (type $unary) (local.get 0) (i32.const 0))
            (call_indirect (type $unary) (i32.const 5) (i32.const 1))
            i32.add
            (i32.add (call $triple (i32.const 100)) (call $double (i32.const 1000)))
            i32.add))
        """

    @Test("indirect and direct calls of the host and of other instances survive every stop", arguments: 1...20)
    func everySlice(slice: UInt64) throws {
        let store = Store()
        let type = FunctionType([.i32], [.i32])
        var imports = Imports()
        imports.define("host", "triple", .function(store.add(HostFunction(type) { $0.setResult(.i32($0[0].i32 * 3)) })))
        let library = try Instance(Module(WAT.assemble(Self.library)), store: store)
        imports.define("library", "double", .function(try #require(library.function("double"))))
        let instance = try Instance(Module(WAT.assemble(Self.source)), imports: imports, store: store)
        let execution = try Execution(calling: try #require(instance.function("run")), [.i32(7)])
        var outcome = execution.run(slice: 0)
        while case .outOfFuel = outcome { outcome = execution.run(slice: slice) }
        guard case .finished(let values) = outcome else { return #expect(Bool(false), "did not finish") }
        #expect(values == [.i32(21 + 10 + 300 + 2000)])
        #expect(execution.fuelUsed == 19)
    }
}
