import Testing
import WasmRuntime
import WasmTestSupport

@Suite("64-bit memories and tables")
struct Memory64Tests {
    private static let source = """
        (module
          (memory $m i64 1 3)
          (func (export "load") (param i64) (result i32) (i32.load offset=4 (local.get 0)))
          (func (export "store") (param i64 f64) (f64.store offset=8 (local.get 0) (local.get 1)))
          (func (export "sum") (param i64 i64) (result i64)
            (i64.load (i64.add (local.get 0) (local.get 1))))
          (func (export "constant") (result i32) (i32.load8_u (i64.const 0x100000000)))
          (func (export "fill") (param i64 i64) (memory.fill (local.get 0) (i32.const 5) (local.get 1)))
          (func (export "size") (result i64) memory.size)
          (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0))))
        """

    private func outcome(_ instance: Instance, _ name: String, _ arguments: [Value]) throws -> Execution.Outcome {
        try Execution(calling: try #require(instance.function(name)), arguments).run()
    }

    private func instance() throws -> Instance {
        try Instance(Module(WAT.assemble(Self.source, options: ["--enable-memory64"])))
    }

    @Test(
        "an address is what it is, however large",
        arguments: [
            ("load", [.i64(65_528)], 0), ("load", [.i64(65_529)], 65_533),
            ("load", [.i64(bits: 0x1_0000_0000)], 0x1_0000_0004), ("load", [.i64(-1)], .max),
            ("load", [.i64(-8)], 0xFFFF_FFFF_FFFF_FFFC), ("load", [.i64(0xFFFF_FFFF)], 0x1_0000_0003),
            ("sum", [.i64(8), .i64(-8)], 0), ("sum", [.i64(0x7FFF_FFFF_FFFF_FFF0), .i64(8)], 0x7FFF_FFFF_FFFF_FFF8),
            ("sum", [.i64(0x1_0000_0000), .i64(0)], 0x1_0000_0000), ("constant", [], 0x1_0000_0000),
            ("store", [.i64(0x2_0000_0000), .f64(1)], 0x2_0000_0008), ("store", [.i64(0), .f64(1)], 0),
            ("fill", [.i64(0x1_0000_0000), .i64(0)], 0x1_0000_0000), ("fill", [.i64(65_536), .i64(0)], 0),
            ("fill", [.i64(1), .i64(0x1_0000_0000)], 1),
        ] as [(String, [Value], UInt64)])
    func addresses(name: String, arguments: [Value], trapAddress: UInt64) throws {
        let outcome = try outcome(try instance(), name, arguments)
        switch outcome {
        case .finished: #expect(trapAddress == 0)
        case .trapped(let trap):
            guard case .memoryBounds(let address, _, 65_536) = trap.reason else {
                return #expect(Bool(false), "\(trap)")
            }
            #expect(address == trapAddress)
            #expect(trap.frames.first?.name == name)
        default: #expect(Bool(false), "\(outcome)")
        }
    }

    @Test(
        "size and growth have 64 bits",
        arguments: [(2, 1), (3, -1), (0x1_0000_0000, -1), (-1, -1)] as [(Int64, Int64)])
    func growth(pages: Int64, before: Int64) throws {
        let instance = try instance()
        guard case .finished(let values) = try outcome(instance, "grow", [.i64(pages)]) else {
            return #expect(Bool(false), "did not finish")
        }
        #expect(values == [.i64(before)])
        guard case .finished(let size) = try outcome(instance, "size", []) else {
            return #expect(Bool(false), "did not finish")
        }
        #expect(size == [.i64(before < 0 ? 1 : 3)])
    }

    @Test("an offset may have 64 bits, and its sum with the address is never wrapped")
    func offsets() throws {
        for (offset, address, expected) in [
            (0x1_0000_0000, 0, 0x1_0000_0000), (.max, 1, .max), (.max - 1, 1, .max), (0xFFFF_FFFF, 1, 0x1_0000_0000),
        ] as [(UInt64, Int64, UInt64)] {
            let code = [0x42] + BinaryModule.signed(address) + [0x28, 2] + BinaryModule.unsigned(offset)
            let bytes = Self.module(memory: [4, 1], code: code)
            let instance = try Instance(Module(bytes))
            guard case .trapped(let trap) = try outcome(instance, "f", []) else {
                return #expect(Bool(false), "did not trap")
            }
            #expect(trap.reason == .memoryBounds(address: expected, count: 4, size: 65_536))
        }
        let narrow = Self.module(memory: [0, 1], code: [0x41, 0, 0x28, 2] + BinaryModule.unsigned(0x1_0000_0000))
        let error = #expect(throws: ModuleError.self) { try Module(narrow) }
        #expect(error?.kind == .invalid)
    }

    /// A function `f` that gives an i32.
    private static func module(memory: [UInt8], code: [UInt8]) -> [UInt8] {
        BinaryModule.module(
            BinaryModule.section(1, BinaryModule.type([], [BinaryModule.i32])), BinaryModule.section(3, [0]),
            BinaryModule.section(5, memory), BinaryModule.section(7, BinaryModule.export("f", 0, 0)),
            BinaryModule.section(10, BinaryModule.body(code)))
    }

    @Test(
        "a declared size beyond what a host can have is valid, and refused when it is instantiated",
        arguments: [(65_537, true), (1 << 48, true), ((1 << 48) + 1, false), (.max, false)] as [(UInt64, Bool)])
    func sizes(pages: UInt64, isValid: Bool) throws {
        let bytes = BinaryModule.module(BinaryModule.section(5, [4] + BinaryModule.unsigned(pages)))
        guard isValid else {
            #expect(throws: ModuleError.self) { try Module(bytes) }
            return
        }
        let module = try Module(bytes)
        let error = #expect(throws: InstantiationError.self) { try Instance(module) }
        #expect("\(error!)".contains("at most 65536 allowed"))
        let table = try Module(
            BinaryModule.module(BinaryModule.section(4, [0x70, 4] + BinaryModule.unsigned(.max))))
        #expect(throws: InstantiationError.self) { try Instance(table) }
    }

    @Test(
        "a table's operands have 64 bits",
        arguments: [
            ("get", [.i64(0x1_0000_0000)], .tableBounds(index: 0x1_0000_0000, count: 1)),
            ("get", [.i64(2)], .tableBounds(index: 2, count: 1)), ("get", [.i64(1)], nil),
            ("call", [.i64(0x1_0000_0000)], .undefinedElement(index: 0x1_0000_0000, size: 2)), ("call", [.i64(0)], nil),
            ("fill", [.i64(0), .i64(0x1_0000_0000)], .tableBounds(index: 0, count: 0x1_0000_0000)),
            ("fill", [.i64(0), .i64(2)], nil),
        ] as [(String, [Value], Trap.Reason?)])
    func tables(name: String, arguments: [Value], reason: Trap.Reason?) throws {
        let i64 = BinaryModule.i64, i32 = BinaryModule.i32, reference = BinaryModule.funcRef
        let bytes = BinaryModule.module(
            BinaryModule.section(
                1, BinaryModule.type([i64], [reference]), BinaryModule.type([i64], [i32]),
                BinaryModule.type([i64, i64], []), BinaryModule.type([], [i32])),
            BinaryModule.section(3, [0], [1], [2], [3], [1]), BinaryModule.section(4, [reference, 4, 2]),
            BinaryModule.section(
                7, BinaryModule.export("get", 0, 0), BinaryModule.export("call", 0, 1),
                BinaryModule.export("fill", 0, 2), BinaryModule.export("grow", 0, 4)),
            BinaryModule.section(9, [0, 0x42, 0, 0x0B, 1, 3]),
            BinaryModule.section(
                10, BinaryModule.body([0x20, 0, 0x25, 0]), BinaryModule.body([0x20, 0, 0x11, 3, 0]),
                BinaryModule.body([0x20, 0, 0xD0, 0x70, 0x20, 1, 0xFC, 0x11, 0]), BinaryModule.body([0x41, 7]),
                BinaryModule.body([0xD0, 0x70, 0x20, 0, 0xFC, 0x0F, 0, 0xA7])))
        let instance = try Instance(Module(bytes))
        switch try outcome(instance, name, arguments) {
        case .finished: #expect(reason == nil)
        case .trapped(let trap): #expect(trap.reason == reason)
        case let other: #expect(Bool(false), "\(other)")
        }
        guard case .finished(let values) = try outcome(instance, "grow", [.i64(0x1_0000_0000)]) else {
            return #expect(Bool(false), "did not finish")
        }
        #expect(values == [.i32(-1)])
        let off = #expect(throws: ModuleError.self) { try Module(bytes, features: .all.subtracting(.memory64)) }
        #expect(off?.kind == .unsupported)
        #expect(off?.message == "64-bit memories and tables are off")
    }

    @Test("memories of both kinds are copied between, counted with the narrower")
    func mixed() throws {
        let bytes = BinaryModule.module(
            BinaryModule.section(1, BinaryModule.type([], [])), BinaryModule.section(3, [0], [0]),
            BinaryModule.section(5, [4, 1], [0, 1]),
            BinaryModule.section(
                7, BinaryModule.export("there", 0, 0), BinaryModule.export("far", 0, 1)),
            BinaryModule.section(
                10,
                BinaryModule.body([0x41, 8, 0x42, 0, 0x41, 4, 0xFC, 0x0A, 1, 0]),
                BinaryModule.body(
                    [0x42] + BinaryModule.signed(0x1_0000_0000) + [0x41, 0, 0x41, 1, 0xFC, 0x0A, 0, 1])),
            BinaryModule.section(11, [0, 0x42, 0, 0x0B, 4, 1, 2, 3, 4]))
        let instance = try Instance(Module(bytes))
        guard case .finished = try outcome(instance, "there", []) else { return #expect(Bool(false), "did not finish") }
        #expect(instance.memories[1].read(8, 4) == [1, 2, 3, 4])
        guard case .trapped(let trap) = try outcome(instance, "far", []) else {
            return #expect(Bool(false), "did not trap")
        }
        #expect(trap.reason == .memoryBounds(address: 0x1_0000_0000, count: 1, size: 65_536))
    }
}
