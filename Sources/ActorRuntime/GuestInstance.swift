import WASI
import WasmRuntime

/// One instance of an actor, in a store of its own. One call at a time uses it.
// Safety: whoever takes it out of its pool is its only user until it is given back; the pool's lock orders the two.
final class GuestInstance: @unchecked Sendable {
    let instance: Instance
    let abi: GuestABI
    private let limits: ActorLimits
    private let guestCall: Function
    private let wasi: WASISystem?
    private let template: InstanceTemplate?
    private let initialisesEveryCall: Bool
    private let budget: MemoryBudget?

    /// An instance whose start function and initialisers have not run yet.
    init(_ module: Module, limits: ActorLimits, budget: MemoryBudget?, log: @escaping @Sendable (String) -> Void)
        throws(ActorLoadError)
    {
        let parts = Self.prepare(module, limits, budget)
        abi = parts.abi
        wasi = parts.wasi
        self.limits = limits
        self.budget = budget
        template = nil
        initialisesEveryCall = false
        instance = try Self.instantiate {
            try Instance(deferringStart: module, imports: parts.imports, store: parts.store)
        }
        guestCall = try Self.guestCall(instance)
    }

    /// An instance in the state of a template.
    init(
        _ module: Module, limits: ActorLimits, budget: MemoryBudget?, template: InstanceTemplate,
        initialisesEveryCall: Bool
    ) throws(ActorLoadError) {
        let parts = Self.prepare(module, limits, budget)
        abi = parts.abi
        wasi = parts.wasi
        self.limits = limits
        self.budget = budget
        self.template = template
        self.initialisesEveryCall = initialisesEveryCall
        instance = try Self.instantiate {
            try Instance(module, imports: parts.imports, store: parts.store, template: template)
        }
        guestCall = try Self.guestCall(instance)
    }

    private struct Parts {
        let store: Store
        let abi: GuestABI
        let wasi: WASISystem?
        let imports: Imports
    }

    /// What an actor's tables may take besides its memories.
    private static let tablesBytesMax = 16 << 20

    private static func prepare(_ module: Module, _ limits: ActorLimits, _ budget: MemoryBudget?) -> Parts {
        var storeLimits = InstanceLimits()
        storeLimits.memoryPagesMax = UInt64(max(0, limits.memoryBytesMax)) / MemoryType.pageBytes
        storeLimits.totalBytesMax = min(max(0, limits.memoryBytesMax), 1 << 40) + tablesBytesMax
        storeLimits.stackBytesMax = limits.stackBytesMax
        storeLimits.startFuel = limits.fuelPerCall
        let store = Store(limits: storeLimits, budget: budget)
        let abi = GuestABI(limits)
        var imports = Imports()
        abi.define(in: &imports, store: store)
        var wasi: WASISystem?
        if module.imports.contains(where: { $0.module == WASISystem.moduleName }) {
            let system = WASISystem(
                .actor(lineBytesMax: limits.logBytesMax) { [unowned abi] _, line in abi.host?.log(line) })
            system.define(in: &imports, for: module, store: store)
            wasi = system
        }
        // Guests of the Rust hosts' time import their memory.
        for item in module.imports where item.module.isEmpty && item.name == "memory" {
            guard case .memory(let type) = item.type, let memory = store.makeMemory(type) else { continue }
            imports.define("", "memory", .memory(memory))
        }
        return Parts(store: store, abi: abi, wasi: wasi, imports: imports)
    }

    /// Runs the start function and the initialisers that there are.
    func initialise(log: @escaping @Sendable (String) -> Void) throws(ActorLoadError) {
        abi.begin(operation: [], payload: [], host: InitialisationHost(write: log))
        defer { abi.end() }
        if let start = instance.startFunction {
            do { _ = try run(start) } catch { throw .initialiser("start function", error) }
        }
        for name in GuestABI.initialisers {
            guard let function = instance.function(name) else { continue }
            do { _ = try run(function) } catch { throw .initialiser(name, error) }
        }
        wasi?.finish()
    }

    /// Whether what ran so far asked for the time or for random numbers.
    var isNondeterministic: Bool { wasi?.isNondeterministic ?? false }

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
            // What a command's `_start` ends with.
            case .failed(WASIEnd.exit(code: 0)): return []
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
    /// - Parameter deadline: when to stop waiting inside of WASI.
    func begin(
        operation: [UInt8], payload: [UInt8], host: any GuestHost, deadline: ContinuousClock.Instant
    ) throws(GuestError) -> Execution {
        wasi?.deadline = deadline
        if initialisesEveryCall {
            do { try initialise { host.log($0) } } catch { throw .noRoom("\(error)") }
        }
        abi.begin(operation: operation, payload: payload, host: host)
        let arguments: [Value] = [.i32(bits: UInt32(operation.count)), .i32(bits: UInt32(payload.count))]
        return try makeExecution(guestCall, arguments)
    }

    /// What a trap means to the caller.
    func classify(_ trap: Trap) -> GuestError {
        if case .fuel(let budget) = trap.reason { return .fuelExhausted(budget: budget, trap) }
        if let budget, instance.memories.contains(where: \.wasBudgetExhausted) {
            return .hostMemoryExhausted(limit: budget.bytesMax)
        }
        if instance.memories.contains(where: \.wasGrowthRefused) {
            return .memoryExhausted(limit: limits.memoryBytesMax, trap)
        }
        return .trapped(trap)
    }

    /// Forgets the last call: nothing of it reaches the next one.
    /// - Returns: whether the instance can be used again.
    func recycle() -> Bool {
        wasi?.reset()
        abi.end()
        if limits.reusesInstances && !initialisesEveryCall { return true }
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
