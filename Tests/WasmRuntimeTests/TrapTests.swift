import Testing
import WasmRuntime
import WasmTestSupport

@Suite("Traps")
struct TrapTests {
    private static let source = """
        (module
          (memory 1 2)
          (table 3 funcref)
          (elem (i32.const 0) $divide)
          (type $unary (func (param i32) (result i32)))
          (func $divide (export "divide") (param i32 i32) (result i32) local.get 0 local.get 1 i32.div_s)
          (func $load (export "load") (param i32) (result i32) local.get 0 i32.load offset=2)
          (func (export "outer") (param i32) (result i32) local.get 0 call $load i32.const 1 i32.add)
          (func (export "convert") (param f64) (result i32) local.get 0 i32.trunc_f64_s)
          (func (export "indirect") (param i32) (result i32) i32.const 1 local.get 0 call_indirect (type $unary))
          (func $recurse (export "recurse") call $recurse)
          (func (export "copy") (param i32) i32.const 0 i32.const 0 local.get 0 memory.copy)
          (func (export "unreachable") unreachable))
        """

    private func trap(_ name: String, _ arguments: [Value]) throws -> Trap? {
        let instance = try Instance(Module(WAT.assemble(Self.source)))
        let function = try #require(instance.function(name))
        guard case .trapped(let trap) = try Execution(calling: function, arguments).run() else { return nil }
        return trap
    }

    @Test(
        "a trap says why, with the values",
        arguments: [
            ("divide", [.i32(1), .i32(0)], .divisionByZero),
            ("divide", [.i32(.min), .i32(-1)], .integerOverflow),
            ("load", [.i32(65_534)], .memoryBounds(address: 65_536, count: 4, size: 65_536)),
            ("load", [.i32(-1)], .memoryBounds(address: 0x1_0000_0001, count: 4, size: 65_536)),
            ("convert", [.f64(.nan)], .invalidConversion),
            ("convert", [.f64(1e10)], .integerOverflow),
            ("indirect", [.i32(0)], .indirectCallTypeMismatch(index: 0)),
            ("indirect", [.i32(1)], .uninitializedElement(index: 1)),
            ("indirect", [.i32(3)], .undefinedElement(index: 3, size: 3)),
            ("recurse", [], .stackExhausted(bytes: 8 << 20)),
            ("copy", [.i32(65_537)], .memoryBounds(address: 0, count: 65_537, size: 65_536)),
            ("unreachable", [], .unreachable),
        ] as [(String, [Value], Trap.Reason)])
    func reason(name: String, arguments: [Value], expected: Trap.Reason) throws {
        #expect(try trap(name, arguments)?.reason == expected)
    }

    @Test("a load that just fits does not trap")
    func lastBytes() throws { #expect(try trap("load", [.i32(65_530)]) == nil) }

    @Test("frames carry names and the offsets of their instructions")
    func frames() throws {
        let bytes = try WAT.assemble(Self.source)
        let trap = try #require(try trap("outer", [.i32(70_000)]))
        #expect(trap.frames.map(\.name) == ["load", "outer"])
        let opcodes = trap.frames.compactMap(\.offset).map { bytes[$0] }
        #expect(opcodes == [0x28, 0x10], "i32.load, call")
        #expect(
            "\(trap)".hasPrefix(
                "out of bounds memory access: 4 bytes at 0x11172, memory is 65536 bytes\n    in load at offset 0x"))
    }

    @Test("recursion is bounded by the stack alone, and reports the innermost frames")
    func recursion() throws {
        let trap = try #require(try trap("recurse", []))
        #expect(trap.frames.count == 32)
        #expect(trap.frames.allSatisfy { $0.name == "recurse" })
    }
}
