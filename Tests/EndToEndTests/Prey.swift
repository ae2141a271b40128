import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTestSupport
import LatticeTrust
import NATSTransport
import Testing

/// A lattice of one host as `lattice up --demo` starts it, with a NATS server of its own, and what an adversary holds: a
/// connection to the bus, and in the tests that need them the keys.
final class Prey {
    let program: LatticeProgram
    let server: NATSServer
    let port: UInt16
    let lattice: LatticeName
    let subjects: LatticeSubjects
    let bus: NATSConnection
    let host: BackgroundProgram
    private let environment: [String]
    private let ids = NUIDGenerator()

    init() async throws {
        program = try LatticeProgram()
        try BuiltActors.build()
        server = try NATSServer()
        port = try freePort()
        lattice = try LatticeName("prey")
        subjects = LatticeSubjects(lattice)
        environment = ["LATTICE_NATS=\(server.url)", "LATTICE_NAME=\(lattice)"]
        bus = try await NATSConnection.connect(NATSOptions(urls: server.url))
        host = try program.start("host", ["up", "--demo", "--http", "127.0.0.1:\(port)"], environment: environment)
        let (program, host, environment) = (program, host, environment)
        try eventually("the host answers") {
            guard host.isRunning else { throw Ended(text: host.error) }
            return try program.run(["get", "actors"], environment: environment).status == 0
                && host.output.contains("ready in")
        }
    }

    struct Ended: Error { let text: String }

    /// - Returns: whether the host ended as it should.
    func end() async -> Bool {
        await bus.close()
        return host.stop() == 0
    }

    @discardableResult
    func lattice(
        _ words: String..., status: Int32 = 0, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> LatticeProgram.Result {
        let result = try program.run(words, environment: environment)
        #expect(result.status == status, "\(words): \(result.output)\(result.error)", sourceLocation: sourceLocation)
        return result
    }

    /// What HTTP answers now: the status.
    func visit() -> Int? { HTTPQuestion(port: port).ask()?.status }

    // MARK: What runs

    func actor(_ name: String) throws -> ModuleKey { try ModuleKey(key("actors", name)) }
    func provider(_ name: String) throws -> ProviderKey { try ProviderKey(key("providers", name)) }

    func hostKey() throws -> HostKey { try HostKey(key("hosts", nil)) }

    private func key(_ list: String, _ name: String?) throws -> String {
        let rows = try lattice("get", list, "-o", "json").jsonList ?? []
        let row = try #require(
            rows.first { name == nil || $0["name"] == name.map { .string($0) } }, "no \(name ?? list)")
        guard case .string(let text)? = row["id"] else { throw Ended(text: "no id in \(row)") }
        return text
    }

    // MARK: Keys

    func account() throws -> AccountKeyPair { try AccountKeyPair(seedText: seed("home/keys/default.account.nk")) }
    func cluster() throws -> ClusterKeyPair { try ClusterKeyPair(seedText: seed("state/host/keys/cluster.nk")) }

    private func seed(_ path: String) throws -> String {
        String(decoding: try program.read(path), as: UTF8.self).filter { !$0.isWhitespace }
    }

    // MARK: Messages

    func ask(_ subject: Subject, _ body: [UInt8], within limit: Duration = .seconds(20)) async throws -> [UInt8] {
        try await bus.request(BusMessage(to: subject, payload: body), timeout: limit).payload
    }

    /// Signs as a client, with a certificate by `granter`.
    func client(_ granter: AnyKeyPair, _ key: ClusterKeyPair = .generate()) -> InvocationSigner {
        let certificate = Certificate.signed(
            client: key.publicKey, by: granter, lattice: lattice, at: .now(), ids: ids)
        return InvocationSigner(client: key, lattice: lattice, certificate: certificate)
    }

    /// A call of the example actor `echo` that would be answered.
    func draft(_ signer: InvocationSigner, from origin: Entity = .client, to actor: ModuleKey) -> InvocationSigner.Draft
    {
        InvocationSigner.Draft(
            from: origin, to: .actor(actor), operation: "HttpServer.HandleRequest", argument: Self.httpRequest,
            id: signer.nextID())
    }

    /// `{"method": "GET", "path": "/", "queryString": "", "header": {}, "body": ''}`
    private static let httpRequest: [UInt8] = {
        var bytes: [UInt8] = [0x85]
        for (name, value) in [("method", "GET"), ("path", "/"), ("queryString", "")] {
            for text in [name, value] { bytes += [0xA0 | UInt8(text.utf8.count)] + Array(text.utf8) }
        }
        return bytes + [0xA6] + Array("header".utf8) + [0x80, 0xA4] + Array("body".utf8) + [0xC4, 0]
    }()

    /// - Returns: the refusal's code; nil for a success.
    func outcome(_ invocation: Invocation, on subject: Subject) async throws -> RefusalCode? {
        let response = try InvocationResponse(messagePack: try await ask(subject, invocation.messagePack))
        guard let error = response.error else { return nil }
        return try #require(Refusal(text: error)?.code, "\(error)")
    }

    // MARK: Buckets

    func put(_ key: MetadataKey, _ value: [UInt8], in bucket: BucketName) async throws {
        try await NATSMetadataStore(bus).bucket(bucket).put(key, value)
    }

    func value(_ key: MetadataKey, in bucket: BucketName) async throws -> [UInt8]? {
        try await NATSMetadataStore(bus).bucket(bucket).get(key)?.value
    }

    func delete(_ key: MetadataKey, in bucket: BucketName) async throws {
        try await NATSMetadataStore(bus).bucket(bucket).delete(key)
    }

    /// The account's list of revoked grants.
    func revocations(_ version: UInt64, _ grants: Set<String>) throws -> [UInt8] {
        let text = RevocationList.signed(
            by: AnyKeyPair(try account()), lattice: lattice, version: version, grants: grants, at: .now(), ids: ids)
        return Array(text.utf8)
    }

    /// A claims token for `actor`, signed by whomever.
    func claims(of actor: ModuleKey, by account: AccountKeyPair, _ capabilities: [String]) -> [UInt8] {
        let claims = ActorClaims(name: "counter", capabilities: capabilities)
        let token = TokenClaims(id: ids.next(), subject: "\(actor)", issuedAt: .now(), payload: claims)
        return Array(token.signed(by: account).utf8)
    }
}
