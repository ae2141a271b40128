/// What the HTTP server provider does where a link says nothing else.
public struct HTTPServerSettings: Hashable, Sendable {
    /// Host and port.
    public var address: String
    public var bodyMax: ByteSize
    public var connectionsMax: Int
    /// After which a connection without a request is closed.
    public var idleTimeout: Duration

    public init(_ configuration: Configuration) {
        var section = configuration.section("httpserver")
        let wanted = "an address with a port, such as '127.0.0.1:8080',"
        address = section.value("address", default: "127.0.0.1:8080", wanted: wanted) { text in
            Self.isAddress(text) ? text : nil
        }
        bodyMax = section.size("body_max", default: .mebibytes(10), in: .kibibytes(1)...(.gibibytes(1)))
        connectionsMax = section.integer("connections_max", default: 10_000, in: 1...1_000_000)
        idleTimeout = section.seconds("idle_timeout_seconds", default: 60, in: 1...3_600)
        section.rejectUnknownKeys()
    }

    private static func isAddress(_ text: String) -> Bool {
        guard let colon = text.lastIndex(of: ":"), colon > text.startIndex else { return false }
        let port = text[text.index(after: colon)...]
        return port.allSatisfy { $0.isASCII && $0.isNumber } && UInt16(port) != nil
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }
}
