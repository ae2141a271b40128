import Testing
import WASITestSupport
import WasmRuntime

@testable import LatticeCLI

@Suite("What `lattice inspect` says of a module")
struct ModuleSummaryTests {
    @Test("imports, exports, sizes and custom sections")
    func summary() throws {
        let program = try CProgram.compileFreestanding(
            """
            __attribute__((import_module("env"), import_name("ask"))) long long ask(int);
            __attribute__((export_name("answer"))) float answer(double x) { return x + ask(1); }
            """)
        let summary = ModuleSummary(try Module(program))
        #expect(summary.bytes == program.count && summary.functions >= 1)
        #expect(
            summary.imports == [
                ModuleSummary.Import(module: "env", name: "ask", kind: "func", type: "(i32) -> (i64)")
            ])
        #expect(
            summary.exports == [
                ModuleSummary.Export(name: "memory", kind: "memory", type: "2... pages"),
                ModuleSummary.Export(name: "answer", kind: "func", type: "(f64) -> (f32)"),
            ])
        #expect(summary.customSections.map(\.name).contains("name"))
        #expect(summary.text.contains("imports   env.ask  func (i32) -> (i64)\n"))
        #expect(summary.text.contains("          answer  func (f64) -> (f32)\n"))
    }

    @Test("a module with nothing in it")
    func empty() throws {
        let summary = ModuleSummary(try Module([0, 0x61, 0x73, 0x6D, 1, 0, 0, 0]))
        #expect(
            summary.text
                == "size      8 bytes, 0 functions of its own\nimports   none\nexports   none\ncustom    none\n")
    }
}
