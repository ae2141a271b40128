import Glibc
import WASI
import WasmRuntime
import WasmTestSupport

/// A guest and the call of it that snapshots are taken of: a WASI program's start, or `run` of an i32.
struct Guest {
    struct NoEntry: Error {}
    struct Unreadable: Error {
        let path: String
    }

    let instance: Instance
    let call: Execution
    private let system: WASISystem?

    /// - Parameters:
    ///   - arguments: the program's, without its name; or the function's argument.
    ///   - snapshot: goes on from there, instead of the beginning.
    init(_ module: Module, _ arguments: [String], restoring snapshot: [UInt8]? = nil) throws {
        let store = Store()
        var imports = Imports()
        let isProgram = module.exports.contains { $0.name == "_start" }
        if isProgram {
            var grants = WASIGrants()
            grants.standardOutput = .descriptor(STDOUT_FILENO)
            grants.arguments = ["program"] + arguments
            let system = WASISystem(grants)
            system.define(in: &imports, for: module, store: store)
            self.system = system
        } else {
            SnapshotHost.define(in: &imports, store)
            system = nil
        }
        if let snapshot {
            instance = try Instance(restoring: snapshot, of: module, imports: imports, store: store)
            guard let call = instance.restoredCalls.first else { throw NoEntry() }
            self.call = call
            return
        }
        instance = try Instance(module, imports: imports, store: store)
        guard let function = instance.function(isProgram ? "_start" : "run") else { throw NoEntry() }
        call = try Execution(calling: function, isProgram ? [] : [.i32(Int32(arguments.first ?? "") ?? 0)])
    }

    /// Runs until as much fuel is used and a snapshot can be taken, or to the end.
    /// - Parameter stopsInHost: whether a suspended host call counts as well.
    /// - Returns: nil if it ended.
    func snapshot(after fuel: UInt64, stopsInHost: Bool) throws -> [UInt8]? {
        while true {
            switch call.run(slice: fuel - min(fuel, call.fuelUsed)) {
            case .outOfFuel:
                if call.fuelUsed >= fuel { return try instance.snapshot(of: [call]) }
            case .suspended(let pending):
                if stopsInHost { return try instance.snapshot(of: [call]) }
                call.resume(returning: SnapshotHost.answer(pending))
            default: return nil
            }
        }
    }

    /// Runs to the end.
    /// - Returns: how it ended, and after how much fuel.
    func finish() -> String {
        if let pending = call.pendingCall { call.resume(returning: SnapshotHost.answer(pending)) }
        while true {
            switch call.run() {
            case .suspended(let pending): call.resume(returning: SnapshotHost.answer(pending))
            case let outcome:
                system?.finish()
                return "\(outcome) fuel \(call.fuelUsed)"
            }
        }
    }
}
