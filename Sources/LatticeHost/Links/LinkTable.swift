import LatticeIdentity
import LatticeProtocol

/// The links that a host knows. A value: no clock, no bus, no tasks. Whether a link counts is judged elsewhere.
public struct LinkTable: Sendable {
    public enum Change: Hashable, Sendable {
        case added(LinkDefinition)
        case replaced(LinkDefinition, previous: LinkDefinition)
        case removed(LinkDefinition)
        case unchanged
    }

    private var links: [LinkID: LinkDefinition] = [:]

    public init() {}

    public var all: [LinkDefinition] { links.values.sorted { "\($0.id)" < "\($1.id)" } }
    public var count: Int { links.count }

    public mutating func put(_ link: LinkDefinition) -> Change {
        switch links.updateValue(link, forKey: link.id) {
        case nil: .added(link)
        case link?: .unchanged
        case let previous?: .replaced(link, previous: previous)
        }
    }

    public mutating func remove(_ id: LinkID) -> Change {
        links.removeValue(forKey: id).map(Change.removed) ?? .unchanged
    }

    public subscript(id: LinkID) -> LinkDefinition? { links[id] }

    /// At most one provider stands behind an actor's contract and link name.
    public func link(of actor: ModuleKey, _ contract: ContractID, _ name: LinkName) -> LinkDefinition? {
        links[LinkID(actor: actor, contract: contract, link: name)]
    }

    /// What a provider's instances have to be told.
    public func links(to provider: ProviderKey, _ name: LinkName) -> [LinkDefinition] {
        all.filter { $0.provider == provider && $0.link == name }
    }
}
