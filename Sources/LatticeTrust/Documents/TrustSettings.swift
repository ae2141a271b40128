import LatticeIdentity
import LatticeProtocol

/// How strict one host is. The defaults are the strict ones; the classic ones are for lattices shared with classic hosts.
/// - Source: trust rules §3, §4.
public struct TrustSettings: Hashable, Sendable {
    /// `trust.links`
    public enum Links: String, Hashable, Sendable, CaseIterable {
        /// A link counts only with a grant.
        case signed
        /// Whoever can write a link has made one.
        case classic
    }

    /// `trust.invocations`
    public enum Invocations: String, Hashable, Sendable, CaseIterable {
        /// Only enrolled hosts, their providers, and clients with a certificate.
        case strict
        /// Also whoever signs with a cluster key that is known here.
        case classic
    }

    /// `trust.control`
    public enum Control: String, Hashable, Sendable, CaseIterable {
        case signed, classic
    }

    /// `trust.builtins`
    public enum Builtins: String, Hashable, Sendable, CaseIterable {
        /// The claims have to name them.
        case claimed
        case open
    }

    /// `trust.actor_calls`
    public enum ActorCalls: String, Hashable, Sendable, CaseIterable {
        /// Actors of trusted issuers may call each other.
        case open
        case granted
    }

    public var links: Links
    public var invocations: Invocations
    public var control: Control
    public var builtins: Builtins
    public var actorCalls: ActorCalls
    /// Accounts that this host trusts beyond the document.
    public var issuers: Set<AccountKey>
    /// Cluster keys that this host trusts beyond the document.
    public var clusters: Set<ClusterKey>
    /// Cluster keys of classic hosts: weaker checks are enough for them.
    public var classicClusters: Set<ClusterKey>

    public init(
        links: Links = .signed, invocations: Invocations = .strict, control: Control = .signed,
        builtins: Builtins = .claimed, actorCalls: ActorCalls = .open, issuers: Set<AccountKey> = [],
        clusters: Set<ClusterKey> = [], classicClusters: Set<ClusterKey> = []
    ) {
        self.links = links
        self.invocations = invocations
        self.control = control
        self.builtins = builtins
        self.actorCalls = actorCalls
        self.issuers = issuers
        self.clusters = clusters
        self.classicClusters = classicClusters
    }
}

/// As a host tells them to its provider processes.
extension TrustSettings: JSONBody {
    /// An unknown word is an error: a setting must not turn looser by a misreading.
    public init(_ fields: JSONFields) throws(MessageError) {
        self.init(
            links: try Self.choice(fields, "links", .signed),
            invocations: try Self.choice(fields, "invocations", .strict),
            control: try Self.choice(fields, "control", .signed),
            builtins: try Self.choice(fields, "builtins", .claimed),
            actorCalls: try Self.choice(fields, "actor_calls", .open), issuers: try Self.keys(fields, "issuers"),
            clusters: try Self.keys(fields, "clusters"), classicClusters: try Self.keys(fields, "classic_clusters"))
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("links", links.rawValue)
            writer.member("invocations", invocations.rawValue)
            writer.member("control", control.rawValue)
            writer.member("builtins", builtins.rawValue)
            writer.member("actor_calls", actorCalls.rawValue)
            writer.member("issuers", issuers.sorted())
            writer.member("clusters", clusters.sorted())
            writer.member("classic_clusters", classicClusters.sorted())
        }
    }

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ fields: JSONFields, _ key: String, _ strict: Choice
    ) throws(MessageError) -> Choice {
        guard let text = try fields.string(key) else { return strict }
        guard let choice = Choice(rawValue: text) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: " or ")
            throw .field(.wrongType(key: key, found: "'\(text.prefix(40))'", expected: words))
        }
        return choice
    }

    private static func keys<Role>(_ fields: JSONFields, _ key: String) throws(MessageError) -> Set<NKey<Role>> {
        var keys: Set<NKey<Role>> = []
        for text in try fields.strings(key) ?? [] {
            do { keys.insert(try NKey(text)) } catch { throw .key(field: key, error) }
        }
        return keys
    }
}
