import LatticeIdentity
import LatticeProtocol

/// Everything that a judgement rests on besides the thing judged: lattice, operator, document, settings. Made anew when one
/// of them changes; asked on every call.
public struct TrustBasis: Hashable, Sendable {
    public let lattice: LatticeName
    /// Nil where only configured issuers count.
    public let operatorKey: OperatorKey?
    public let settings: TrustSettings
    /// 0 without a document.
    public let documentVersion: UInt64
    /// Accounts whose modules run and whose grants count.
    public let issuers: Set<AccountKey>
    private let hosts: [ClusterKey: HostKey]

    public init(
        lattice: LatticeName, operatorKey: OperatorKey?, document: TrustDocument?,
        settings: TrustSettings = TrustSettings()
    ) {
        self.lattice = lattice
        self.operatorKey = operatorKey
        self.settings = settings
        documentVersion = document?.version ?? 0
        issuers = settings.issuers.union(document?.issuers ?? []).union(document?.accounts ?? [])
        hosts = Dictionary(
            (document?.clusters ?? []).map { ($0.key, $0.host) }, uniquingKeysWith: { first, _ in first })
    }

    /// All cluster keys that count here, in order.
    public var clusters: [ClusterKey] {
        Set(hosts.keys).union(settings.clusters).union(settings.classicClusters).sorted()
    }

    /// What a cluster key is to us.
    public enum Standing: Hashable, Sendable {
        /// A host of the document.
        case enrolled(HostKey)
        /// Named in this host's configuration; which host it is isn't known.
        case configured
        /// A classic host that is named as such.
        case classic
        case unknown
    }

    public func standing(of cluster: ClusterKey) -> Standing {
        if let host = hosts[cluster] { return .enrolled(host) }
        if settings.classicClusters.contains(cluster) { return .classic }
        return settings.clusters.contains(cluster) ? .configured : .unknown
    }

    /// Whether modules and grants by this key count.
    public func trustsIssuer(_ key: AnyKey) -> Bool {
        guard let account = try? AccountKey(key) else { return false }
        return issuers.contains(account)
    }

    /// Whether this key may grant links, certify clients and revoke: trusted accounts and the operator.
    public func trustsGranter(_ key: AnyKey) -> Bool {
        trustsIssuer(key) || operatorKey.map { AnyKey($0) == key } ?? false
    }

    /// Whether the document names this host's own cluster key.
    public func isEnrolled(_ cluster: ClusterKey) -> Bool {
        hosts[cluster] != nil || settings.clusters.contains(cluster)
    }
}
