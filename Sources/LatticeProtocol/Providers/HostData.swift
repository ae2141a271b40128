import LatticeIdentity

/// What a provider process is told on standard input when it starts: one line of base 64 over JSON. Holds secrets.
/// - Source: lattice protocol §5.1, a superset for every known reader; `lattice` is ours (trust rules §2).
public struct HostData: JSONBody {
    /// How to log in to the bus.
    public struct BusLogin: Sendable {
        public var token: String
        public var key: AnyKeyPair

        public init(token: String, key: AnyKeyPair) {
            self.token = token
            self.key = key
        }
    }

    /// What only providers of ours are told: whom to trust, and where on this machine they find what is theirs. For them
    /// the end of standard input means that the host is gone.
    public struct Trust: Hashable, Sendable {
        /// `operator`: the pinned one; nil where only configured issuers count.
        public var operatorKey: OperatorKey?
        /// The trust document's token, if there is one.
        public var document: String?
        /// The host's settings, as the judge writes them.
        public var settings: JSONObject
        /// Certificate of `HostData.key`, to be sent along.
        public var certificate: String?
        /// `state_dir`: a folder of its own for files that have to outlive it; nil for none.
        public var stateFolder: String?
        /// `secrets_dir`: where the secrets lie that links refer to, each in a file of its name; nil for none.
        public var secretsFolder: String?

        public init(
            operatorKey: OperatorKey?, document: String?, settings: JSONObject, certificate: String?,
            stateFolder: String? = nil, secretsFolder: String? = nil
        ) {
            self.operatorKey = operatorKey
            self.document = document
            self.settings = settings
            self.certificate = certificate
            self.stateFolder = stateFolder
            self.secretsFolder = secretsFolder
        }
    }

    public var host: HostKey
    public var lattice: LatticeName
    public var link: LinkName
    public var provider: ProviderKey
    /// `lattice_rpc_url`: `host:port` or `nats://host:port`; empty means the default.
    public var busURL: String
    public var busLogin: BusLogin?
    /// `lattice_rpc_tls`
    public var busUsesTLS: Bool
    /// `invocation_seed`: signs what the provider sends.
    public var key: ClusterKeyPair
    /// `env_values`
    public var environment: [String: String]
    public var instanceID: String
    public var links: [LinkDefinition]
    public var clusterIssuers: [ClusterKey]
    /// `config_json`: the text of the start command.
    public var configuration: String?
    public var callTimeoutMilliseconds: UInt64
    public var logsStructured: Bool
    /// `error`, `warn`, `info`, `debug`, `trace`; nil leaves it to the provider.
    public var logLevel: String?
    /// `js_domain`
    public var jetStreamDomain: String?
    /// `otel_config`
    public var tracesExporter: String?
    public var tracesEndpoint: String?
    /// `lattice`
    public var trust: Trust?

    public init(
        host: HostKey, lattice: LatticeName, link: LinkName, provider: ProviderKey, busURL: String,
        busLogin: BusLogin? = nil, busUsesTLS: Bool = false, key: ClusterKeyPair, environment: [String: String] = [:],
        instanceID: String, links: [LinkDefinition], clusterIssuers: [ClusterKey], configuration: String? = nil,
        callTimeoutMilliseconds: UInt64 = 2_000, logsStructured: Bool = false, logLevel: String? = nil,
        jetStreamDomain: String? = nil, tracesExporter: String? = nil, tracesEndpoint: String? = nil,
        trust: Trust? = nil
    ) {
        self.host = host
        self.lattice = lattice
        self.link = link
        self.provider = provider
        self.busURL = busURL
        self.busLogin = busLogin
        self.busUsesTLS = busUsesTLS
        self.key = key
        self.environment = environment
        self.instanceID = instanceID
        self.links = links
        self.clusterIssuers = clusterIssuers
        self.configuration = configuration
        self.callTimeoutMilliseconds = callTimeoutMilliseconds
        self.logsStructured = logsStructured
        self.logLevel = logLevel
        self.jetStreamDomain = jetStreamDomain
        self.tracesExporter = tracesExporter
        self.tracesEndpoint = tracesEndpoint
        self.trust = trust
    }
}

extension HostData: CustomStringConvertible {
    /// Says for whom it is, and no secret.
    public var description: String { "host data of \(provider) under link name '\(link)' on \(host)" }
}
