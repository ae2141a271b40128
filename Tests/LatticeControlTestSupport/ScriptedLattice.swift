import LatticeBus
import LatticeControl
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Synchronization

/// A lattice in memory: its buckets are real, its hosts do what a test tells them.
public final class ScriptedLattice: Sendable {
    public let name: LatticeName
    public let server = InMemoryServer()
    public let operatorKeys = OperatorKeyPair.generate()
    public let account = AccountKeyPair.generate()
    public let client: LatticeClient
    public let ids = NUIDGenerator()
    private let connection: InMemoryBus
    /// They live as long as the lattice does.
    private let hosts = Mutex<[ScriptedHost]>([])

    public init(_ name: LatticeName = .default) {
        self.name = name
        connection = server.connect()
        client = LatticeClient(
            bus: connection, metadata: InMemoryMetadataStore(connection), objects: InMemoryObjectStore(connection),
            subjects: LatticeSubjects(name))
    }

    public var subjects: LatticeSubjects { client.subjects }
    public var trustBucket: any MetadataBucket { client.metadata.bucket(subjects.trustBucket) }
    public var dataBucket: any MetadataBucket { client.metadata.bucket(subjects.metadataBucket) }

    // MARK: Trust

    /// Signs and stores a document.
    @discardableResult
    public func trust(
        version: UInt64 = 1, issuers: [AccountKey]? = nil, hosts: [ScriptedHost] = [],
        by operatorKeys: OperatorKeyPair? = nil
    ) async throws -> TrustDocument {
        let clusters = hosts.map {
            TrustDocument.Cluster(key: $0.cluster.publicKey, host: $0.keys.publicKey)
        }
        let document = try TrustDocument.signed(
            by: operatorKeys ?? self.operatorKeys, lattice: name, version: version,
            issuers: issuers ?? [account.publicKey], clusters: clusters, at: .now(), ids: ids)
        try await trustBucket.put(TrustBucketKey.document.metadataKey(), Array(document.text.utf8))
        for host in hosts { host.state.withLock { $0.trustVersion = version } }
        return document
    }

    // MARK: Actors and links

    /// Puts an actor's claims where hosts put them.
    @discardableResult
    public func actor(
        _ name: String, _ capabilities: [String], alias: String? = nil, by issuer: AccountKeyPair? = nil,
        key: ModuleKey = ModuleKeyPair.generate().publicKey
    ) async throws -> ModuleKey {
        let claims = ActorClaims(
            name: name, capabilities: capabilities, callAlias: alias.flatMap(CallAlias.init(normalizing:)))
        let token = TokenClaims(id: ids.next(), subject: "\(key)", issuedAt: .now(), payload: claims)
            .signed(by: issuer ?? account)
        try await trustBucket.put(TrustBucketKey.claims(key).metadataKey(), Array(token.utf8))
        let entry = ClaimsEntry(actor: key, issuer: AnyKey((issuer ?? account).publicKey), claims)
        try await dataBucket.put(LatticeDataKey.claims(AnyKey(key)).metadataKey(), entry.json)
        return key
    }

    public enum Granting: Sendable {
        case granted, ungranted
    }

    /// Puts a link into the bucket, granted by the account.
    public func link(_ link: LinkDefinition, _ granting: Granting = .granted) async throws {
        var link = link
        if granting == .granted {
            link.grant = Grant.signed(for: link, by: AnyKeyPair(account), lattice: name, at: .now(), ids: ids)
        }
        try await dataBucket.put(LatticeDataKey.link(link.id).metadataKey(), link.json)
    }

    // MARK: Hosts

    public func host(_ name: String, labels: [String: String] = [:]) throws -> ScriptedHost {
        let host = try ScriptedHost(name, labels: labels, in: self)
        hosts.withLock { $0.append(host) }
        return host
    }
}
