@testable import WasmRuntime

/// A module whose imported functions stop the guest, so that what the host answers can be seen.
struct RecordableModule {
    let module: Module

    struct Missing: Error {}

    /// - Parameters:
    ///   - imports: what its imports are; functions are replaced by stops with the same behaviour.
    ///   - store: that of `imports`.
    func recorder(imports: Imports, store: Store) throws -> (recorder: CallRecorder, instance: Instance) {
        var linked = Imports()
        var bodies: [String: HostFunction] = [:]
        for item in module.imports {
            guard let found = imports[item.module, item.name] else { throw Missing() }
            guard case .function(let function) = found else {
                linked.define(item.module, item.name, found)
                continue
            }
            guard let host = store.hosts[function.reference] else { throw Missing() }
            let name = "\(item.module).\(item.name)"
            bodies[name] = host.function
            linked.define(item.module, item.name, .function(store.add(.suspending(function.type), name: name)))
        }
        let instance = try Instance(deferringStart: module, imports: linked, store: store)
        var recorder = CallRecorder(instance, bodies: bodies)
        if let start = instance.startFunction { try recorder.call(start, []) }
        return (recorder, instance)
    }
}

extension WasmFeatures {
    /// What the program that replays recordings can do: it has nobody who looks for catch clauses.
    static let recordable = WasmFeatures.all.subtracting(.exceptions)
}
