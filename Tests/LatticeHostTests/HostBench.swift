import ActorRuntime
import LatticeBus
import LatticeExchange
import LatticeHost
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Synchronization
import WasmTestSupport

/// A lattice of one host on the in-memory bus, with an operator, an account and somebody to call from.
final class HostBench {
    let lattice = LatticeName.default
    let operatorKeys = OperatorKeyPair.generate()
    let account = AccountKeyPair.generate()
    let stranger = AccountKeyPair.generate()
    /// The key of another enrolled host, which sends the calls.
    let otherHost = HostKeyPair.generate()
    let otherCluster = ClusterKeyPair.generate()
    let bus = InMemoryServer().connect()
    let host: Host
    let refusals = Log<Refusal>()
    let lines = Log<String>()
    private let folder = TemporaryFolder()
    private let ids = NUIDGenerator()

    /// What came, in order of arrival.
    final class Log<Item: Sendable>: Sendable {
        private let items = Mutex<[Item]>([])
        func add(_ item: Item) { items.withLock { $0.append(item) } }
        var all: [Item] { items.withLock { $0 } }
    }

    /// - Parameter subscribed: called within every subscription of the host.
    init(
        isEnrolled: Bool = true, settings: TrustSettings = TrustSettings(),
        subscribed: @escaping @Sendable (SubjectPattern) -> Void = { _ in }
    ) throws {
        let identity = try HostIdentity(in: StateFolder(folder.path))
        var clusters = [TrustDocument.Cluster(key: otherCluster.publicKey, host: otherHost.publicKey)]
        if isEnrolled {
            clusters.append(
                TrustDocument.Cluster(key: identity.cluster.publicKey, host: identity.host.publicKey))
        }
        let document = try TrustDocument.signed(
            by: operatorKeys, lattice: lattice, version: 1, issuers: [account.publicKey], clusters: clusters,
            at: .now(), ids: ids)
        let basis = TrustBasis(
            lattice: lattice, operatorKey: operatorKeys.publicKey, document: document, settings: settings)
        let (refusals, lines) = (refusals, lines)
        host = Host(
            identity: identity, gatekeeper: Gatekeeper(basis), bus: EagerBus(bus: bus, subscribed: subscribed),
            subjects: LatticeSubjects(lattice),
            workers: WorkerPool(threadCount: 2),
            observers: Host.Observers(refused: { refusals.add($0) }, logged: { lines.add($1) }))
    }

    // MARK: Actors

    /// Signs a module given as text.
    func sign(
        _ source: String, capabilities: [String] = [], alias: String? = nil, by issuer: AccountKeyPair? = nil,
        key: ModuleKey = ModuleKeyPair.generate().publicKey, expires: TokenTime? = nil
    ) throws -> [UInt8] {
        try sign(
            WAT.assemble(source), capabilities: capabilities, alias: alias, by: issuer, key: key, expires: expires)
    }

    func sign(
        _ bytes: [UInt8], capabilities: [String] = [], alias: String? = nil, by issuer: AccountKeyPair? = nil,
        key: ModuleKey = ModuleKeyPair.generate().publicKey, expires: TokenTime? = nil
    ) throws -> [UInt8] {
        let claims = ActorClaims(
            name: "test", capabilities: capabilities, callAlias: alias.flatMap(CallAlias.init(normalizing:)))
        return try UnsignedModule(bytes).signed(
            TokenClaims(id: ids.next(), subject: "\(key)", issuedAt: .now(), expires: expires, payload: claims),
            by: issuer ?? account)
    }

    /// Signs and starts an actor.
    @discardableResult
    func start(
        _ source: String, capabilities: [String] = [], alias: String? = nil, limits: ActorLimits = ActorLimits()
    ) async throws -> ModuleKey {
        let bytes = try sign(source, capabilities: capabilities, alias: alias)
        switch try await host.start(actor: ModuleFile(bytes), reference: "test", limits: limits) {
        case .started(let running), .alreadyRunning(let running): return running.key
        }
    }

    // MARK: Calls

    /// An invocation by the other host, for the actor's subject.
    func invocation(
        _ actor: ModuleKey, _ operation: String = "Test.Call", _ payload: [UInt8] = [],
        from origin: Entity? = nil, timeout: Duration = .seconds(20), at now: TokenTime = .now(),
        by cluster: ClusterKeyPair? = nil, certificate: String? = nil
    ) -> Invocation {
        let signer = InvocationSigner(
            key: cluster ?? otherCluster, host: otherHost.publicKey, lattice: lattice, certificate: certificate)
        let subject = LatticeSubjects(lattice).calls(of: actor)
        let draft = InvocationSigner.Draft(
            from: origin ?? .actor(actor), to: .actor(actor), operation: operation, argument: payload,
            id: signer.nextID())
        return signer.sign(draft, .strict(subject: subject.text, timeout: timeout), at: now)
    }

    func send(_ bytes: [UInt8], to actor: ModuleKey) async throws -> InvocationResponse {
        let message = BusMessage(to: LatticeSubjects(lattice).calls(of: actor), payload: bytes)
        return try InvocationResponse(messagePack: await bus.request(message, timeout: .seconds(60)).payload)
    }

    /// Calls an actor as the other host would.
    func call(
        _ actor: ModuleKey, _ operation: String = "Test.Call", _ payload: [UInt8] = []
    ) async throws -> InvocationResponse {
        try await send(invocation(actor, operation, payload).messagePack, to: actor)
    }

    /// A client's certificate by the account.
    func certificate(for client: ClusterKey) -> String {
        Certificate.signed(client: client, by: AnyKeyPair(account), lattice: lattice, at: .now(), ids: ids)
    }
}

/// Actors in the text format.
enum Guests {
    static let echo = module("(call $respond (i32.const 4096) (local.get $payload)) i32.const 1")

    /// Calls `namespace` with its payload, and answers what comes back, or fails with the error.
    static func calling(_ namespace: String, binding: String = "default", operation: String = "Test.Call") -> String {
        WAT.actor(
            WAT.passOn(
                binding: (0, binding.utf8.count), namespace: (100, namespace.utf8.count),
                operation: (300, operation.utf8.count)),
            fields: """
                (data (i32.const 0) "\(binding)") (data (i32.const 100) "\(namespace)")
                (data (i32.const 300) "\(operation)")
                """)
    }

    static func module(_ handler: String, data: String = "") -> String { WAT.actor(handler, fields: data) }
}
