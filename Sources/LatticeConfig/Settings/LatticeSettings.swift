/// Every setting of a host, as `lattice.conf` at the top of the repository documents it.
public struct LatticeSettings: Hashable, Sendable {
    public var nats: NATSSettings
    /// What all hosts, providers and clients of one lattice share.
    public var name: String
    public var host: HostSettings
    public var actors: ActorSettings
    public var trust: TrustSettings
    public var providers: ProviderSettings
    public var httpServer: HTTPServerSettings
    public var log: LogSettings

    /// Reads all sections.
    /// - Throws: all problems together.
    public init(_ sources: ConfigurationSources) throws(ConfigurationError) {
        let configuration = Configuration(sources)
        self.init(configuration)
        try configuration.finish()
    }

    /// Reads all sections and leaves the problems with the configuration.
    public init(_ configuration: Configuration) {
        nats = NATSSettings(configuration)
        var lattice = configuration.section("lattice")
        name = lattice.name("name", shortName: "LATTICE_NAME", default: "default")
        lattice.rejectUnknownKeys()
        host = HostSettings(configuration)
        actors = ActorSettings(configuration)
        trust = TrustSettings(configuration)
        providers = ProviderSettings(configuration)
        httpServer = HTTPServerSettings(configuration)
        log = LogSettings(configuration)
    }
}
