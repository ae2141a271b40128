import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// Which provider runs under which link name on which host.
public struct ProviderPlace: Hashable, Sendable {
    public let provider: ProviderKey
    public let contract: ContractID
    public let link: LinkName
    public let host: HostKey

    public init(_ provider: ProviderKey, contract: ContractID, link: LinkName, host: HostKey) {
        self.provider = provider
        self.contract = contract
        self.link = link
        self.host = host
    }

    /// As calls name it.
    public var target: CallTarget { .provider(provider, contract, link) }
}
