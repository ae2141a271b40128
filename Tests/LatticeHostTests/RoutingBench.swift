import ActorRuntime
import LatticeBus
import LatticeExchange
import LatticeHost
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTestSupport
import LatticeTrust
import Synchronization
import WasmTestSupport

/// A lattice of two hosts on one in-memory server, each with a connection of its own, which know of each other by the
/// buckets and nothing else.
final class RoutingBench: Sendable {
    let lattice = LatticeName.default
    let subjects = LatticeSubjects(.default)
    let operatorKeys = OperatorKeyPair.generate()
    let account = AccountKeyPair.generate()
    let server = InMemoryServer()
    let one: Member
    let two: Member
    /// Every invocation of an actor that went over the bus, as a third saw it.
    let sent = EventLog<Invocation>()
    private let third: InMemoryBus
    private let spy: any BusSubscription
    private let ids = NUIDGenerator()
    private let folders = [TemporaryFolder(), TemporaryFolder()]

    final class Member: Sendable {
        let bus: InMemoryBus
        let host: Host
        let gatekeeper: Gatekeeper
        let watch: LatticeWatch
        let changes = EventLog<KnowledgeChange>()
        let refusals = EventLog<Refusal>()
        let providers = TestProviders()
        private let task: Task<Void, Never>

        fileprivate init(_ identity: HostIdentity, _ bus: InMemoryBus, _ operatorKey: OperatorKey) {
            self.bus = bus
            let subjects = LatticeSubjects(.default)
            let trust = TrustKeeper(operatorKey: operatorKey, lattice: .default)
            let gatekeeper = Gatekeeper(trust.basis)
            self.gatekeeper = gatekeeper
            let watch = LatticeWatch(
                store: InMemoryMetadataStore(bus), subjects: subjects, gatekeeper: gatekeeper, trust: trust
            ) { [changes] in changes.append($0) }
            self.watch = watch
            host = Host(
                identity: identity, gatekeeper: gatekeeper, bus: bus, subjects: subjects,
                certificates: watch.certificates, providers: providers, workers: WorkerPool(threadCount: 2),
                observers: Host.Observers(refused: { [refusals] in refusals.append($0) }))
            task = Task { await watch.run() }
        }

        deinit { task.cancel() }

        var entry: TrustDocument.Cluster {
            .init(key: host.identity.cluster.publicKey, host: host.identity.host.publicKey)
        }

        func wait(_ what: String, until isIt: @escaping @Sendable (KnowledgeChange) -> Bool) async throws {
            try await changes.wait(what) { $0.contains(where: isIt) }
        }

        /// A call by a provider in this host.
        func call(
            over link: LinkDefinition, _ argument: [UInt8] = [], timeout: Duration = .seconds(20)
        ) async -> Result<[UInt8], Refusal> {
            await withCheckedContinuation { continuation in
                host.actorCaller.call(
                    ActorCall(over: link, operation: "Test.Call", argument: argument, timeout: timeout)
                ) { continuation.resume(returning: $0) }
            }
        }
    }

    init() async throws {
        third = server.connect()
        let pattern = try SubjectPattern("wasmbus.rpc.default.*")
        spy = try third.subscribe(pattern) { [sent] message in
            if let invocation = try? Invocation(messagePack: message.payload) { sent.append(invocation) }
        }
        let operatorKey = operatorKeys.publicKey
        one = Member(try HostIdentity(in: StateFolder(folders[0].path)), server.connect(), operatorKey)
        two = Member(try HostIdentity(in: StateFolder(folders[1].path)), server.connect(), operatorKey)
        try await put(document: 1, [one.entry, two.entry])
    }

    var members: [Member] { [one, two] }

    // MARK: The buckets

    /// Returns when both hosts go by it.
    func put(document version: UInt64, _ clusters: [TrustDocument.Cluster]) async throws {
        let document = try TrustDocument.signed(
            by: operatorKeys, lattice: lattice, version: version, issuers: [account.publicKey], clusters: clusters,
            at: .now(), ids: ids)
        try await trustBucket.put(TrustBucketKey.document.metadataKey(), Array(document.text.utf8))
        for member in members {
            try await member.wait("document \(version)") {
                if case .documentAdopted(let document, _, _) = $0 { document.version == version } else { false }
            }
        }
    }

    /// Returns when both hosts know it.
    func put(_ link: LinkDefinition) async throws {
        let bucket = InMemoryMetadataStore(third).bucket(subjects.metadataBucket)
        try await bucket.put(LatticeDataKey.link(link.id).metadataKey(), link.json)
        for member in members {
            try await member.wait("link") {
                switch $0 {
                case .link(.added(let record)), .link(.replaced(let record, _)): record.definition == link
                default: false
                }
            }
        }
    }

