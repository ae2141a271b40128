import ActorRuntime
import LatticeBus
import LatticeControl
import LatticeHost
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust
import Synchronization
import Testing
import WasmTestSupport

/// A lattice of whole hosts on the in-memory bus, and a client that an operator would have.
final class LatticeBench {
    let lattice = LatticeName.default
    let operatorKeys = OperatorKeyPair.generate()
    let account = AccountKeyPair.generate()
    let server = InMemoryServer()
    let client: LatticeClient
    private let ids = NUIDGenerator()
    private(set) var hosts: [RunningHost] = []

    init() {
        let bus = server.connect()
        client = LatticeClient(
            bus: bus, metadata: InMemoryMetadataStore(bus), objects: InMemoryObjectStore(bus),
            subjects: LatticeSubjects(lattice))
    }

    /// One host, and the folder that it keeps its memory in.
    final class RunningHost {
        let identity: HostIdentity
        let service: HostService
        let folder: TemporaryFolder
        let bus: InMemoryBus
        let providers: Log<RecordingProvider>
        private let task: Task<Void, Never>

        init(
            _ bench: LatticeBench, name: String, folder: TemporaryFolder, isAway: Bool = false,
            settings: (inout HostServiceSettings) -> Void = { _ in }
        ) throws {
            self.folder = folder
            bus = bench.server.connect()
            if isAway { bus.disconnect() }
            let state = try StateFolder(folder.path)
            identity = try HostIdentity(in: state)
            var host = HostServiceSettings(
                lattice: bench.lattice, operatorKey: bench.operatorKeys.publicKey, name: name, version: "1.0.0")
            host.heartbeat = .milliseconds(50)
            settings(&host)
            let log = Log<RecordingProvider>()
            providers = log
            let kinds = [("memo", BundledProvider.StateScope.shared), ("file", .local)].map { name, scope in
                BundledProvider(name, contract: .keyValue, state: scope) { setup in
                    let provider = RecordingProvider(setup)
                    log.add(provider)
                    return provider
                }
            }
            service = try HostService(
                host, identity: identity, folder: state,
                ports: HostService.Ports(
                    bus: bus, metadata: InMemoryMetadataStore(bus), objects: InMemoryObjectStore(bus)),
                bundled: kinds, log: .silent)
            task = Task { [service] in await service.run() }
        }

        var key: HostKey { identity.host.publicKey }
        var cluster: TrustDocument.Cluster { .init(key: identity.cluster.publicKey, host: key) }

        func stop() async {
            service.stop(within: .seconds(5))
            await task.value
        }
    }

    typealias Log<Item: Sendable> = HostBench.Log<Item>

    /// Starts a host and waits until it answers.
    @discardableResult
    func host(
        _ name: String, in folder: TemporaryFolder = TemporaryFolder(),
        settings: (inout HostServiceSettings) -> Void = { _ in }
    ) async throws -> RunningHost {
        let host = try RunningHost(self, name: name, folder: folder, settings: settings)
        hosts.append(host)
        await host.service.waitUntilOpen()
        return host
    }

    /// Starts a host whose bus is out of reach.
    func away(_ name: String, in folder: TemporaryFolder) throws -> RunningHost {
        let host = try RunningHost(self, name: name, folder: folder, isAway: true)
        hosts.append(host)
        return host
    }

    func forgetHosts() { hosts = [] }

    func stop() async { for host in hosts { await host.stop() } }

    // MARK: Trust

    /// Writes a document that names these hosts, and waits until they go by it.
    func enrol(
        _ hosts: [RunningHost], version: UInt64 = 1, issuers: [AccountKey]? = nil, waiting: [RunningHost]? = nil
    ) async throws {
        let document = try TrustDocument.signed(
            by: operatorKeys, lattice: lattice, version: version, issuers: issuers ?? [account.publicKey],
            clusters: hosts.map(\.cluster), at: .now(), ids: ids)
        try await client.put(document, over: client.storedTrust())
        for host in waiting ?? hosts {
            try await eventually("\(host.key) goes by version \(version)") {
                host.service.gatekeeper.basis.documentVersion == version
            }
        }
    }

