import Dispatch
import Glibc
import LatticeBus
import LatticeExchange
import LatticeHost
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTestSupport
import LatticeTrust
import NATSTransport

/// One lattice on a real server, with a host that starts provider processes and calls them, and an actor that it runs.
final class ProgramBench: Sendable {
    let lattice: LatticeName
    let subjects: LatticeSubjects
    let ids = NUIDGenerator()
    let `operator` = OperatorKeyPair.generate()
    let account = AccountKeyPair.generate()
    let host = HostKeyPair.generate()
    let cluster = ClusterKeyPair.generate()
    let actor = ModuleKeyPair.generate().publicKey
    let connection: NATSConnection
    let gatekeeper: Gatekeeper
    let caller: RemoteCaller
    let server: InvocationServer
    let url: String
    let folder: TemporaryFolder
    let lines = EventLog<String>()
    private let lookups: Task<Void, Never>

    init(capabilities: [String] = ["wasmcloud:keyvalue", "wasmcloud:httpserver"], server nats: NATSServer? = nil)
        async throws
    {
        let nats = try nats ?? NATSServer.shared.get()
        url = nats.url
        folder = try TemporaryFolder()
        lattice = try LatticeName(uniqueName("sdk"))
        subjects = LatticeSubjects(lattice)
        connection = try await NATSConnection.connect(NATSOptions(urls: nats.url))
        let document = try TrustDocument.signed(
            by: `operator`, lattice: lattice, version: 1, issuers: [account.publicKey],
            clusters: [.init(key: cluster.publicKey, host: host.publicKey)], at: .now(), ids: ids)
        gatekeeper = Gatekeeper(
            TrustBasis(lattice: lattice, operatorKey: `operator`.publicKey, document: document))
        let queue = DispatchQueue(label: "work", attributes: .concurrent)
        let work: Executor = { queue.async(execute: $0) }
        let signer = InvocationSigner(key: cluster, host: host.publicKey, lattice: lattice)
        let certificates = CertificateLookup(
            NATSMetadataStore(connection), subjects, gatekeeper)
        caller = RemoteCaller(
            gatekeeper: gatekeeper, bus: connection, subjects: subjects, signer: signer, certificates: certificates,
            work: work, refused: { _ in })
        server = InvocationServer(
            gatekeeper: gatekeeper, bus: connection, signer: signer, certificates: certificates, work: work,
            refused: { _ in })
        lookups = Task { await certificates.run() }
        let claims = TokenClaims(
            id: ids.next(), subject: "\(actor)", issuedAt: .now(),
            payload: ActorClaims(name: "test", capabilities: capabilities, callAlias: nil)
        ).signed(by: account)
        let record = try ActorRecord(verifying: claims, of: actor)
        _ = gatekeeper.update { $0.put(record) }
        for bucket in [trustBucket, dataBucket] { try await bucket.open() }
        try await trustBucket.put(TrustBucketKey.document.metadataKey(), Array(document.text.utf8))
        try await trustBucket.put(TrustBucketKey.claims(actor).metadataKey(), Array(claims.utf8))
    }

    deinit { lookups.cancel() }

    var trustBucket: any MetadataBucket { NATSMetadataStore(connection).bucket(subjects.trustBucket) }
    var dataBucket: any MetadataBucket { NATSMetadataStore(connection).bucket(subjects.metadataBucket) }

    // MARK: Links

    func link(to bundled: BundledProvider, _ values: [String: String] = [:], isGranted: Bool = true) -> LinkDefinition {
        var link = LinkDefinition(actor: actor, provider: bundled.key, contract: bundled.contract, values: values)
        if isGranted {
            link.grant = Grant.signed(for: link, by: AnyKeyPair(account), lattice: lattice, at: .now(), ids: ids)
        }
        return link
    }

    /// Into the bucket, and into what the host knows.
    func put(_ link: LinkDefinition) async throws {
        let record = LinkRecord(link, lattice: lattice)
        _ = gatekeeper.update { $0.put(record) }
        try await dataBucket.put(LatticeDataKey.link(link.id).metadataKey(), link.json)
    }

