import LatticeIdentity
import LatticeProtocol

/// Whom a lattice trusts: signed by its operator, one version after the other.
/// - Source: trust rules §2.
public struct TrustDocument: Hashable, Sendable {
    public struct Cluster: Hashable, Sendable {
        public var key: ClusterKey
        public var host: HostKey

        public init(key: ClusterKey, host: HostKey) {
            self.key = key
            self.host = host
        }
    }

    /// An account token that is in the document and does not count.
    public struct IgnoredAccount: Hashable, Sendable {
        public var token: String
        public var reason: ProofError
    }

    public let operatorKey: OperatorKey
    public let lattice: LatticeName
    public let version: UInt64
    /// Accounts whose modules run and whose grants count.
    public let issuers: [AccountKey]
    /// Enrolled hosts.
    public let clusters: [Cluster]
    /// Tokens of accounts, as they stand there.
    public let accountTokens: [String]
    /// Those behind account tokens that this operator signed.
    public let accounts: [AccountKey]
    /// The account tokens of foreign operators among them.
    public let ignoredAccounts: [IgnoredAccount]
    /// The token as it came, to be stored and passed on.
    public let text: String

    /// Makes and signs a version.
    public static func signed(
        by operatorPair: OperatorKeyPair, lattice: LatticeName, version: UInt64, issuers: [AccountKey],
        clusters: [Cluster], accountTokens: [String] = [], at now: TokenTime, ids: NUIDGenerator
    ) throws(ProofError) -> TrustDocument {
        let claims = TrustDocumentClaims(
            lattice: lattice.text, version: version, issuers: issuers, clusters: clusters, accounts: accountTokens)
        let text = TokenClaims(
            id: ids.next(), subject: "\(operatorPair.publicKey)", issuedAt: now, payload: claims
        ).signed(by: operatorPair)
        return try TrustDocument(verifying: text, operatorKey: operatorPair.publicKey, lattice: lattice)
    }

    /// - Throws: when the operator did not sign it, or not for this lattice.
    public init(verifying text: String, operatorKey: OperatorKey, lattice: LatticeName) throws(ProofError) {
        let token = try VerifiedToken<TrustDocumentClaims>.ofLattice(text, lattice)
        guard token.issuer == AnyKey(operatorKey) else {
            throw .signer(token.issuer, expected: "the operator \(operatorKey)")
        }
        let claims = token.claims.payload
        self.operatorKey = operatorKey
        self.lattice = lattice
        self.text = text
        version = claims.version
        issuers = claims.issuers
        clusters = claims.clusters
        accountTokens = claims.accounts
        var accounts: [AccountKey] = []
        var ignored: [IgnoredAccount] = []
        for token in claims.accounts {
            do throws(ProofError) {
                accounts.append(try Self.account(token: token, operatorKey: operatorKey))
            } catch { ignored.append(IgnoredAccount(token: token, reason: error)) }
        }
        self.accounts = accounts
        ignoredAccounts = ignored
    }

    /// The account that an operator vouches for. Only the lattice's own operator can, for now.
    public static func account(token text: String, operatorKey: OperatorKey) throws(ProofError) -> AccountKey {
        let token: VerifiedToken<SignerClaims>
        do { token = try ReceivedToken<SignerClaims>(text).verified() } catch { throw .token(error) }
        guard token.issuer == AnyKey(operatorKey) else {
            throw .signer(
                token.issuer,
                expected: "this lattice's operator \(operatorKey) (accounts of other operators are not supported yet: "
                    + "add the account itself with 'lattice trust add A…')")
        }
        do { return try AccountKey(token.claims.subject) } catch {
            throw .subject(token.claims.subject, expected: "an account's key")
        }
    }
}

/// The `wascap` object of the trust document.
struct TrustDocumentClaims: LatticePayload {
    var lattice: String?
    var version: UInt64
    var issuers: [AccountKey]
    var clusters: [TrustDocument.Cluster]
    var accounts: [String]

    init(
        lattice: String, version: UInt64, issuers: [AccountKey], clusters: [TrustDocument.Cluster], accounts: [String]
    ) {
        self.lattice = lattice
        self.version = version
        self.issuers = issuers
        self.clusters = clusters
        self.accounts = accounts
    }

    init(_ object: JSONObject) throws(JSONFieldError) {
        lattice = try object.string("lattice")
        version = try object.required("version") { key throws(JSONFieldError) in try object.integer(key) }
        issuers = []
        for text in try object.strings("issuers") ?? [] { issuers.append(try Self.key(text, "issuers")) }
        clusters = []
        for value in try object.array("clusters") ?? [] {
            guard case .object(let entry) = value else {
                throw .wrongType(key: "clusters", found: value.kind, expected: "an array of objects")
            }
            clusters.append(
                TrustDocument.Cluster(
                    key: try Self.key(entry.required("key", entry.string), "key"),
                    host: try Self.key(entry.required("host", entry.string), "host")))
        }
        accounts = try object.strings("accounts") ?? []
    }

    private static func key<Role>(_ text: String, _ field: String) throws(JSONFieldError) -> NKey<Role> {
        do { return try NKey<Role>(text) } catch {
            throw .wrongType(key: field, found: "\(error)", expected: "the key of kind \(Role.kind.name)")
        }
    }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("lattice", ifPresent: lattice)
        writer.member("version", version)
        writer.member("issuers", issuers.map { "\($0)" })
        writer.array("clusters") { writer in
            for cluster in clusters {
                writer.object { writer in
                    writer.member("key", cluster.key)
                    writer.member("host", cluster.host)
                }
            }
        }
        writer.member("accounts", accounts)
    }
}
