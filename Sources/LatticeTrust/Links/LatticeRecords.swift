import LatticeIdentity
import LatticeProtocol

/// What a host or provider knows of the lattice's actors, links and aliases, from the buckets. A value: no clock, no bus.
public struct LatticeRecords: Sendable {
    /// What a link connects; the provider is its value.
    struct LinkKey: Hashable, Sendable {
        let actor: ModuleKey
        let contract: ContractID
        let link: LinkName
    }

    public private(set) var revocations = Revocations()
    private var actors: [ModuleKey: ActorRecord] = [:]
    private var links: [LinkKey: LinkRecord] = [:]
    private var keys: [String: Set<ModuleKey>] = [:]
    private var providers: [ContractID: Set<ProviderKey>] = [:]

    public init() {}

    // MARK: Asking

    public func actor(_ key: ModuleKey) -> ActorRecord? { actors[key] }

    public func link(_ actor: ModuleKey, _ contract: ContractID, _ link: LinkName) -> LinkRecord? {
        links[LinkKey(actor: actor, contract: contract, link: link)]
    }

    /// All that call themselves so by call alias: more than one is ambiguous.
    public func actors(called alias: String) -> Set<ModuleKey> { keys[alias] ?? [] }

    /// Providers that are known to offer a contract: for remedies, as proof of nothing.
    public func providers(of contract: ContractID) -> [ProviderKey] { (providers[contract] ?? []).sorted() }

    public var allLinks: [LinkRecord] { Array(links.values) }
    public var allActors: [ActorRecord] { Array(actors.values) }

    // MARK: Changing

    public enum Change<Record: Hashable & Sendable>: Hashable, Sendable {
        case added(Record)
        case replaced(Record, previous: Record)
        case removed(Record)
        case unchanged
    }

    public mutating func put(_ record: ActorRecord) -> Change<ActorRecord> {
        let previous = actors.updateValue(record, forKey: record.key)
        if let alias = previous?.callAlias, alias != record.callAlias { forget(record.key, as: alias.description) }
        if let alias = record.callAlias { keys[alias.description, default: []].insert(record.key) }
        return change(from: previous, to: record)
    }

    public mutating func removeActor(_ key: ModuleKey) -> Change<ActorRecord> {
        guard let previous = actors.removeValue(forKey: key) else { return .unchanged }
        if let alias = previous.callAlias { forget(key, as: alias.description) }
        return .removed(previous)
    }

    public mutating func put(_ record: LinkRecord) -> Change<LinkRecord> {
        let link = record.definition
        let key = LinkKey(actor: link.actor, contract: link.contract, link: link.link)
        return change(from: links.updateValue(record, forKey: key), to: record)
    }

    public mutating func removeLink(_ id: LinkID) -> Change<LinkRecord> {
        guard let key = links.first(where: { $0.value.definition.id == id })?.key,
            let previous = links.removeValue(forKey: key)
        else { return .unchanged }
        return .removed(previous)
    }

    public mutating func removeLink(
        _ actor: ModuleKey, _ contract: ContractID, _ link: LinkName
    ) -> Change<LinkRecord> {
        guard let previous = links.removeValue(forKey: LinkKey(actor: actor, contract: contract, link: link)) else {
            return .unchanged
        }
        return .removed(previous)
    }

    /// - Returns: whether something changed.
    public mutating func adopt(_ list: RevocationList) -> Bool { revocations.adopt(list) }

    public mutating func noteProvider(_ key: ProviderKey, offers contract: ContractID) {
        providers[contract, default: []].insert(key)
    }

    private mutating func forget(_ key: ModuleKey, as alias: String) {
        keys[alias]?.remove(key)
        if keys[alias]?.isEmpty ?? false { keys[alias] = nil }
    }

    private func change<Record: Hashable>(from previous: Record?, to record: Record) -> Change<Record> {
        switch previous {
        case nil: .added(record)
        case record?: .unchanged
        case let previous?: .replaced(record, previous: previous)
        }
    }
}
