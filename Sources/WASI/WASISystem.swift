import Glibc
import WasmRuntime

/// The operating system that one running guest sees: `wasi_snapshot_preview1`, over what was granted.
///
/// Used by one thread at a time. Calls may wait (for input, a clock); `deadline` bounds that.
public final class WASISystem {
    let grants: WASIGrants
    var descriptors: DescriptorTable
    let resolver: DirectoryResolver

    /// A call that still waits at this moment ends the guest with `WASIEnd.deadline`.
    public var deadline: ContinuousClock.Instant?

    /// Where a guest waits that has nothing to wait for but a clock.
    public enum Waiting: Sendable {
        /// In its call, on the thread that runs it.
        case inCall
        /// Nowhere: its execution is suspended, and `suspendedWait` says until when.
        case suspended
    }

    public var waiting = Waiting.inCall

    /// What the guest is suspended for, between the outcome `suspended` and `endWait`.
    public internal(set) var suspendedWait: SuspendedWait?

    /// Whether the guest has asked for the time or for random bytes, so that running it again gives something else.
    public internal(set) var isNondeterministic = false

    public convenience init(_ grants: WASIGrants) { self.init(grants, resolver: DirectoryResolver()) }

    init(_ grants: WASIGrants, resolver: DirectoryResolver) {
        self.grants = grants
        self.resolver = resolver
        descriptors = DescriptorTable(grants)
    }

    /// The module that guests import from.
    public static let moduleName = "wasi_snapshot_preview1"

    /// Defines the functions that a module imports, and no others. What preview 1 does not have stays undefined, and
    /// instantiation then names it.
    /// - Parameter store: the one that the module is to be instantiated in.
    public func define(in imports: inout Imports, for module: Module, store: Store) {
        for item in module.imports where item.module == Self.moduleName {
            guard let function = FunctionTable.functions[item.name] else { continue }
            let host = hostFunction(function)
            imports.define(item.module, item.name, .function(store.add(host, name: "\(item.module).\(item.name)")))
        }
    }

    /// Hands over what the guest has written but not ended with a line end. To be called when it has ended.
    public func finish() {
        for sink in descriptors.sinks { sink.finish() }
    }

    /// Forgets what the guest did to its descriptors: for an instance that starts anew.
    public func reset() {
        finish()
        suspendedWait = nil
        descriptors = DescriptorTable(grants)
    }

    private func hostFunction(_ function: FunctionTable.Function) -> HostFunction {
        let body = function.body(self)
        return HostFunction(function.type) { call in
            var answer = WASIErrno.success
            do {
                try body(call, GuestMemory(call.memory))
            } catch let errno as WASIErrno {
                answer = errno
            }
            if !function.type.results.isEmpty { call.setResult(u32: UInt32(answer.rawValue)) }
        }
    }
}

/// Why a guest's execution ended inside a function of WASI: the error of `Execution.Outcome.failed`.
public enum WASIEnd: Error, Equatable, Sendable, CustomStringConvertible {
    /// It called `proc_exit`. Only the lowest 8 bits reach a parent process.
    case exit(code: UInt32)
    /// It raised a signal that ends a process.
    /// - Parameter signal: its number in preview 1.
    case raised(signal: UInt32)
    /// `WASISystem.deadline` passed while it waited.
    case deadline

    public var description: String {
        switch self {
        case .exit(let code): "the program ended with code \(code)"
        case .raised(let signal): "the program raised signal \(signal)"
        case .deadline: "the time was over while the program waited"
        }
    }
}
