import Synchronization
import Testing
import WasmTestSupport

@testable import WasmRuntime

/// A guest whose state has something that snapshots must not lose. `run` takes an i32 and gives an i64.
struct SnapshotGuest: Sendable, CustomTestStringConvertible {
    let name: String
    let argument: Int32
    let source: Source

    enum Source: Hashable {
        case text(String)
        case binary([UInt8])
    }

    init(name: String, argument: Int32, source: String) {
        (self.name, self.argument) = (name, argument)
        self.source = .text(source)
    }

    init(name: String, argument: Int32, bytes: [UInt8]) {
        (self.name, self.argument) = (name, argument)
        source = .binary(bytes)
    }

    var testDescription: String { name }

    private struct Key: Hashable {
        let source: Source
        let constantSlotsMax: Int
        let fuses: Bool
    }

    private static let modules = Mutex<[Key: Module]>([:])
    private static let assembled = Mutex<[Source: [UInt8]]>([:])

    var bytes: [UInt8] {
        get throws {
            switch source {
            case .binary(let bytes): return bytes
            case .text(let text):
                return try Self.assembled.withLock { assembled in
                    if let bytes = assembled[source] { return bytes }
                    let bytes = try WAT.assemble(
                        text, options: ["--enable-tail-call", "--enable-multi-memory", "--enable-memory64"])
                    assembled[source] = bytes
                    return bytes
                }
            }
        }
    }

    /// - Parameter translation: changes how frames are laid out.
    func link(
        translation: TranslationOptions = TranslationOptions(), limits: InstanceLimits = InstanceLimits()
    ) throws -> (module: Module, imports: Imports, store: Store) {
        let store = Store(limits: limits)
        var imports = Imports()
        SnapshotHost.define(in: &imports, store)
        return (try module(translation), imports, store)
    }

    private func module(_ translation: TranslationOptions) throws -> Module {
        let key = Key(source: source, constantSlotsMax: translation.constantSlotsMax, fuses: translation.fuses)
        let bytes = try bytes
        return try Self.modules.withLock { modules in
            if let module = modules[key] { return module }
            let module = try Module(bytes, translation: translation)
            modules[key] = module
            return module
        }
    }

    func start() throws -> (instance: Instance, call: Execution) {
        let (module, imports, store) = try link()
        let instance = try Instance(module, imports: imports, store: store)
        let function = try #require(instance.function("run"))
        return (instance, try Execution(calling: function, [.i32(argument)], fuel: 1_000_000))
    }

    /// Ways to lay out frames.
    static let translations = [
        TranslationOptions(), TranslationOptions(constantSlotsMax: 3), TranslationOptions(constantSlotsMax: 0),
        TranslationOptions(fuses: false),
    ]

    func restore(
        _ snapshot: [UInt8], translation: TranslationOptions = TranslationOptions()
    ) throws -> (instance: Instance, call: Execution) {
        let (module, imports, store) = try link(translation: translation)
        let instance = try Instance(restoring: snapshot, of: module, imports: imports, store: store)
        try #require(instance.restoredCalls.count == 1)
        return (instance, instance.restoredCalls[0])
    }

    /// Runs to the end, answering whatever the guest asks.
    static func finish(_ call: Execution) throws -> [Value] {
        if let pending = call.pendingCall { call.resume(returning: SnapshotHost.answer(pending)) }
        while true {
            switch call.run() {
            case .finished(let values): return values
            case .suspended(let pending): call.resume(returning: SnapshotHost.answer(pending))
            case .trapped(let trap): throw trap
            case .failed(let error): throw error
            case .outOfFuel: continue
            }
        }
    }
}
