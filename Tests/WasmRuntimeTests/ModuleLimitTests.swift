import Testing
import WasmRuntime
import WasmTestSupport

/// Each limit of a module: refused one above it by an error that names it, accepted at it.
@Suite("Limits of a module")
struct ModuleLimitTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let set: @Sendable (inout ModuleLimits, Int) -> Void
        /// What `source` has of it.
        let count: Int
        let source: String
        let message: String

        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "types", set: { $0.typesMax = $1 }, count: 2, source: "(type (func)) (type (func (param i32)))",
            message: "2 types, at most 1 allowed"),
        Case(
            name: "parameters", set: { $0.parametersMax = $1 }, count: 3, source: "(type (func (param i32 i32 i32)))",
            message: "3 parameters, at most 2 allowed"),
        Case(
            name: "results", set: { $0.resultsMax = $1 }, count: 3, source: "(type (func (result i32 i32 i32)))",
            message: "3 results, at most 2 allowed"),
        Case(
            name: "imports", set: { $0.importsMax = $1 }, count: 2,
            source: "(import \"a\" \"b\" (func)) (import \"a\" \"c\" (func))", message: "2 imports, at most 1 allowed"),
        Case(
            name: "exports", set: { $0.exportsMax = $1 }, count: 2,
            source: "(func) (export \"a\" (func 0)) (export \"b\" (func 0))", message: "2 exports, at most 1 allowed"),
        Case(
            name: "functions", set: { $0.functionsMax = $1 }, count: 2, source: "(func) (func)",
            message: "2 functions, at most 1 allowed"),
        Case(
            name: "globals", set: { $0.globalsMax = $1 }, count: 2,
            source: "(global i32 (i32.const 0)) (global i32 (i32.const 0))", message: "2 globals, at most 1 allowed"),
        Case(
            name: "tables", set: { $0.tablesMax = $1 }, count: 2, source: "(table 1 funcref) (table 1 funcref)",
            message: "2 tables, at most 1 allowed"),
        Case(
            name: "memories", set: { $0.memoriesMax = $1 }, count: 1, source: "(memory 1)",
            message: "1 memories, at most 0 allowed"),
        Case(
            name: "data segments", set: { $0.segmentsMax = $1 }, count: 2, source: "(data \"a\") (data \"b\")",
            message: "2 data segments, at most 1 allowed"),
        Case(
            name: "element segments", set: { $0.segmentsMax = $1 }, count: 2,
            source: "(elem func) (elem func)", message: "2 element segments, at most 1 allowed"),
        Case(
            name: "elements", set: { $0.segmentElementsMax = $1 }, count: 3, source: "(func) (elem func 0 0 0)",
            message: "3 elements, at most 2 allowed"),
        Case(
            name: "bytes of a function", set: { $0.functionBytesMax = $1 }, count: 6,
            source: "(func i32.const 0 drop nop)", message: "function of 6 bytes, at most 5 allowed"),
        Case(
            name: "locals", set: { $0.localsMax = $1 }, count: 4, source: "(func (local i32 i64 i32 i32))",
            message: "4 locals, at most 3 allowed"),
        Case(
            name: "nesting", set: { $0.nestingMax = $1 }, count: 4, source: "(func block block block end end end)",
            message: "blocks nested deeper than 3"),
    ]

    @Test("one more than allowed is refused, and the error names the limit", arguments: cases)
    func refused(_ row: Case) throws {
        let bytes = try WAT.assemble("(module \(row.source))")
        var limits = ModuleLimits()
        row.set(&limits, row.count - 1)
        let error = #expect(throws: ModuleError.self) { try Module(bytes, limits: limits) }
        #expect(error?.kind == .tooLarge)
        #expect(error?.message == row.message)
        row.set(&limits, row.count)
        _ = try Module(bytes, limits: limits)
    }

    @Test("the bytes of a module")
    func bytes() throws {
        let bytes = try WAT.assemble("(module (func))")
        var limits = ModuleLimits()
        limits.moduleBytesMax = bytes.count - 1
        let error = #expect(throws: ModuleError.self) { try Module(bytes, limits: limits) }
        #expect(error?.message == "\(bytes.count) bytes, at most \(bytes.count - 1) allowed")
        limits.moduleBytesMax = bytes.count
        _ = try Module(bytes, limits: limits)
    }

    @Test("the slots of a frame")
    func frameSlots() throws {
        let bytes = try WAT.assemble("(module (func (local i32 i32 i32 i32)))")
        var limits = ModuleLimits()
        limits.frameSlotsMax = 10
        let error = #expect(throws: ModuleError.self) { try Module(bytes, limits: limits) }
        #expect(error?.message.hasSuffix("slots, at most 10 allowed") == true)
        limits.frameSlotsMax = 20
        _ = try Module(bytes, limits: limits)
    }
}