    func eventually(
        _ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ isTrue: () async throws -> Bool
    ) async throws {
        for _ in 0..<6_000 {
            if try await isTrue() { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("never: \(what)", sourceLocation: sourceLocation)
    }

    // MARK: Actors and links

    func sign(_ source: String, capabilities: [String] = [], alias: String? = nil, key: ModuleKey? = nil) throws
        -> [UInt8]
    {
        let key = key ?? ModuleKeyPair.generate().publicKey
        let claims = ActorClaims(
            name: "test", capabilities: capabilities, revision: 3, version: "0.1",
            callAlias: alias.flatMap(CallAlias.init(normalizing:)))
        return try UnsignedModule(WAT.assemble(source)).signed(
            TokenClaims(id: ids.next(), subject: "\(key)", issuedAt: .now(), payload: claims), by: account)
    }

    func start(_ module: [UInt8], on host: RunningHost) async throws -> ControlAck {
        let reference = try await client.put(module: module)
        return try await client.start(
            actor: ArtifactReference("\(reference)"), on: host.key, wait: .seconds(60))
    }

    func start(provider name: String, _ link: LinkName = .default, on host: RunningHost) async throws -> ControlAck {
        try await client.start(provider: ArtifactReference(name), link, on: host.key, wait: .seconds(60))
    }

    func link(
        _ actor: ModuleKey, _ provider: String, _ values: [String: String] = [:], granted: Bool = true
    ) -> LinkDefinition {
        var link = LinkDefinition(
            actor: actor, provider: BundledProvider.key(of: provider), contract: .keyValue, values: values)
        if granted {
            link.grant = Grant.signed(for: link, by: AnyKeyPair(account), lattice: lattice, at: .now(), ids: ids)
        }
        return link
    }

    func put(_ link: LinkDefinition, pending: Bool = false, replace: Bool = false) async throws -> ControlAck {
        try await client.put(link, pending: pending, replace: replace, wait: .seconds(60))
    }

    /// Calls an actor as `lattice call` does.
    func call(_ actor: ModuleKey, _ operation: String = "Test.Call", _ payload: [UInt8] = []) async throws
        -> InvocationResponse
    {
        let key = ClusterKeyPair.generate()
        let certificate = Certificate.signed(
            client: key.publicKey, by: AnyKeyPair(account), lattice: lattice, at: .now(), ids: ids)
        let signer = InvocationSigner(client: key, lattice: lattice, certificate: certificate)
        let subject = client.subjects.calls(of: actor)
        let draft = InvocationSigner.Draft(
            from: .client, to: .actor(actor), operation: operation,
            argument: payload, id: signer.nextID())
        let invocation = signer.sign(draft, .strict(subject: subject.text, timeout: .seconds(20)), at: .now())
        let reply = try await client.bus.request(
            BusMessage(to: subject, payload: invocation.messagePack), timeout: .seconds(60))
        return try InvocationResponse(messagePack: reply.payload)
    }
}

/// Notes what it is told; refuses links whose value `refuse` says why.
final class RecordingProvider: CapabilityProvider {
    let setup: ProviderSetup
    private let held = Mutex<[ModuleKey: LinkDefinition]>([:])
    private let ended = Mutex(false)

    init(_ setup: ProviderSetup) { self.setup = setup }

    var isShutDown: Bool { ended.withLock { $0 } }
    var links: [LinkDefinition] { held.withLock { Array($0.values) } }

    func put(_ link: LinkDefinition) async throws(LinkProblem) {
        if let reason = link.values["refuse"] { throw LinkProblem(reason) }
        held.withLock { $0[link.actor] = link }
    }

    func remove(_ link: LinkDefinition) async { held.withLock { $0[link.actor] = nil } }

    func perform(_ call: ProviderCall, completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void) {
        completion(.success(Array(call.operation.utf8) + call.argument))
    }

    var health: HealthReply { HealthReply(isHealthy: true) }
    func shutdown() async { ended.withLock { $0 = true } }
}
