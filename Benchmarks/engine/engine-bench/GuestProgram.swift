import Glibc
import WASI
import WasmRuntime

/// A WASI program that may write to standard output and error, and nothing else.
struct GuestProgram {
    private let module: Module

    init(file: String) throws { module = try Module(FileHandle.contents(of: file)) }

    /// - Parameter arguments: the program's, its name first.
    /// - Returns: its exit code.
    func run(_ arguments: [String]) throws -> Int32 {
        var grants = WASIGrants()
        grants.standardOutput = .descriptor(STDOUT_FILENO)
        grants.standardError = .descriptor(STDERR_FILENO)
        grants.arguments = arguments
        let store = Store()
        let system = WASISystem(grants)
        var imports = Imports()
        system.define(in: &imports, for: module, store: store)
        let instance = try Instance(module, imports: imports, store: store)
        guard let start = instance.function("_start") else { throw NoStart() }
        let outcome = try Execution(calling: start, []).run()
        system.finish()
        switch outcome {
        case .finished: return 0
        case .failed(WASIEnd.exit(let code)): return Int32(bitPattern: code)
        default:
            FileHandle.standardError.write("\(outcome)\n")
            return 134
        }
    }

    struct NoStart: Error {}
}
