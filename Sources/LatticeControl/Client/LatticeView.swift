import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// What hosts say that they are and run. Nothing of it is proven.
public struct LatticeView: Sendable {
    public var hosts: [HostReply]
    /// One for each host that told.
    public var inventories: [HostInventory]
    /// Hosts that answered the ping, but not the question what they run.
    public var silent: [HostKey]

    public init(hosts: [HostReply], inventories: [HostInventory], silent: [HostKey] = []) {
        self.hosts = hosts
        self.inventories = inventories
        self.silent = silent
    }

    /// A provider on one host.
    public struct ProviderRun: Hashable, Sendable {
        public let host: HostKey
        public let provider: ProviderDescription
    }

    /// An actor on one host.
    public struct ActorRun: Hashable, Sendable {
        public let host: HostKey
        public let actor: ActorDescription
    }

    public var actorRuns: [ActorRun] {
        inventories.flatMap { inventory in inventory.actors.map { ActorRun(host: inventory.host, actor: $0) } }
    }

    public var providerRuns: [ProviderRun] {
        inventories.flatMap { inventory in inventory.providers.map { ProviderRun(host: inventory.host, provider: $0) } }
    }

    public func runs(of actor: ModuleKey) -> [ActorRun] { actorRuns.filter { $0.actor.key == actor } }

    /// - Parameter link: nil for all link names.
    public func runs(of provider: ProviderKey, _ link: LinkName?) -> [ProviderRun] {
        providerRuns.filter { $0.provider.key == provider && (link == nil || $0.provider.link == link) }
    }

    /// Providers that serve a contract under a link name now, each once.
    public func providers(of contract: ContractID, _ link: LinkName) -> [ProviderKey] {
        let runs = providerRuns.filter { run in
            run.provider.contract == contract.text && run.provider.link == link && run.provider.isServing
        }
        return Set(runs.map(\.provider.key)).sorted()
    }

    public var presence: Presence {
        Presence(
            actors: Set(actorRuns.map(\.actor.key)),
            providers: Set(
                providerRuns.filter(\.provider.isServing).map {
                    Presence.ProviderAddress($0.provider.key, $0.provider.link)
                }))
    }

    public func name(of host: HostKey) -> String? {
        hosts.first { $0.host == host && !$0.name.isEmpty }?.name
    }
}

extension ProviderDescription {
    /// Classic hosts tell no state: what they list runs.
    public var isServing: Bool { state == nil || state == .running }
}
