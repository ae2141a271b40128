import WasmRuntime

/// A module that can serve as an actor: checked against the guest ABI, initialised once, and ready to be instantiated
/// as often as its calls need.
public final class ActorModule: Sendable {
    public let module: Module
    public let limits: ActorLimits
    /// What `__wasmbus_rpc_version` returns; 0 where the actor has none.
    public let apiVersion: Int32
    /// Whether every call runs the initialisers itself, because they asked for the time or for random numbers: from one
    /// template, all calls would draw the same.
    public let initialisesEveryCall: Bool
    /// Whether its instances remember earlier calls.
    var keepsState: Bool { limits.reusesInstances && !initialisesEveryCall }
    private let template: InstanceTemplate?
    private let budget: MemoryBudget?

    /// Decodes, validates, instantiates once and runs the initialisers.
    /// - Parameters:
    ///   - bytes: the module. Whether its claims are valid and its issuer trusted is judged before.
    ///   - budget: linear memory that the instances of all actors may have together.
    ///   - log: what the initialisers log.
    public init(
        _ bytes: some Collection<UInt8>, limits: ActorLimits = ActorLimits(), budget: MemoryBudget? = nil,
        log: @escaping @Sendable (String) -> Void
    ) throws(ActorLoadError) {
        self.limits = limits
        self.budget = budget
        do { module = try Module(bytes) } catch { throw .module(error) }
        try Self.checkABI(module)
        let first = try GuestInstance(module, limits: limits, budget: budget, log: log)
        let pristine = InstanceTemplate(of: first.instance)
        try first.initialise(log: log)
        initialisesEveryCall = first.isNondeterministic
        template = initialisesEveryCall ? pristine : InstanceTemplate(of: first.instance)
        apiVersion = try first.version()
    }

    /// A new instance in the state after initialisation.
    func makeInstance(log: @escaping @Sendable (String) -> Void) throws(ActorLoadError) -> GuestInstance {
        if let template {
            return try GuestInstance(
                module, limits: limits, budget: budget, template: template, initialisesEveryCall: initialisesEveryCall)
        }
        let instance = try GuestInstance(module, limits: limits, budget: budget, log: log)
        try instance.initialise(log: log)
        return instance
    }

    private static func checkABI(_ module: Module) throws(ActorLoadError) {
        let exports = Dictionary(module.exports.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
        guard let call = exports[GuestABI.guestCallName] else {
            throw .notAnActor("it does not export \(GuestABI.guestCallName)")
        }
        guard call == .function(FunctionType([.i32, .i32], [.i32])) else {
            throw .notAnActor("its \(GuestABI.guestCallName) is \(call), not func (i32, i32) -> (i32)")
        }
        guard module.hasMemory else { throw .notAnActor("it has no memory") }
        for name in GuestABI.initialisers {
            guard let type = exports[name], case .function(let function) = type else { continue }
            guard function == FunctionType() else {
                throw .notAnActor("its initialiser '\(name)' is \(type), not func () -> ()")
            }
        }
    }
}
