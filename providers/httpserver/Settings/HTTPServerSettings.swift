/// How one link wants its listener. Source: lattice protocol, §6.1.
public struct HTTPServerSettings: Sendable, Equatable {
    /// Nil when the link names neither address nor port: the caller may then choose (`ListenAddress.contractDefault`).
    public var address: ListenAddress?
    /// Nil: the listener's own limit.
    public var timeout: Duration?
    /// Nil: the listener's own limit.
    public var bodyBytesMax: Int?
    /// Value of `Cache-Control` for answers to GET and HEAD that have none of their own.
    public var cacheControl: String?
    public var access: Access = .readWrite
    public var cors = CORSPolicy()
    /// Keys that mean nothing here, as they were written: worth a warning, since one may be a slip of the pen.
    public var ignoredKeys: [String] = []

    public enum Access: Sendable, Equatable {
        case readWrite
        /// Anything but GET and HEAD is answered 405.
        case readOnly
    }

    public init() {}
}

/// Why a link's values can't be used; always names the key.
public enum HTTPSettingsError: Error, Hashable, CustomStringConvertible {
    /// - Parameters:
    ///   - value: at most 100 characters of it.
    ///   - expected: such as `true or false`.
    case invalid(key: String, value: String, expected: String)
    /// One key in two spellings, or two keys that contradict each other.
    case conflict(key: String, other: String)
    case unsupported(key: String, instead: String)

    public var description: String {
        switch self {
        case .invalid(let key, let value, let expected): "\(key): '\(value)' is not \(expected)"
        case .conflict(let key, let other): "\(key) and \(other) contradict each other: give one of them"
        case .unsupported(let key, let instead): "\(key) is not supported: \(instead)"
        }
    }

    init(_ key: String, _ value: String, expected: String) {
        self = .invalid(key: key, value: String(value.prefix(100)), expected: expected)
    }
}
