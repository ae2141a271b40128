import LatticeExchange
import LatticeIdentity
import LatticeProtocol
import Synchronization

/// The providers that run within this host and are ready: asked with every call of an actor to a provider.
final class ProviderTable: LocalProviders {
    private let providers = Mutex<[ProviderSupervisor.Address: any LocalProvider]>([:])

    func local(_ provider: ProviderKey, _ link: LinkName) -> (any LocalProvider)? {
        providers.withLock { $0[ProviderSupervisor.Address(key: provider, link: link)] }
    }

    func set(_ provider: (any LocalProvider)?, at address: ProviderSupervisor.Address) {
        providers.withLock { $0[address] = provider }
    }
}
