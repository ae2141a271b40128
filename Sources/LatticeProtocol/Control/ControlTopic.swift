/// A question or command that is not for one host only.
/// - Source: lattice protocol §7; `why.refusals` is ours.
public enum ControlTopic: Hashable, Sendable, CaseIterable {
    /// → `HostReply` of every host.
    case pingHosts
    /// → `ClaimsReply`
    case getClaims
    /// → `LinksReply`
    case getLinks
    /// `LinkPutRequest` → `ControlAck`
    case putLink
    /// `LinkDeleteRequest` → `ControlAck`
    case deleteLink
    /// `ActorAuction` → `ActorBid` of every willing host
    case auctionActor
    /// `ProviderAuction` → `ProviderBid` of every willing host
    case auctionProvider
    /// `RegistryCredentials`, often without a reply subject.
    case putRegistries
    /// `RefusalsRequest` → `RefusalsReply` of every host of ours.
    case refusals

    var text: String {
        switch self {
        case .pingHosts: "ping.hosts"
        case .getClaims: "get.claims"
        case .getLinks: "get.links"
        case .putLink: "linkdefs.put"
        case .deleteLink: "linkdefs.del"
        case .auctionActor: "auction.actor"
        case .auctionProvider: "auction.provider"
        case .putRegistries: "registries.put"
        case .refusals: "why.refusals"
        }
    }
}

/// A question or command to one host.
public enum HostTopic: String, Hashable, Sendable, CaseIterable {
    /// → `HostInventory`
    case inventory = "inv"
    /// `StartActorCommand` (`la`): so many instances more.
    case startActor = "la"
    case stopActor = "sa"
    case scaleActor = "scale"
    case updateActor = "upd"
    case startProvider = "lp"
    case stopProvider = "sp"
    case stopHost = "stop"
    /// `LabelChange`
    case putLabel = "put"
    case deleteLabel = "del"

    func text(host: String) -> String {
        switch self {
        case .inventory: "get.\(host).inv"
        case .putLabel, .deleteLabel: "labels.\(host).\(rawValue)"
        default: "cmd.\(host).\(rawValue)"
        }
    }
}

/// What a host subscribes to. Those of the group share the work; each of the others reaches every host.
public enum ControlSubscription: Hashable, Sendable, CaseIterable {
    case ping, registries, auctions, refusals
    /// In `LatticeSubjects.controlGroup`.
    case queries, links

    public var isShared: Bool { self == .queries || self == .links }

    var text: String {
        switch self {
        case .ping: "ping.hosts"
        case .registries: "registries.put"
        case .auctions: "auction.>"
        case .refusals: "why.refusals"
        case .queries: "get.*"
        case .links: "linkdefs.*"
        }
    }
}

/// What a host subscribes to for itself.
public enum HostSubscription: Hashable, Sendable, CaseIterable {
    case commands, inventory, labels

    func text(host: String) -> String {
        switch self {
        case .commands: "cmd.\(host).*"
        case .inventory: "get.\(host).inv"
        case .labels: "labels.\(host).*"
        }
    }
}