    /// Puts a link and asks the provider what it says.
    func answer(to link: LinkDefinition) async throws -> LinkAnswer {
        try await put(link)
        let message = BusMessage(to: subjects.linkPut(link.provider, link.link), payload: link.messagePack)
        for _ in 0..<400 {
            let reply: BusMessage
            do throws(BusError) { reply = try await connection.request(message, timeout: .seconds(10)) } catch {
                guard case .noResponders = error else { throw error }
                // Not there yet.
                try await Task.sleep(for: .milliseconds(25))
                continue
            }
            return try LinkAnswer(json: reply.payload)
        }
        throw RawClientError("it does not listen: \(lines.events)")
    }

    // MARK: Processes

    func certificate(
        of key: ClusterKey, for bundled: BundledProvider, lifetime: Duration = Certificate.lifetimeMax
    ) -> String {
        Certificate.signed(
            provider: bundled.key, .default, .strict, key: key, by: cluster, lattice: lattice, lifetime: lifetime,
            at: .now(), ids: ids)
    }

    func hostData(
        _ bundled: BundledProvider, key: ClusterKeyPair, certificate: String? = nil, configuration: String? = nil
    ) throws -> HostData {
        HostData(
            host: host.publicKey, lattice: lattice, link: .default, provider: bundled.key, busURL: url, key: key,
            instanceID: ids.next(), links: [], clusterIssuers: [cluster.publicKey], configuration: configuration,
            trust: HostData.Trust(
                operatorKey: `operator`.publicKey, document: nil,
                settings: try JSONFields(parsing: TrustSettings().json).object,
                certificate: certificate ?? self.certificate(of: key.publicKey, for: bundled),
                stateFolder: folder.path + "/state", secretsFolder: folder.path + "/secrets"))
    }

    /// Started as a host does, with its key in the bucket.
    func start(
        _ bundled: BundledProvider, key: ClusterKeyPair = .generate(), certificate: String? = nil,
        configuration: String? = nil
    ) async throws -> ProviderProcess {
        let certificate = certificate ?? self.certificate(of: key.publicKey, for: bundled)
        try await trustBucket.put(TrustBucketKey.process(key.publicKey).metadataKey(), Array(certificate.utf8))
        let hostData = try hostData(bundled, key: key, certificate: certificate, configuration: configuration)
        return try start(bundled.name, hostData)
    }

    func start(_ name: String, _ hostData: HostData) throws -> ProviderProcess {
        try ProviderProcess.start(
            ProcessCommand(try Self.program(), [name]), hostData: hostData, output: { [lines] in lines.append($0) })
    }

    /// Beside the test bundle, where the build puts both.
    static func program() throws -> String {
        guard let path = realpath("/proc/self/exe", nil) else { throw RawClientError("no own path") }
        defer { free(path) }
        let own = String(cString: path)
        return own[...(own.lastIndex(of: "/") ?? own.startIndex)] + "ProviderTestProgram"
    }

    // MARK: Calls

    /// Calls the provider as the actor's host does.
    func call(_ link: LinkDefinition, _ operation: String, _ argument: [UInt8]) async -> Result<[UInt8], Refusal> {
        let call = RemoteCall(
            caller.nextID(), from: .actor(link.actor), to: .provider(link.provider, link.contract, link.link),
            operation: operation, argument: argument, timeout: .seconds(5))
        return await withCheckedContinuation { continuation in
            caller.call(call) { continuation.resume(returning: $0) }
        }
    }

    /// Until it takes calls.
    func waitUntilServing(_ link: LinkDefinition) async throws {
        for _ in 0..<400 {
            switch await call(link, "KeyValue.Contains", "nothing".messagePack) {
            case .success: return
            case .failure: try await Task.sleep(for: .milliseconds(25))
            }
        }
        throw RawClientError("it does not serve: \(lines.events)")
    }
}
