import WasmRuntime

/// One instance of an actor, in a store of its own. One call at a time uses it.
// Safety: whoever takes it out of its pool is its only user until it is given back; the pool's lock orders the two.
final class GuestInstance: @unchecked Sendable {
    let instance: Instance
    let abi: GuestABI
    private let limits: ActorLimits
    private let store: Store
    private let guestCall: Function
    private let template: InstanceTemplate?

    /// The first instance: runs the start function and the initialisers.
    init(_ module: Module, limits: ActorLimits, log: @escaping @Sendable (String) -> Void) throws(ActorLoadError) {
        let (store, abi, imports) = Self.prepare(module, limits)
        self.store = store
        self.abi = abi
        self.limits = limits
        template = nil
        abi.begin(operation: [], payload: [], host: InitialisationHost(write: log))
        instance = try Self.instantiate { try Instance(module, imports: imports, store: store) }
        guestCall = try Self.guestCall(instance)
        for name in GuestABI.initialisers {
            guard let function = instance.function(name) else { continue }
            do { _ = try run(function) } catch { throw .initialiser(name, error) }
        }
        abi.end()
    }

    /// Another instance, in the state that the first one had after its initialisers.
    init(_ module: Module, limits: ActorLimits, template: InstanceTemplate) throws(ActorLoadError) {
        let (store, abi, imports) = Self.prepare(module, limits)
        self.store = store
        self.abi = abi
        self.limits = limits
        self.template = template
        instance = try Self.instantiate {
            try Instance(module, imports: imports, store: store, template: template)
        }
        guestCall = try Self.guestCall(instance)
    }

    private static func prepare(_ module: Module, _ limits: ActorLimits) -> (Store, GuestABI, Imports) {
        var storeLimits = InstanceLimits()
        storeLimits.memoryPagesMax = UInt64(max(0, limits.memoryBytesMax)) / MemoryType.pageBytes
        storeLimits.stackBytesMax = limits.stackBytesMax
        storeLimits.startFuel = limits.fuelPerCall
        let store = Store(limits: storeLimits)
        let abi = GuestABI(limits)
        var imports = Imports()
        abi.define(in: &imports, store: store)
        // Guests of the Rust hosts' time import their memory.
        for item in module.imports where item.module.isEmpty && item.name == "memory" {
            guard case .memory(let type) = item.type, let memory = store.makeMemory(type) else { continue }
            imports.define("", "memory", .memory(memory))
        }
        return (store, abi, imports)
    }

    private static func instantiate(_ make: () throws -> Instance) throws(ActorLoadError) -> Instance {
        do { return try make() } catch let error as InstantiationError {
            throw .instantiation(error)
        } catch {
            throw .instantiation(.failed(error))
        }
    }

    private static func guestCall(_ instance: Instance) throws(ActorLoadError) -> Function {
        guard let function = instance.function(GuestABI.guestCallName) else {
            throw .notAnActor("it does not export \(GuestABI.guestCallName)")
        }
        return function
    }

    /// Runs a function to its end, for initialisers and queries: host calls are refused.
    private func run(_ function: Function) throws(GuestError) -> [Value] {
        let execution = try makeExecution(function, [])
        while true {
            switch execution.run() {
            case .finished(let values): return values
            case .trapped(let trap): throw classify(trap)
            case .failed(let error): throw (error as? GuestError) ?? .refused("\(error)")
            case .suspended: execution.resume(returning: [abi.take(.failure("no calls before the first one"))])
            case .outOfFuel: continue
            }
        }
    }

    func version() throws(ActorLoadError) -> Int32 {
        let name = "__wasmbus_rpc_version"
        guard let function = instance.function(name), function.type == FunctionType([], [.i32]) else { return 0 }
        do { return try run(function).first?.i32 ?? 0 } catch { throw .initialiser(name, error) }
    }

    private func makeExecution(_ function: Function, _ arguments: [Value]) throws(GuestError) -> Execution {
        do { return try Execution(calling: function, arguments, fuel: limits.fuelPerCall) } catch {
            throw .noRoom("\(error)")
        }
    }

    /// Prepares a call of the actor.
    func begin(operation: [UInt8], payload: [UInt8], host: any GuestHost) throws(GuestError) -> Execution {
        abi.begin(operation: operation, payload: payload, host: host)
        let arguments: [Value] = [.i32(bits: UInt32(operation.count)), .i32(bits: UInt32(payload.count))]
        return try makeExecution(guestCall, arguments)
    }

    /// What a trap means to the caller.
    func classify(_ trap: Trap) -> GuestError {
        if case .fuel(let budget) = trap.reason { return .fuelExhausted(budget: budget, trap) }
        if instance.memory?.wasGrowthRefused == true {
            return .memoryExhausted(limit: limits.memoryBytesMax, trap)
        }
        return .trapped(trap)
    }

    /// Forgets the last call: nothing of it reaches the next one.
    /// - Returns: whether the instance can be used again.
    func recycle() -> Bool {
        abi.end()
        if limits.reusesInstances { return true }
        guard let template else { return false }
        template.reset(instance)
        return true
    }
}

/// The host of initialisers: logs, and refuses everything else.
private struct InitialisationHost: GuestHost {
    let write: @Sendable (String) -> Void

    func perform(_ call: OutgoingCall, completion: @escaping @Sendable (OutgoingResult) -> Void) {
        completion(.failure("no calls before the first one"))
    }

    func log(_ line: String) { write(line) }
}
