import CSodium

/// A key pair whose kind is known only when the program runs, as one read from a file is.
/// Copies share one secret, which is overwritten when the last of them goes away.
public struct AnyKeyPair: Sendable {
    public let publicKey: AnyKey
    /// As the library wants it: 32 bytes seed, 32 bytes public key.
    private let secret: SecretBytes

    private static let secretCount = 64

    /// - Parameter make: writes the 32 bytes of the public key and the 64 of the secret.
    private init(kind: NKeyKind, making make: (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt8>) -> Void) {
        Sodium.start()
        let secret = SecretBytes(count: Self.secretCount) { secret in _ = Bytes32 { make($0, secret) } }
        let key = secret.withUnsafeBytes { secret in Bytes32 { $0.update(from: secret + 32, count: 32) } }
        self.secret = secret
        publicKey = AnyKey(kind: kind, bytes: key)
    }

    /// A new pair from the system's randomness.
    public static func generate(_ kind: NKeyKind) -> AnyKeyPair {
        AnyKeyPair(kind: kind) { publicKey, secret in crypto_sign_keypair(publicKey, secret) }
    }

    /// - Parameter seedText: 58 ASCII bytes, without a line end. They stay the caller's, to wipe as well.
    public init(seedText: some Collection<UInt8>) throws(NKeyError) {
        let (kind, seed) = try NKeyCoding.decodeSeed(seedText)
        self.init(kind: kind) { publicKey, secret in
            seed.withUnsafeBytes { seed in _ = crypto_sign_seed_keypair(publicKey, secret, seed) }
        }
    }

    /// - Parameter seedText: 58 characters. A `String` can't be wiped: read files as bytes instead.
    public init(seedText: String) throws(NKeyError) { try self.init(seedText: seedText.utf8) }

    public init<Role>(_ pair: KeyPair<Role>) { self = pair.erased }

    public func sign(_ message: RawSpan) -> Signature {
        Signature(signing: message, with: secret)
    }

    public func sign(_ message: [UInt8]) -> Signature { sign(message.span.bytes) }

    /// Hands out the secret itself, as the 58 ASCII bytes of its seed; they are overwritten afterwards.
    public func withSeedText<Result, Failure: Error>(
        _ body: ([UInt8]) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        var text = secret.withUnsafeBytes { secret in
            NKeyCoding.encodeSeed(publicKey.kind, UnsafeBufferPointer(start: secret, count: 32))
        }
        defer { SecretBytes.wipe(&text) }
        return try body(text)
    }
}

extension AnyKeyPair: CustomStringConvertible, CustomReflectable {
    /// The public half.
    public var description: String { "\(publicKey)" }
    public var customMirror: Mirror { Mirror(self, children: ["publicKey": publicKey]) }
}

/// A key pair of one kind. Copies share one secret, which is overwritten when the last of them goes away.
public struct KeyPair<Role: NKeyRole>: Sendable {
    let erased: AnyKeyPair

    public static func generate() -> KeyPair { KeyPair(unchecked: .generate(Role.kind)) }

    private init(unchecked pair: AnyKeyPair) { erased = pair }

    /// - Throws: `.wrongKind`, nothing else.
    public init(_ pair: AnyKeyPair) throws(NKeyError) {
        _ = try NKey<Role>(pair.publicKey)
        erased = pair
    }

    /// - Parameter seedText: 58 ASCII bytes, without a line end. They stay the caller's, to wipe as well.
    public init(seedText: some Collection<UInt8>) throws(NKeyError) { try self.init(AnyKeyPair(seedText: seedText)) }

    /// - Parameter seedText: 58 characters. A `String` can't be wiped: read files as bytes instead.
    public init(seedText: String) throws(NKeyError) { try self.init(AnyKeyPair(seedText: seedText)) }

    public var publicKey: NKey<Role> { NKey(bytes: erased.publicKey.bytes) }

    public func sign(_ message: RawSpan) -> Signature { erased.sign(message) }
    public func sign(_ message: [UInt8]) -> Signature { erased.sign(message) }
}

extension KeyPair: CustomStringConvertible {
    /// The public half.
    public var description: String { erased.description }
}

public typealias OperatorKeyPair = KeyPair<OperatorRole>
public typealias AccountKeyPair = KeyPair<AccountRole>
public typealias ModuleKeyPair = KeyPair<ModuleRole>
public typealias ProviderKeyPair = KeyPair<ProviderRole>
public typealias HostKeyPair = KeyPair<HostRole>
public typealias ClusterKeyPair = KeyPair<ClusterRole>
public typealias UserKeyPair = KeyPair<UserRole>
