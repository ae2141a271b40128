import Testing
import WasmRuntime
import WasmTestSupport

@Suite("Hostile modules")
struct HostileModuleTests {
    private static let source = """
        (module
          (type $t (func (param i32 f64) (result i32 i64)))
          (import "a" "b" (func (param i32)))
          (memory 1) (table 2 funcref) (global (mut i64) (i64.const 5))
          (elem (i32.const 0) 0 1) (data (i32.const 3) "data")
          (export "x" (func 1)) (start 2)
          (func (type $t) (block (br_table 0 0 (local.get 0))) (i32.load (i32.const 0)) (i64.const 77))
          (func (local f32 i32) (loop (br_if 0 (local.get 1))) (call 0 (i32.const 1))))
        """

    @Test("every truncation is refused")
    func truncations() throws {
        let bytes = try WAT.assemble(Self.source)
        _ = try Module(bytes)
        // Cut off between sections, a module may be whole: only what the later ones need makes it wrong.
        var accepted = 0
        for count in 0..<bytes.count {
            do {
                _ = try Module(bytes.prefix(count))
                accepted += 1
            } catch {}
        }
        #expect(accepted < 8)
    }

    @Test("no change of one byte crashes the decoder, the validator or the translator")
    func byteChanges() throws {
        let bytes = try WAT.assemble(Self.source)
        var limits = InstanceLimits()
        limits.startFuel = 10_000
        let store = Store(limits: limits)
        var imports = Imports()
        imports.define("a", "b", .function(store.add(HostFunction(FunctionType([.i32])) { _ in })))
        for index in bytes.indices {
            for value: UInt8 in [0, 1, 0x0B, 0x40, 0x7F, 0x80, 0xFF, bytes[index] ^ 1] {
                var changed = bytes
                changed[index] = value
                guard let module = try? Module(changed) else { continue }
                guard let instance = try? Instance(module, imports: imports, store: store) else { continue }
                for export in module.exports {
                    guard let function = instance.function(export.name) else { continue }
                    let arguments = function.type.parameters.map(Self.zero)
                    _ = try Execution(calling: function, arguments, fuel: 10_000).run()
                }
            }
        }
    }

    private static func zero(_ type: ValueType) -> Value {
        switch type {
        case .i32: .i32(0)
        case .i64: .i64(0)
        case .f32: .f32(0)
        case .f64: .f64(0)
        case .funcRef: .nullFuncRef
        default: .externRef(nil)
        }
    }

    /// A module with one function `() -> ()` of the given code, `end` included.
    private func module(code: [UInt8]) -> [UInt8] {
        func leb(_ value: Int) -> [UInt8] {
            var value = value
            var bytes: [UInt8] = []
            repeat {
                bytes.append(UInt8(value & 0x7F) | (value > 0x7F ? 0x80 : 0))
                value >>= 7
            } while value > 0
            return bytes
        }
        let body = [0] + code
        let section = [1] + leb(body.count) + body
        return [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 0x66, 0, 0, 10]
            + leb(section.count) + section
    }

    private static func repeated(_ bytes: [UInt8], _ count: Int) -> [UInt8] {
        Array(Array(repeating: bytes, count: count).joined())
    }

    @Test("ten megabytes of nested blocks load or are refused, in linear time")
    func nesting() throws {
        let depth = 900_000
        let code: [UInt8] = Self.repeated([0x02, 0x40], depth) + Self.repeated([0x0B], depth + 1)
        let instance = try Instance(Module(module(code: code)))
        let function = try #require(instance.function("f"))
        guard case .finished = try Execution(calling: function, []).run() else {
            return #expect(Bool(false), "did not finish")
        }
        let deeper = Self.repeated([0x02, 0x40], 5_000_000)
        #expect(throws: ModuleError.self) { try Module(module(code: deeper)) }
    }

    @Test("a function that needs too many slots is refused when it is loaded")
    func operands() throws {
        let code: [UInt8] = Self.repeated([0x41, 0], 70_000) + Self.repeated([0x1A], 70_000) + [0x0B]
        let error = #expect(throws: ModuleError.self) { try Module(module(code: code)) }
        #expect(error?.kind == .tooLarge)
    }

    @Test("limits are inputs and their errors name them")
    func limits() throws {
        var limits = ModuleLimits()
        limits.functionsMax = 1
        let error = #expect(throws: ModuleError.self) { try Module(WAT.assemble(Self.source), limits: limits) }
        #expect(error?.kind == .tooLarge)
        #expect(error?.message == "2 functions, at most 1 allowed")
        limits = ModuleLimits()
        limits.moduleBytesMax = 10
        #expect(throws: ModuleError.self) { try Module(WAT.assemble(Self.source), limits: limits) }
    }

    @Test("memory, table and stack are bounded by the store")
    func storeLimits() throws {
        var limits = InstanceLimits()
        limits.memoryPagesMax = 2
        let grow = try Module(
            WAT.assemble("(module (memory 1) (func (export \"f\") (result i32) (memory.grow (i32.const 2))))"))
        let instance = try Instance(grow, store: Store(limits: limits))
        let function = try #require(instance.function("f"))
        guard case .finished(let values) = try Execution(calling: function, []).run() else {
            return #expect(Bool(false), "did not finish")
        }
        #expect(values == [.i32(-1)])
        #expect(instance.memory?.wasGrowthRefused == true)
        let large = try Module(WAT.assemble("(module (memory 3))"))
        #expect(throws: InstantiationError.self) { try Instance(large, store: Store(limits: limits)) }
        limits.tableElementsMax = 5
        let table = try Module(WAT.assemble("(module (table 6 funcref))"))
        #expect(throws: InstantiationError.self) { try Instance(table, store: Store(limits: limits)) }
    }

    @Test("a module that needs a feature which is off is refused by its name")
    func features() throws {
        let bytes = try WAT.assemble("(module (func (result i32) (i32.extend8_s (i32.const 1))))")
        let error = #expect(throws: ModuleError.self) {
            try Module(bytes, features: WasmFeatures.all.subtracting(.signExtension))
        }
        #expect(error?.kind == .unsupported)
        #expect(error?.message == "i32.extend8_s: sign extension is off")
    }
}
