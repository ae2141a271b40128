import Testing
import WASITestSupport
import WasmRuntime

@testable import WASI

extension CProgram {
    /// Runs a program to its end.
    /// - Returns: its exit code and what it wrote.
    static func run(
        _ program: [UInt8], _ grants: WASIGrants, resolving method: DirectoryResolver.Method = .kernel
    ) throws -> (code: UInt32, output: String) {
        let sink = CollectingSink(bytesMax: 1 << 20)
        var grants = grants
        grants.standardOutput = .sink(sink)
        grants.standardError = .sink(sink)
        let system = WASISystem(grants, resolver: DirectoryResolver(method))
        let store = Store()
        let module = try Module(program)
        var imports = Imports()
        system.define(in: &imports, for: module, store: store)
        let instance = try Instance(module, imports: imports, store: store)
        let start = try #require(instance.function("_start"))
        switch try Execution(calling: start, []).run() {
        case .finished: return (0, String(decoding: sink.bytes, as: UTF8.self))
        case .failed(WASIEnd.exit(let code)): return (code, String(decoding: sink.bytes, as: UTF8.self))
        case .failed(let error): throw error
        case .trapped(let trap): throw trap
        default: throw GuestProbe.ProbeError.unexpected
        }
    }
}
