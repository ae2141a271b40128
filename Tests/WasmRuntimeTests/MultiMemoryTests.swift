import Testing
import WasmRuntime
import WasmTestSupport

@Suite("Several memories")
struct MultiMemoryTests {
    private static func module(_ source: String, features: WasmFeatures = .all) throws -> Module {
        try Module(WAT.assemble(source, options: ["--enable-multi-memory"]), features: features)
    }

    private static let source = """
        (module
          (memory $a (export "a") 1)
          (memory $b (export "b") 2 4)
          (memory $c (export "c") 0)
          (data (memory $a) (i32.const 0) "first")
          (data (memory $b) (i32.const 70000) "second")
          (data $passive "passive")
          (func (export "sizes") (result i32 i32 i32) (memory.size $a) (memory.size $b) (memory.size $c))
          (func (export "grow") (param i32) (result i32 i32) (memory.grow $b (local.get 0)) (memory.size $b))
          ;; Sums i32s of the first memory into an f64 of the second, in a loop that can be stopped.
          (func (export "sum") (param i32) (result f64) (local i32)
            (loop $again
              (i32.store $a offset=64 (i32.shl (local.get 1) (i32.const 2)) (i32.mul (local.get 1) (local.get 1)))
              (f64.store $b (i32.const 8)
                (f64.add (f64.load $b (i32.const 8))
                  (f64.convert_i32_u (i32.load $a offset=64 (i32.shl (local.get 1) (i32.const 2))))))
              (i64.store16 $b (i32.add (local.get 1) (i32.const 100)) (i64.const 0x1234))
              (br_if $again (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0))))
            (f64.load $b (i32.const 8)))
          (func (export "load a") (param i32) (result i32) (i32.load $a offset=4 (local.get 0)))
          (func (export "load b") (param i32) (result i32) (i32.load $b offset=4 (local.get 0)))
          (func (export "load c") (param i32) (result i32) (i32.load8_u $c (local.get 0)))
          (func (export "store b") (param i32) (i64.store $b (local.get 0) (i64.const -1)))
          (func (export "copy") (param i32 i32 i32) (memory.copy $b $a (local.get 0) (local.get 1) (local.get 2)))
          (func (export "fill") (param i32 i32 i32) (memory.fill $b (local.get 0) (local.get 1) (local.get 2)))
          (func (export "init") (param i32 i32 i32)
            (memory.init $b $passive (local.get 0) (local.get 1) (local.get 2))))
        """

