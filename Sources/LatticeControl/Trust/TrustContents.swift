import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// What a trust document says, while it is being changed. Each change tells whether anything became different.
public struct TrustContents: Hashable, Sendable {
    public private(set) var issuers: [AccountKey]
    public private(set) var clusters: [TrustDocument.Cluster]
    public private(set) var accountTokens: [String]

    public init(
        issuers: [AccountKey] = [], clusters: [TrustDocument.Cluster] = [], accountTokens: [String] = []
    ) {
        self.issuers = issuers
        self.clusters = clusters
        self.accountTokens = accountTokens
    }

    public init(_ document: TrustDocument) {
        self.init(issuers: document.issuers, clusters: document.clusters, accountTokens: document.accountTokens)
    }

    public mutating func add(_ issuer: AccountKey) -> Bool {
        guard !issuers.contains(issuer) else { return false }
        issuers.append(issuer)
        return true
    }

    /// - Parameter token: of an account; whether it counts is for the document to say.
    public mutating func add(accountToken token: String) -> Bool {
        guard !accountTokens.contains(token) else { return false }
        accountTokens.append(token)
        return true
    }

    /// A host has one cluster key: an older one goes.
    public mutating func enrol(_ enrolment: Enrolment) -> Bool {
        let cluster = TrustDocument.Cluster(key: enrolment.cluster, host: enrolment.host)
        guard !clusters.contains(cluster) else { return false }
        clusters.removeAll { $0.host == cluster.host || $0.key == cluster.key }
        clusters.append(cluster)
        return true
    }

    /// Also the tokens that an operator signed for this account.
    public mutating func remove(_ issuer: AccountKey) -> Bool {
        let before = self
        issuers.removeAll { $0 == issuer }
        accountTokens.removeAll { Self.account(of: $0) == issuer }
        return self != before
    }

    public mutating func remove(_ host: HostKey) -> Bool { removeClusters { $0.host == host } }
    public mutating func remove(_ cluster: ClusterKey) -> Bool { removeClusters { $0.key == cluster } }

    private mutating func removeClusters(_ isMeant: (TrustDocument.Cluster) -> Bool) -> Bool {
        let count = clusters.count
        clusters.removeAll(where: isMeant)
        return clusters.count != count
    }

    private static func account(of token: String) -> AccountKey? {
        guard let token = try? ReceivedToken<SignerClaims>(token) else { return nil }
        return try? AccountKey(token.claims.subject)
    }
}
