/// An Ed25519 public key of one kind. Equal, hashed and ordered by its 32 raw bytes; its text is made when asked for.
public struct NKey<Role: NKeyRole>: Hashable, Sendable {
    public let bytes: Bytes32

    /// - Parameter bytes: taken as they are; whether they lie on the curve shows when a signature is checked.
    public init(bytes: Bytes32) { self.bytes = bytes }

    /// - Parameter text: 56 characters, as lattice protocol §1 writes them.
    public init(_ text: String) throws(NKeyError) { try self.init(AnyKey(text)) }

    /// - Throws: `.wrongKind`, nothing else.
    public init(_ key: AnyKey) throws(NKeyError) {
        guard key.kind == Role.kind else { throw .wrongKind(found: key.kind, expected: Role.kind) }
        bytes = key.bytes
    }

    public var kind: NKeyKind { Role.kind }
}

public typealias OperatorKey = NKey<OperatorRole>
public typealias AccountKey = NKey<AccountRole>
public typealias ModuleKey = NKey<ModuleRole>
public typealias ProviderKey = NKey<ProviderRole>
public typealias HostKey = NKey<HostRole>
public typealias ClusterKey = NKey<ClusterRole>
public typealias UserKey = NKey<UserRole>

extension NKey: Comparable {
    public static func < (one: Self, other: Self) -> Bool { one.bytes < other.bytes }
}

extension NKey: CustomStringConvertible {
    /// The 56 characters, never shortened.
    public var description: String { NKeyCoding.encodePublic(Role.kind, bytes) }
}

/// A public key whose kind is known only when the program runs: the issuer or the subject of a token.
public struct AnyKey: Hashable, Sendable {
    public let kind: NKeyKind
    public let bytes: Bytes32

    public init(kind: NKeyKind, bytes: Bytes32) {
        self.kind = kind
        self.bytes = bytes
    }

    /// - Parameter text: 56 characters, as lattice protocol §1 writes them.
    public init(_ text: String) throws(NKeyError) { (kind, bytes) = try NKeyCoding.decodePublic(text) }

    public init<Role>(_ key: NKey<Role>) { self.init(kind: Role.kind, bytes: key.bytes) }
}

extension AnyKey: Comparable {
    public static func < (one: Self, other: Self) -> Bool {
        (one.kind.rawValue, one.bytes) < (other.kind.rawValue, other.bytes)
    }
}

extension AnyKey: CustomStringConvertible {
    /// The 56 characters, never shortened.
    public var description: String { NKeyCoding.encodePublic(kind, bytes) }
}