    private func outcome(_ instance: Instance, _ name: String, _ arguments: [Int32]) throws -> Execution.Outcome {
        try Execution(calling: try #require(instance.function(name)), arguments.map { .i32($0) }).run()
    }

    private func values(_ instance: Instance, _ name: String, _ arguments: [Int32] = []) throws -> [Value] {
        let outcome = try outcome(instance, name, arguments)
        guard case .finished(let values) = outcome else {
            Issue.record("\(outcome)")
            return []
        }
        return values
    }

    @Test("each memory has its own bytes and its own size")
    func independence() throws {
        let instance = try Instance(Self.module(Self.source))
        #expect(try values(instance, "sizes") == [.i32(1), .i32(2), .i32(0)])
        #expect(try values(instance, "grow", [2]) == [.i32(2), .i32(4)])
        #expect(try values(instance, "grow", [1]) == [.i32(-1), .i32(4)])
        #expect(instance.memories[0].read(0, 5) == Array("first".utf8))
        #expect(instance.memories[1].read(70_000, 6) == Array("second".utf8))
        _ = try values(instance, "copy", [10, 0, 5])
        _ = try values(instance, "fill", [20, 7, 3])
        _ = try values(instance, "init", [30, 0, 7])
        #expect(instance.memories[1].read(10, 5) == Array("first".utf8))
        #expect(instance.memories[1].read(20, 4) == [7, 7, 7, 0])
        #expect(instance.memories[1].read(30, 7) == Array("passive".utf8))
        #expect(instance.memories[0].read(10, 30) == Array(repeating: 0, count: 30))
    }

    @Test("a stop anywhere between accesses changes nothing", arguments: [1, 2, 5, 17, 1_000] as [UInt64])
    func stops(slice: UInt64) throws {
        let instance = try Instance(Self.module(Self.source))
        let execution = try Execution(calling: try #require(instance.function("sum")), [.i32(100)])
        var outcome = execution.run(slice: slice)
        while case .outOfFuel = outcome { outcome = execution.run(slice: slice) }
        guard case .finished(let values) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(values == [.f64(328_350)])
        #expect(instance.memories[1].read(100, 2) == [0x34, 0x34])
        #expect(execution.fuelUsed == 29 * 100 + 2)
    }

    @Test(
        "a trap names the size of the memory that was meant",
        arguments: [
            ("load a", [65_533], 65_537, 4, 65_536), ("load b", [131_069], 131_073, 4, 131_072),
            ("load c", [0], 0, 1, 0), ("store b", [-1], 0xFFFF_FFFF, 8, 131_072),
            ("copy", [131_070, 0, 3], 131_070, 3, 131_072), ("copy", [0, 65_534, 3], 65_534, 3, 65_536),
            ("fill", [131_072, 0, 1], 131_072, 1, 131_072), ("init", [131_066, 0, 7], 131_066, 7, 131_072),
        ] as [(String, [Int32], UInt64, UInt64, UInt64)])
    func traps(name: String, arguments: [Int32], address: UInt64, count: UInt64, size: UInt64) throws {
        let outcome = try outcome(try Instance(Self.module(Self.source)), name, arguments)
        guard case .trapped(let trap) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(trap.reason == .memoryBounds(address: address, count: count, size: size))
        #expect(trap.frames.first?.name == name)
    }

    @Test("a reset puts every memory back, pages that bulk operations wrote too")
    func reset() throws {
        let instance = try Instance(Self.module(Self.source))
        let template = try #require(InstanceTemplate(of: instance))
        _ = try values(instance, "sum", [2_000])
        _ = try values(instance, "copy", [100_000, 0, 5])
        _ = try values(instance, "fill", [65_000, 1, 2_000])
        _ = try values(instance, "grow", [2])
        #expect(template.reset(instance) == 6)
        #expect(try values(instance, "sizes") == [.i32(1), .i32(2), .i32(0)])
        let other = try Instance(Self.module(Self.source))
        for (memory, fresh) in zip(instance.memories, other.memories) {
            #expect(memory.read(0, memory.bytesCount) == fresh.read(0, fresh.bytesCount))
        }
        #expect(template.reset(instance) == 0)
        let module = try Self.module(Self.source)
        let first = try Instance(module)
        _ = try values(first, "sum", [10])
        let later = try #require(InstanceTemplate(of: first))
        let second = try Instance(module, imports: Imports(), store: Store(), template: later)
        #expect(second.memories[1].read(0, 131_072) == first.memories[1].read(0, 131_072))
    }

    @Test(
        "refused while the feature is off",
        arguments: [
            ("(memory 1) (memory 1)", "2 memories: multiple memories are off"),
            ("(memory 0) (memory 0) (func (drop (i32.load 1 (i32.const 0))))", "2 memories: multiple memories are off"),
        ])
    func off(fields: String, message: String) throws {
        let error = #expect(throws: ModuleError.self) {
            try Self.module("(module \(fields))", features: .all.subtracting(.multipleMemories))
        }
        #expect(error?.kind == .unsupported)
        #expect(error?.message == message)
    }

    @Test(
        "a memory's index that is out of range, or off, is refused by name",
        arguments: [
            ([0x41, 0, 0x28, 0x42, 1, 0, 0x1A], "unknown memory 1"), ([0x3F, 1, 0x1A], "unknown memory 1"),
            ([0x41, 0, 0x40, 0x85, 0x80, 0, 0x1A], "unknown memory 5"),
            ([0x41, 0, 0x41, 0, 0x41, 0, 0xFC, 0x0A, 0, 9], "unknown memory 9"),
            ([0x41, 0, 0x28, 0x42, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0, 0x1A], "unknown memory 4294967295"),
        ] as [([UInt8], String)])
    func indices(code: [UInt8], message: String) throws {
        let bytes = BinaryModule.module(
            BinaryModule.section(1, BinaryModule.type([], [])), BinaryModule.section(3, [0]),
            BinaryModule.section(5, [0, 1]), BinaryModule.section(10, BinaryModule.body(code)))
        let error = #expect(throws: ModuleError.self) { try Module(bytes) }
        #expect(error?.message == message)
        #expect(error?.kind == .invalid)
        let off = #expect(throws: ModuleError.self) {
            try Module(bytes, features: .all.subtracting(.multipleMemories))
        }
        #expect(off?.kind == .unsupported || off?.kind == .malformed)
        #expect(off?.message.contains("multiple memories are off") == true || off?.kind == .malformed)
    }

    @Test("all memories and tables of an instance are bounded together, by an error that names it")
    func total() throws {
        var limits = InstanceLimits()
        limits.totalBytesMax = 3 * 65_536
        let module = try Self.module("(module (memory 1) (memory 2))")
        #expect(throws: Never.self) { try Instance(module, store: Store(limits: limits)) }
        limits.totalBytesMax -= 1
        let error = #expect(throws: InstantiationError.self) { try Instance(module, store: Store(limits: limits)) }
        #expect(
            error.map(String.init(describing:)) == "not within limits: a memory of 2... pages: the memories and tables "
                + "of an instance may have 196607 bytes together, and have 65536")
        let table = try Self.module("(module (memory 1) (table 16384 funcref))")
        limits.totalBytesMax = 3 * 65_536
        #expect(throws: Never.self) { try Instance(table, store: Store(limits: limits)) }
        limits.totalBytesMax -= 1
        #expect(throws: InstantiationError.self) { try Instance(table, store: Store(limits: limits)) }
    }

    @Test("growth counts against the total, and a reset gives it back")
    func totalGrowth() throws {
        var limits = InstanceLimits()
        limits.totalBytesMax = 4 * 65_536
        let source = """
            (module (memory 1) (memory 1) (table $t 0 funcref)
              (func (export "grow") (param i32) (result i32) (memory.grow 1 (local.get 0)))
              (func (export "table") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0))))
            """
        let instance = try Instance(Self.module(source), store: Store(limits: limits))
        let template = try #require(InstanceTemplate(of: instance))
        for _ in 0..<3 {
            #expect(try values(instance, "table", [8_192]) == [.i32(0)])
            #expect(try values(instance, "grow", [2]) == [.i32(-1)])
            #expect(instance.memories[1].wasGrowthRefused)
            #expect(try values(instance, "grow", [1]) == [.i32(1)])
            #expect(try values(instance, "table", [8_192]) == [.i32(-1)])
            template.reset(instance)
        }
        #expect(try values(instance, "table", [16_384]) == [.i32(0)])
    }
}
