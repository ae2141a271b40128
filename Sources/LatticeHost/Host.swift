import ActorRuntime
import LatticeBus
import LatticeExchange
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust
import WasmRuntime

/// One process of a lattice that runs actors. Only wires its parts together.
public final class Host: Sendable {
    public let identity: HostIdentity
    public let gatekeeper: Gatekeeper
    public let actors: ActorSupervisor
    private let router: Router
    private let workers: WorkerPool

    /// What somebody outside wants to know as it happens.
    public struct Observers: Sendable {
        /// Every refusal, in the order they were made.
        public var refused: @Sendable (Refusal) -> Void
        /// A line that an actor logged.
        public var logged: @Sendable (ModuleKey, String) -> Void

        public init(
            refused: @escaping @Sendable (Refusal) -> Void = { _ in },
            logged: @escaping @Sendable (ModuleKey, String) -> Void = { _, _ in }
        ) {
            self.refused = refused
            self.logged = logged
        }
    }

    /// - Parameters:
    ///   - certificates: of the watch that keeps the gatekeeper up to date.
    ///   - providers: asked with every call of an actor to a provider.
    public init(
        identity: HostIdentity, gatekeeper: Gatekeeper, bus: any MessageBus, subjects: LatticeSubjects,
        certificates: CertificateLookup? = nil, providers: any LocalProviders = NoLocalProviders(),
        actorsMax: Int = 500, budget: MemoryBudget? = nil, workers: WorkerPool = WorkerPool(),
        observers: Observers = Observers()
    ) {
        self.identity = identity
        self.gatekeeper = gatekeeper
        self.workers = workers
        actors = ActorSupervisor(
            identity: identity, gatekeeper: gatekeeper, bus: bus, subjects: subjects, workers: workers,
            actorsMax: actorsMax, budget: budget, log: observers.logged)
        router = Router(
            identity: identity, gatekeeper: gatekeeper, actors: actors, providers: providers, bus: bus,
            subjects: subjects, certificates: certificates, workers: workers, observers: observers)
    }

    /// For the providers that run in this host.
    public var actorCaller: any ActorCaller { router }
    /// Answers what comes in over the bus, for whatever runs in this host.
    var invocations: InvocationServer { router.server }

    /// Starts an actor, and returns when it can be called.
    /// - Parameter module: signed.
    public func start(
        actor module: ModuleFile, reference: String, limits: ActorLimits = ActorLimits(),
        annotations: [String: String] = [:]
    ) async throws -> ActorSupervisor.StartOutcome {
        // Loading blocks, so it is for a thread of ours.
        try await withCheckedThrowingContinuation { continuation in
            workers.submit { [actors, router] in
                continuation.resume(
                    with: Result {
                        try actors.start(module, reference: reference, limits: limits, annotations: annotations) {
                            router.receive($1, for: $0)
                        }
                    })
            }
        }
    }

    /// - Parameter grace: what calls in progress have before those that still wait are refused.
    /// - Returns: whether it ran here.
    @discardableResult
    public func stop(actor key: ModuleKey, grace: Duration = .zero) async -> Bool {
        await actors.stop(key, grace: grace) != nil
    }
}
