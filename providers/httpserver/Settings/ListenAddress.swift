import Glibc

/// `ip:port` as it stands in a link: `127.0.0.1:8000`, `[::1]:8000`. Port 0 lets the system pick one.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// An IPv4 or IPv6 address, without brackets.
    public let host: String
    public let port: UInt16

    /// - Parameter host: taken as it is; a wrong one shows when the listener starts.
    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Nil unless both parts are there; names are refused, since what they mean can change under a running listener.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Self.port(text[text.index(after: colon)...]) else {
            return nil
        }
        let host = text[..<colon]
        if host.hasPrefix("[") {
            guard host.hasSuffix("]"), Self.isAddress(host.dropFirst().dropLast(), AF_INET6) else { return nil }
            self.init(host: String(host.dropFirst().dropLast()), port: port)
        } else {
            guard Self.isAddress(host, AF_INET) else { return nil }
            self.init(host: String(host), port: port)
        }
    }

    static func port(_ text: Substring) -> UInt16? {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return UInt16(text)
    }

    private static func isAddress(_ text: Substring, _ family: CInt) -> Bool {
        var storage = in6_addr()
        return !text.utf8.contains(0) && inet_pton(family, String(text), &storage) == 1
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// What the contract listens on when a link says nothing.
    public static let contractDefault = ListenAddress(host: "127.0.0.1", port: 8000)
}
