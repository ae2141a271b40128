/// How to reach a server.
public struct NATSOptions: Sendable {
    /// `nats://HOST:PORT`, `tls://HOST:PORT`, also with `USER:PASSWORD@` or `TOKEN@`; several joined by commas are the
    /// members of one cluster. With one `tls://` among them every connection is encrypted.
    public var urls: String
    /// What the server lists this connection as.
    public var name: String
    public var credentials: NATSCredentials
    /// Certificates (PEM) that may sign the server's; without, the system's.
    public var caFile: String?
    /// How long one attempt to connect may take.
    public var connectTimeout: Duration = .seconds(2)
    /// A server that does not answer two of these is given up, so a dead link is noticed within three.
    public var pingInterval: Duration = .seconds(5)
    /// How long a publish may wait for a server that has stopped reading.
    public var writeTimeout: Duration = .seconds(5)
    /// Attempts to reconnect begin at a twentieth of this and then grow further and further apart, up to this.
    public var reconnectDelayMax: Duration = .seconds(2)
    public var requestsMax = 65_536
    /// The first token of the subjects that replies come to; an account may be allowed to use its own only.
    public var inboxPrefix = "_INBOX"

    /// One for each server.
    var addresses: [String] { urls.split(separator: ",").map(String.init) }

    public init(urls: String, name: String = "lattice", credentials: NATSCredentials = .none) {
        self.urls = urls
        self.name = name
        self.credentials = credentials
    }
}

/// Who we are to the server.
public enum NATSCredentials: Sendable {
    /// Nobody, or what the URL says.
    case none
    /// A file with a user's token and seed; read again with every attempt to connect, so it can be renewed.
    case file(path: String)
    /// A user's public key (`U…`) and its seed.
    case nkey(publicKey: String, seed: NATSSeed)
    /// A user's token and the seed of its key, when there is no file to read them from.
    case jwt(String, seed: NATSSeed)
}

/// The text of a user's seed (`SU…`). Never shown.
public struct NATSSeed: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let text: String

    public init(_ text: String) { self.text = text }

    public var description: String { "(seed)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension Duration {
    /// Rounded up, so that a positive time never becomes none.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        guard !overflow else { return seconds < 0 ? 0 : Int64(Int32.max) }
        return min(max(0, whole + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000), Int64(Int32.max))
    }

    /// At least nothing, at most about 292 years.
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < 9_000_000_000 else { return UInt64(Int64.max) }
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }
}

extension String {
    /// Without what stands between `://` and `@` in each of these URLs, which may be a secret.
    var withoutCredentials: String {
        let urls = split(separator: ",").map { url in
            guard let scheme = url.firstRange(of: "://"), let at = url.lastIndex(of: "@") else { return String(url) }
            return String(url[..<scheme.upperBound] + url[url.index(after: at)...])
        }
        return urls.joined(separator: ",")
    }
}
