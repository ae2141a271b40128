import Foundation
import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTestSupport
import LatticeTrust

@testable import LatticeExchange

/// A lattice on the in-memory bus, in which everything is right, to be spoiled in one place.
final class ExchangeBench: Sendable {
    let lattice = LatticeName.default
    let subjects = LatticeSubjects(.default)
    let ids = NUIDGenerator()
    let `operator` = OperatorKeyPair.generate()
    let account = AccountKeyPair.generate()
    let stranger = AccountKeyPair.generate()
    let server = InMemoryServer()
    let one = Member()
    let two = Member()
    let actor = ModuleKeyPair.generate().publicKey
    let other = ModuleKeyPair.generate().publicKey
    let provider = ProviderKeyPair.generate().publicKey
    let contract: ContractID

    /// The keys of a host.
    struct Member: Sendable {
        let host = HostKeyPair.generate()
        let cluster = ClusterKeyPair.generate()

        var entry: TrustDocument.Cluster { .init(key: cluster.publicKey, host: host.publicKey) }
    }

    init() throws { contract = try ContractID("wasmcloud:keyvalue") }

    // MARK: Proofs

    func document(
        _ version: UInt64 = 1, issuers: [AccountKey]? = nil, clusters: [TrustDocument.Cluster]? = nil,
        by signer: OperatorKeyPair? = nil
    ) throws -> TrustDocument {
        try .signed(
            by: signer ?? `operator`, lattice: lattice, version: version, issuers: issuers ?? [account.publicKey],
            clusters: clusters ?? [one.entry, two.entry], at: .now(), ids: ids)
    }

    func claims(
        of actor: ModuleKey, capabilities: [String] = ["wasmcloud:keyvalue"], alias: String? = nil,
        by signer: AccountKeyPair? = nil
    ) -> String {
        TokenClaims(
            id: ids.next(), subject: "\(actor)", issuedAt: .now(),
            payload: ActorClaims(
                name: "test", capabilities: capabilities, callAlias: alias.flatMap(CallAlias.init(normalizing:)))
        ).signed(by: signer ?? account)
    }

    func link(values: [String: String] = ["URL": "redis://x"], isGranted: Bool = true) -> LinkDefinition {
        var link = LinkDefinition(actor: actor, provider: provider, contract: contract, values: values)
        if isGranted {
            link.grant = Grant.signed(for: link, by: AnyKeyPair(account), lattice: lattice, at: .now(), ids: ids)
        }
        return link
    }

    func certificate(of key: ClusterKey, by member: Member? = nil) -> String {
        Certificate.signed(
            provider: provider, .default, .strict, key: key, by: (member ?? one).cluster, lattice: lattice, at: .now(),
            ids: ids)
    }

    func revocations(_ version: UInt64, _ grants: Set<String>) -> String {
        RevocationList.signed(
            by: AnyKeyPair(account), lattice: lattice, version: version, grants: grants, at: .now(), ids: ids)
    }

    // MARK: Buckets

    func connect() -> InMemoryBus { server.connect() }

    @discardableResult
    func put(_ key: TrustBucketKey, _ text: String, over bus: InMemoryBus? = nil) async throws -> MetadataRevision {
        try await trustBucket(bus).put(key.metadataKey(), Array(text.utf8))
    }

    func delete(_ key: TrustBucketKey) async throws { try await trustBucket(nil).delete(key.metadataKey()) }

    func put(_ key: LatticeDataKey, _ value: [UInt8]) async throws {
        try await dataBucket.put(key.metadataKey(), value)
    }

    func put(_ link: LinkDefinition) async throws { try await put(.link(link.id), link.json) }
    func delete(_ key: LatticeDataKey) async throws { try await dataBucket.delete(key.metadataKey()) }

    func trustBucket(_ bus: InMemoryBus?) -> any MetadataBucket {
        InMemoryMetadataStore(bus ?? connect()).bucket(subjects.trustBucket)
    }

    var dataBucket: any MetadataBucket { InMemoryMetadataStore(connect()).bucket(subjects.metadataBucket) }
}

/// One process of the lattice that watches the buckets.
final class Watcher: Sendable {
    let bus: InMemoryBus
    let trust: TrustKeeper
    let gatekeeper: Gatekeeper
    let watch: LatticeWatch
    let changes = EventLog<KnowledgeChange>()
    private let task: Task<Void, Never>?

    init(
        _ bench: ExchangeBench, settings: TrustSettings = TrustSettings(), cache: KnowledgeCache? = nil,
        document: TrustDocument? = nil, operatorKey: OperatorKey?? = nil, entriesMax: Int = 100_000,
        runsHere: @escaping @Sendable (ModuleKey) -> Bool = { _ in false },
        store: ((InMemoryBus) -> any MetadataStore)? = nil, isRunning: Bool = true
    ) {
        bus = bench.connect()
        trust = TrustKeeper(
            operatorKey: operatorKey ?? bench.operator.publicKey, lattice: bench.lattice, settings: settings,
            cache: cache, document: document?.text)
        gatekeeper = Gatekeeper(trust.basis)
        watch = LatticeWatch(
            store: store?(bus) ?? InMemoryMetadataStore(bus), subjects: bench.subjects, gatekeeper: gatekeeper,
            trust: trust, cache: cache, entriesMax: entriesMax, runsHere: runsHere
        ) { [changes] in changes.append($0) }
        task = isRunning ? Task { [watch] in await watch.run() } : nil
    }

    deinit { task?.cancel() }

    /// Returns when the watch has ended and stored what it knows.
    func stop() async {
        task?.cancel()
        await task?.value
    }

    func untilCurrent() async throws {
        try await changes.wait("current") { $0.contains { if case .current = $0 { true } else { false } } }
    }

    func refusals() -> [String] {
        changes.events.compactMap { if case .refused(_, _, let reason) = $0 { reason } else { nil } }
    }

    /// Waits for a refused entry and returns why.
    func refusal(of key: MetadataKey) async throws -> String {
        let events = try await changes.wait("refusal of \(key)") { $0.contains { $0.refused(key) != nil } }
        return events.compactMap { $0.refused(key) }.last ?? ""
    }

    func links() -> [LatticeRecords.Change<LinkRecord>] {
        changes.events.compactMap { if case .link(let change) = $0 { change } else { nil } }
    }

    func actors() -> [LatticeRecords.Change<ActorRecord>] {
        changes.events.compactMap { if case .actor(let change) = $0 { change } else { nil } }
    }

    @discardableResult
    func wait(
        _ what: String, until isIt: @escaping @Sendable (KnowledgeChange) -> Bool
    ) async throws -> [KnowledgeChange] {
        try await changes.wait(what) { $0.contains(where: isIt) }
    }
}

extension KnowledgeChange {
    func refused(_ wanted: MetadataKey) -> String? {
        if case .refused(wanted, _, let reason) = self { reason } else { nil }
    }

    var isCacheProblem: Bool { if case .cache = self { true } else { false } }
}

/// A folder that goes away with the value.
final class TemporaryFolder: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "lattice-\(UUID().uuidString)").path(
        percentEncoded: false)

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String) throws {
        try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
    }

    func read(_ name: String) -> String? { try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }
}