    /// From a provider to the actor, granted.
    func link(
        _ actor: ModuleKey, _ contract: String = "wasmcloud:keyvalue",
        provider: ProviderKey = ProviderKeyPair.generate().publicKey
    ) throws -> LinkDefinition {
        var link = LinkDefinition(actor: actor, provider: provider, contract: try ContractID(contract))
        link.grant = Grant.signed(for: link, by: AnyKeyPair(account), lattice: lattice, at: .now(), ids: ids)
        return link
    }

    private var trustBucket: any MetadataBucket { InMemoryMetadataStore(third).bucket(subjects.trustBucket) }

    // MARK: Actors

    /// Signs and starts an actor, and returns when both hosts know it.
    @discardableResult
    func start(
        _ source: String, on member: Member, key: ModuleKey = ModuleKeyPair.generate().publicKey,
        capabilities: [String] = ["wasmcloud:keyvalue"], alias: String? = nil, limits: ActorLimits = ActorLimits()
    ) async throws -> ModuleKey {
        let token = try await putClaims(of: key, source, capabilities: capabilities, alias: alias)
        _ = try await member.host.start(actor: ModuleFile(token), reference: "test", limits: limits)
        return key
    }

    /// Lets the lattice know an actor that runs nowhere.
    func known(_ key: ModuleKey = ModuleKeyPair.generate().publicKey) async throws -> ModuleKey {
        _ = try await putClaims(of: key, Guests.echo, capabilities: [], alias: nil)
        return key
    }

    private func putClaims(
        of key: ModuleKey, _ source: String, capabilities: [String], alias: String?
    ) async throws -> [UInt8] {
        let claims = ActorClaims(
            name: "test", capabilities: capabilities, callAlias: alias.flatMap(CallAlias.init(normalizing:)))
        let bytes = try UnsignedModule(WAT.assemble(source)).signed(
            TokenClaims(id: ids.next(), subject: "\(key)", issuedAt: .now(), payload: claims), by: account)
        let token = try SignedModule(bytes).token.text
        try await trustBucket.put(TrustBucketKey.claims(key).metadataKey(), Array(token.utf8))
        for member in members {
            try await member.wait("claims") {
                switch $0 {
                case .actor(.added(let record)), .actor(.replaced(let record, _)): record.key == key
                default: false
                }
            }
        }
        return bytes
    }

    // MARK: Calls

    /// Calls an actor as a person with a certificate would.
    func call(
        _ actor: ModuleKey, _ argument: [UInt8] = [], timeout: Duration = .seconds(20)
    ) async throws -> InvocationResponse {
        let keys = ClusterKeyPair.generate()
        let certificate = Certificate.signed(
            client: keys.publicKey, by: AnyKeyPair(account), lattice: lattice, at: .now(), ids: ids)
        let signer = InvocationSigner(client: keys, lattice: lattice, certificate: certificate)
        let subject = subjects.calls(of: actor)
        let draft = InvocationSigner.Draft(
            from: .client, to: .actor(actor), operation: "Test.Call", argument: argument, id: signer.nextID())
        let invocation = signer.sign(draft, .strict(subject: subject.text, timeout: timeout), at: .now())
        let reply = try await third.request(
            BusMessage(to: subject, payload: invocation.messagePack), timeout: .seconds(60))
        return try InvocationResponse(messagePack: reply.payload)
    }

    /// Lets calls of an actor arrive at somebody who never answers.
    func silence(_ actor: ModuleKey) throws -> any BusSubscription {
        try third.subscribe(SubjectPattern(subjects.calls(of: actor))) { _ in }
    }
}

/// Providers that a test puts into a host.
final class TestProviders: LocalProviders {
    struct Provider: LocalProvider {
        let contract: ContractID
        let answer: @Sendable (ProviderCall) -> Result<[UInt8], Refusal>

        func perform(_ call: ProviderCall, completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void) {
            completion(answer(call))
        }
    }

    private let providers = Mutex<[ProviderKey: Provider]>([:])

    func local(_ provider: ProviderKey, _ link: LinkName) -> (any LocalProvider)? {
        link == .default ? providers.withLock { $0[provider] } : nil
    }

    func put(
        _ key: ProviderKey, _ contract: ContractID,
        answer: @escaping @Sendable (ProviderCall) -> Result<[UInt8], Refusal>
    ) { providers.withLock { $0[key] = Provider(contract: contract, answer: answer) } }
}
