import ActorRuntime
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// What a host is told when it starts; all defaults are those of `lattice.conf`.
public struct HostServiceSettings: Sendable {
    public var lattice: LatticeName
    /// The pinned one; nil where only configured issuers count.
    public var operatorKey: OperatorKey?
    public var trust: TrustSettings
    /// What people call the host.
    public var name: String
    public var version: String
    public var labels: [String: String]
    public var heartbeat: Duration = .seconds(30)
    /// Whether what ran before is started again.
    public var restores = true
    public var actorsMax = 500
    public var actorLimits = ActorLimits()
    /// Linear memory of all guests together, in bytes; nil for no limit.
    public var guestMemoryMax: Int?
    public var moduleBytesMax = 64 << 20
    public var providers = ProviderLauncher.Settings()
    public var jetStreamDomain: String?

    public init(
        lattice: LatticeName, operatorKey: OperatorKey?, trust: TrustSettings = TrustSettings(), name: String,
        version: String, labels: [String: String] = [:]
    ) {
        self.lattice = lattice
        self.operatorKey = operatorKey
        self.trust = trust
        self.name = name
        self.version = version
        self.labels = labels
    }
}
