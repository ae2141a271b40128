/// Where the bus is.
public struct NATSSettings: Hashable, Sendable {
    /// Nil when nothing names a server: `lattice up` then starts one.
    public var url: String?
    /// Path of a file with a user's token and seed.
    public var creds: String?
    /// Path of a file with the certificates that may sign the server's.
    public var caFile: String?
    public var jetStreamDomain: String?

    public init(_ configuration: Configuration) {
        var section = configuration.section("nats")
        url = section.text("url", shortName: "LATTICE_NATS", wanted: "an address such as 'nats://host:4222'")
        creds = section.text("creds", shortName: "LATTICE_CREDS", wanted: "the path of a file")
        caFile = section.text("ca_file", wanted: "the path of a file")
        let domain = section.name("jetstream_domain", default: "")
        jetStreamDomain = domain.isEmpty ? nil : domain
        section.rejectUnknownKeys()
    }
}
