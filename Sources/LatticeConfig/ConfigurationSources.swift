/// What configuration is read from, in the order in which the later gives way: flags, environment, file.
public struct ConfigurationSources: Sendable {
    /// A flag's value and how the user spelt the flag, for problems: `--nats`.
    public struct Flag: Hashable, Sendable {
        public let spelling: String
        public let value: String

        public init(_ spelling: String, _ value: String) {
            self.spelling = spelling
            self.value = value
        }
    }

    /// As problems shall call it.
    public var fileName: String
    /// YAML; empty when there is no file.
    public var text: String
    public var environment: [String: String]
    /// By key: `nats.url`.
    public var flags: [String: Flag]

    public init(
        fileName: String = "lattice.conf", text: String = "", environment: [String: String] = [:],
        flags: [String: Flag] = [:]
    ) {
        self.fileName = fileName
        self.text = text
        self.environment = environment
        self.flags = flags
    }
}
