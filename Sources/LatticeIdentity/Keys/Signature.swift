import CSodium

/// An Ed25519 signature: 64 bytes.
public struct Signature: Hashable, Sendable {
    /// How many bytes one has.
    public static let count = 64
    public let bytes: [UInt8]

    /// Nil unless there are exactly 64 bytes.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.count else { return nil }
        self.bytes = bytes
    }

    /// - Parameter secretKey: 64 bytes, the library's form of it.
    init(signing message: RawSpan, with secretKey: SecretBytes) {
        // Safety: the library reads 64 bytes of the secret key and writes 64 of the signature. The secret outlives
        // the call, as `secretKey` is held by the caller.
        let secret = secretKey.unsafeStart
        var bytes = [UInt8](repeating: 0, count: Self.count)
        message.withUnsafeBytes { message in
            let start = message.baseAddress?.assumingMemoryBound(to: UInt8.self)
            _ = crypto_sign_detached(&bytes, nil, start, UInt64(message.count), secret)
        }
        self.bytes = bytes
    }
}

extension Bytes32 {
    /// Whether these bytes are the public key behind `signature`. False for keys of small order, too.
    func isSigner(of message: RawSpan, _ signature: Signature) -> Bool {
        Sodium.start()
        // Safety: a `Signature` has 64 bytes and a `Bytes32` 32, which is what the library reads.
        return withPointer { key in
            message.withUnsafeBytes { message in
                let start = message.baseAddress?.assumingMemoryBound(to: UInt8.self)
                return crypto_sign_verify_detached(signature.bytes, start, UInt64(message.count), key) == 0
            }
        }
    }
}

extension AnyKey {
    /// Whether this key signed exactly these bytes.
    public func signed(_ message: RawSpan, as signature: Signature) -> Bool { bytes.isSigner(of: message, signature) }

    public func signed(_ message: [UInt8], as signature: Signature) -> Bool {
        signed(message.span.bytes, as: signature)
    }
}

extension NKey {
    /// Whether this key signed exactly these bytes.
    public func signed(_ message: RawSpan, as signature: Signature) -> Bool { bytes.isSigner(of: message, signature) }

    public func signed(_ message: [UInt8], as signature: Signature) -> Bool {
        signed(message.span.bytes, as: signature)
    }
}
