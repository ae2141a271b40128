import Testing
import WasmRuntime
import WasmTestSupport

@Suite("Fresh instances")
struct TemplateTests {
    private static let source = """
        (module
          (memory (export "memory") 2 8)
          (data (i32.const 100) "initial")
          (data $passive "passive")
          (global $g (export "g") (mut i32) (i32.const 1))
          (table $t (export "t") 2 10 funcref)
          (elem declare func $init)
          (func $init (export "init")
            (global.set $g (i32.const 42))
            (i32.store (i32.const 4094) (i32.const 0x11223344)))
          (func (export "spoil")
            (global.set $g (i32.const 7))
            (i64.store (i32.const 98) (i64.const -1))
            (i64.store (i32.const 8190) (i64.const -1))
            (i32.store8 (i32.const 131071) (i32.const 9))
            (memory.fill (i32.const 20000) (i32.const 5) (i32.const 9000))
            (drop (memory.grow (i32.const 3)))
            (i32.store (i32.const 300000) (i32.const 1))
            (table.set $t (i32.const 0) (ref.func $init))
            (drop (table.grow $t (ref.func $init) (i32.const 3)))
            (memory.init $passive (i32.const 0) (i32.const 0) (i32.const 7))
            (data.drop $passive))
          (func (export "size") (result i32) memory.size)
          (func (export "passive") (memory.init $passive (i32.const 0) (i32.const 0) (i32.const 7))))
        """

    private func call(_ instance: Instance, _ name: String) throws -> [Value]? {
        let function = try #require(instance.function(name))
        guard case .finished(let values) = try Execution(calling: function, []).run() else { return nil }
        return values
    }

    private func contents(_ instance: Instance) throws -> [UInt8] {
        let memory = try #require(instance.memory)
        return try #require(memory.read(0, memory.bytesCount))
    }

    @Test("a reset undoes everything that a call changed")
    func reset() throws {
        let module = try Module(WAT.assemble(Self.source))
        let instance = try Instance(module)
        _ = try call(instance, "init")
        let before = try contents(instance)
        let template = try #require(InstanceTemplate(of: instance))
        for _ in 0..<3 {
            #expect(try call(instance, "spoil") != nil)
            #expect(try contents(instance) != before)
            #expect(template.reset(instance) > 0)
            #expect(try contents(instance) == before)
            #expect(try call(instance, "size") == [.i32(2)])
            #expect(instance.global("g")?.value == .i32(42))
            guard case .table(let table)? = instance[export: "t"] else { return #expect(Bool(false), "no table") }
            #expect(table.count == 2)
            #expect(table[0]?.isNull == true)
            #expect(try call(instance, "passive") != nil, "the passive segment is back")
            template.reset(instance)
        }
        #expect(template.reset(instance) == 0, "nothing was written")
    }

    @Test("grown pages are zero when they are grown again")
    func grownPages() throws {
        let instance = try Instance(Module(WAT.assemble(Self.source)))
        let template = try #require(InstanceTemplate(of: instance))
        _ = try call(instance, "spoil")
        template.reset(instance)
        #expect(instance.memory?.grow(by: 4) == 2)
        #expect(instance.memory?.read(300_000, 4) == [0, 0, 0, 0])
    }

    @Test("an instance made from a template equals the one it was taken from")
    func instantiate() throws {
        let module = try Module(WAT.assemble(Self.source))
        let first = try Instance(module)
        _ = try call(first, "init")
        let template = try #require(InstanceTemplate(of: first))
        let second = try Instance(module, imports: Imports(), store: Store(), template: template)
        #expect(try contents(second) == contents(first))
        #expect(second.global("g")?.value == .i32(42))
    }
}
