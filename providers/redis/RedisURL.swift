import KeyValueOperations

/// Where a Redis is and how to log in: `redis://[user:password@]host[:port][/database]`.
/// Neither its description nor its mirror shows the password.
public struct RedisURL: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    public let host: String
    public let port: UInt16
    public let database: UInt16
    let user: String?
    let password: String?

    public static let contractDefault = RedisURL(host: "127.0.0.1", port: 6379)

    public init(host: String, port: UInt16, database: UInt16 = 0, user: String? = nil, password: String? = nil) {
        self.host = host
        self.port = port
        self.database = database
        self.user = user
        self.password = password
    }

    public var description: String {
        "redis://\(host.contains(":") ? "[\(host)]" : host):\(port)" + (database == 0 ? "" : "/\(database)")
    }

    public var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}

/// Why a text is not the address of a Redis. Says which part, never what stands there: it may be a secret.
public enum RedisURLError: Error, Hashable, CustomStringConvertible {
    /// `rediss://`: the system's client library speaks no TLS.
    case encrypted
    case scheme
    case login
    case host
    case port
    case database
    /// Something follows the database, such as `?timeout=1`.
    case trailingPart
    /// Two keys of a link's values, both meaning the address.
    case ambiguous(key: String, other: String)

    public var description: String {
        switch self {
        case .encrypted:
            "URL: rediss:// is not supported, since the system's hiredis has no TLS: use redis:// through a local "
                + "tunnel, such as stunnel"
        case .scheme: "URL: does not begin with redis://"
        case .login: "URL: user and password are not [user][:password]@, percent-encoded"
        case .host: "URL: names no host"
        case .port: "URL: the port is not a number from 1 to 65535"
        case .database: "URL: the database is not a number from 0 to 65535"
        case .trailingPart: "URL: something follows the database"
        case .ambiguous(let key, let other): "\(key) and \(other) contradict each other: give one of them"
        }
    }
}

extension RedisURL {
    public init(_ text: String) throws(RedisURLError) {
        guard let (scheme, afterScheme) = text.split(at: "://"), !scheme.isEmpty else { throw .scheme }
        switch scheme.lowercased() {
        case "redis": break
        case "rediss": throw .encrypted
        default: throw .scheme
        }
        guard !afterScheme.contains(where: { $0 == "?" || $0 == "#" }) else { throw .trailingPart }
        let slash = afterScheme.firstIndex(of: "/") ?? afterScheme.endIndex
        var authority = afterScheme[..<slash]
        var (user, password): (String?, String?) = (nil, nil)
        if let at = authority.lastIndex(of: "@") {
            (user, password) = try Self.login(authority[..<at])
            authority = authority[authority.index(after: at)...]
        }
        let (host, port) = try Self.hostAndPort(authority)
        var database = afterScheme[slash...].dropFirst()
        if database.hasSuffix("/") { database.removeLast() }
        self.init(
            host: host, port: port, database: try Self.number(database, default: 0, or: .database), user: user,
            password: password)
    }

    /// The address in a link's values, under `URL` in any case.
    public init(linkValues: [String: String], default standard: RedisURL = .contractDefault) throws(RedisURLError) {
        let found = linkValues.filter { $0.key.lowercased() == "url" }.sorted { $0.key < $1.key }
        if found.count > 1 { throw .ambiguous(key: found[0].key, other: found[1].key) }
        if let text = found.first?.value { try self.init(text) } else { self = standard }
    }

    private static func login(_ text: Substring) throws(RedisURLError) -> (user: String?, password: String?) {
        let colon = text.firstIndex(of: ":") ?? text.endIndex
        guard let user = decode(text[..<colon]), let password = decode(text[colon...].dropFirst()) else {
            throw .login
        }
        // A user without a password can't log in.
        guard user.isEmpty || !password.isEmpty else { throw .login }
        return (user.isEmpty ? nil : user, password.isEmpty ? nil : password)
    }

    private static func hostAndPort(_ text: Substring) throws(RedisURLError) -> (String, UInt16) {
        var host = text
        var port: Substring = ""
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw .host }
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw .host }
            port = rest.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
            guard !port.isEmpty else { throw .port }
        }
        let isPlain = host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "@") }
        guard !host.isEmpty, host.utf8.count <= 253, isPlain else { throw .host }
        let number = try number(port, default: 6379, or: .port)
        guard number > 0 else { throw .port }
        return (String(host), number)
    }

    private static func number(
        _ text: Substring, default standard: UInt16, or error: RedisURLError
    ) throws(RedisURLError) -> UInt16 {
        if text.isEmpty { return standard }
        guard text.utf8.count <= 5, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(text)
        else { throw error }
        return number
    }

    private static func decode(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            guard digits.utf8.count == 2, !digits.hasPrefix("+"), !digits.hasPrefix("-"),
                let value = UInt8(digits, radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension String {
    fileprivate func split(at separator: String) -> (Substring, Substring)? {
        firstRange(of: separator).map { (self[..<$0.lowerBound], self[$0.upperBound...]) }
    }
}
