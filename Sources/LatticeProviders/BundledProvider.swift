import LatticeIdentity
import LatticeProtocol

/// A provider that comes with the `lattice` binary.
public struct BundledProvider: Sendable {
    /// Where what it keeps is to be found again.
    public enum StateScope: Hashable, Sendable {
        /// Outside of the host, or nowhere: it may run on several hosts under one link name.
        case shared
        /// In files of one host: a second one under the same link name would answer from other data.
        case local
    }

    /// As people call it, such as `redis`.
    public let name: String
    public let contract: ContractID
    public let state: StateScope
    /// An address and nothing more: constant, and nobody holds a seed to it.
    public let key: ProviderKey
    /// May block for as long as reading its files takes.
    /// - Throws: `LinkProblem` or an error of its own whose description says what is wrong with the setup.
    public let make: @Sendable (ProviderSetup) throws -> any CapabilityProvider

    public init(
        _ name: String, contract: ContractID, state: StateScope,
        make: @escaping @Sendable (ProviderSetup) throws -> any CapabilityProvider
    ) {
        self.name = name
        self.contract = contract
        self.state = state
        self.make = make
        key = Self.key(of: name)
    }

    /// The key that stands for a bundled provider: the SHA-256 of a text that nobody else hashes, taken for a public key.
    public static func key(of name: String) -> ProviderKey {
        ProviderKey(bytes: SHA256Digest(of: Array("lattice bundled provider \(name)".utf8)).bytes)
    }
}

/// What a provider is given when it is made.
public struct ProviderSetup: Sendable {
    public var link: LinkName
    /// The text that came with its start, often JSON; nil for none.
    public var configuration: String?
    /// A folder of its own for files that have to outlive it. Not made yet.
    public var stateFolder: String
    /// For providers that call actors.
    public var actors: any ActorCaller
    /// For calls that say nothing about their time.
    public var callTimeout: Duration
    /// A line for the log of whoever runs it.
    public var log: @Sendable (String) -> Void

    public init(
        link: LinkName, configuration: String?, stateFolder: String, actors: any ActorCaller, callTimeout: Duration,
        log: @escaping @Sendable (String) -> Void
    ) {
        self.link = link
        self.configuration = configuration
        self.stateFolder = stateFolder
        self.actors = actors
        self.callTimeout = callTimeout
        self.log = log
    }
}
