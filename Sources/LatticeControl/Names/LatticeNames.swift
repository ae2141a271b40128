import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// A provider whose name stands for its key wherever there is a lattice.
public struct KnownProvider: Hashable, Sendable {
    public let name: String
    public let key: ProviderKey
    public let contract: ContractID

    public init(name: String, key: ProviderKey, contract: ContractID) {
        self.name = name
        self.key = key
        self.contract = contract
    }
}

/// What people call actors, providers and hosts, and which key each name stands for.
///
/// Names of actors are proven by claims that a trusted account signed; those of bundled providers are constant. What
/// inventories, replies and the classic bucket say counts where nothing is proven.
public struct LatticeNames: Sendable {
    private var actors = NameTable<ModuleRole>()
    private var providers = NameTable<ProviderRole>()
    private var hosts = NameTable<HostRole>()

    public init(bundled: [KnownProvider] = [], snapshot: LatticeSnapshot? = nil, view: LatticeView? = nil) {
        for provider in bundled { providers.add(provider.key, proven: provider.name) }
        if let snapshot { add(snapshot) }
        if let view { add(view) }
    }

    private mutating func add(_ snapshot: LatticeSnapshot) {
        for record in snapshot.records.allActors {
            let names = [record.name, record.callAlias?.description]
            for name in names {
                if snapshot.basis.trustsIssuer(record.issuer) {
                    actors.add(record.key, proven: name)
                } else {
                    actors.add(record.key, told: name)
                }
            }
        }
        for entry in snapshot.claims {
            switch entry.subject {
            case .actor(let key):
                actors.add(key, told: entry.name)
                actors.add(key, told: entry.callAlias)
            case .provider(let key): providers.add(key, told: entry.name)
            }
        }
        for cluster in snapshot.document?.clusters ?? [] { hosts.add(cluster.host, told: nil) }
        for link in snapshot.records.allLinks {
            actors.add(link.definition.actor, told: nil)
            providers.add(link.definition.provider, told: nil)
        }
    }

    private mutating func add(_ view: LatticeView) {
        for run in view.actorRuns {
            actors.add(run.actor.key, told: run.actor.name)
            actors.add(run.actor.key, told: run.actor.callAlias)
        }
        for run in view.providerRuns { providers.add(run.provider.key, told: run.provider.name) }
        for host in view.hosts { hosts.add(host.host, told: host.name) }
    }

    // MARK: From names to keys

    /// - Parameter text: a key, a name, a call alias, or at least four characters that only one key begins with.
    public func actor(_ text: String) throws(NameProblem) -> ModuleKey { try actors.key(text) }
    public func provider(_ text: String) throws(NameProblem) -> ProviderKey { try providers.key(text) }
    public func host(_ text: String) throws(NameProblem) -> HostKey { try hosts.key(text) }

    // MARK: From keys to names

    /// Nil where no name stands for this key alone.
    public func name(of actor: ModuleKey) -> String? { actors.name(of: actor) }
    public func name(of provider: ProviderKey) -> String? { providers.name(of: provider) }
    public func name(of host: HostKey) -> String? { hosts.name(of: host) }
}
