/// Whom this host believes, and how strictly. Source: trust rules, sections 2–4.
public struct TrustSettings: Hashable, Sendable {
    public enum Links: String, CaseIterable, Sendable {
        /// Only with a grant.
        case signed
        case classic
    }

    public enum Invocations: String, CaseIterable, Sendable {
        case strict
        case classic
    }

    public enum Control: String, CaseIterable, Sendable {
        case signed
        case classic
    }

    public enum Builtins: String, CaseIterable, Sendable {
        /// Only for actors whose claims name them.
        case claimed
        case open
    }

    public enum ActorCalls: String, CaseIterable, Sendable {
        /// Among actors of trusted issuers.
        case open
        /// Only with a granted link.
        case granted
    }

    /// `O…`; nil for the operator of the user, if there is one.
    public var `operator`: String?
    /// `A…` or `O…`, besides those of the trust document.
    public var issuers: [String]
    /// `C…`, besides those of the trust document.
    public var clusters: [String]
    public var links: Links
    public var invocations: Invocations
    public var control: Control
    public var builtins: Builtins
    public var actorCalls: ActorCalls
    /// `C…` of hosts that sign as the classic protocol does.
    public var classicClusters: [String]

    public init(_ configuration: Configuration) {
        var section = configuration.section("trust")
        `operator` = section.publicKey("operator", kinds: ["O"])
        issuers = section.publicKeys("issuers", kinds: ["A", "O"])
        clusters = section.publicKeys("clusters", kinds: ["C"])
        links = section.choice("links", default: .signed)
        invocations = section.choice("invocations", default: .strict)
        control = section.choice("control", default: .signed)
        builtins = section.choice("builtins", default: .claimed)
        actorCalls = section.choice("actor_calls", default: .open)
        classicClusters = section.publicKeys("classic_clusters", kinds: ["C"])
        section.rejectUnknownKeys()
    }
}
