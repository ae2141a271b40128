import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust

/// The providers that run in this process and can be called without the bus.
public protocol LocalProviders: Sendable {
    /// Asked with every call. Nil when it does not run here, or is not ready: the call goes over the bus then.
    func local(_ provider: ProviderKey, _ link: LinkName) -> (any LocalProvider)?
}

public protocol LocalProvider: Sendable {
    /// The only one that it may be called for.
    var contract: ContractID { get }

    /// As `CapabilityProvider.perform`. Judged before. Refusals are told by the caller, not here.
    func perform(_ call: ProviderCall, completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void)
}

/// A process that runs none.
public struct NoLocalProviders: LocalProviders {
    public init() {}
    public func local(_ provider: ProviderKey, _ link: LinkName) -> (any LocalProvider)? { nil }
}
