import CSodium

/// A SHA-256 digest: of a module, of an invocation, of a file.
public struct SHA256Digest: Hashable, Sendable {
    public let bytes: Bytes32

    public init(bytes: Bytes32) { self.bytes = bytes }

    public init(of data: [UInt8]) {
        var hasher = SHA256Hasher(expecting: data.count)
        hasher.update(data.span.bytes)
        self = hasher.finish()
    }

    /// Nil unless the text is exactly what `description` gives: 64 digits, upper case.
    public init?(_ text: String) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Bytes32.count)
        var high: UInt8?
        for character in text.utf8 {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = character - UInt8(ascii: "A") + 10
            default: return nil
            }
            if let value = high {
                guard bytes.count < Bytes32.count else { return nil }
                bytes.append(value << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        guard high == nil, let whole = Bytes32(bytes) else { return nil }
        self.bytes = whole
    }
}

extension SHA256Digest: CustomStringConvertible {
    /// 64 upper-case hexadecimal digits, as claims and link ids carry it.
    public var description: String {
        String(unsafeUninitializedCapacity: 2 * Bytes32.count) { text in
            func digit(_ value: UInt8) -> UInt8 {
                value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
            }
            for (index, byte) in bytes.bytes.enumerated() {
                text[2 * index] = digit(byte >> 4)
                text[2 * index + 1] = digit(byte & 15)
            }
            return text.count
        }
    }
}

/// SHA-256 over pieces, so that what lies scattered need not be copied together first.
public struct SHA256Hasher: ~Copyable {
    private var state = crypto_hash_sha256_state()
    /// Takes the place of `state` for what is large.
    private let system: SystemSHA256?

    /// From here on a faster library is worth being loaded.
    static let largeBytesMin = 256 << 10

    /// - Parameter bytesCount: about what will come. The result does not depend on it.
    public init(expecting bytesCount: Int = 0) {
        system = bytesCount >= Self.largeBytesMin ? SystemSHA256() : nil
        Sodium.start()
        crypto_hash_sha256_init(&state)
    }

    public mutating func update(_ bytes: RawSpan) { bytes.withUnsafeBytes { update($0) } }

    public mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
    }

    private mutating func update(_ bytes: UnsafeRawBufferPointer) {
        if let system { return system.update(bytes) }
        let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        _ = crypto_hash_sha256_update(&state, start, UInt64(bytes.count))
    }

    /// Ends the message. Nothing can be added afterwards.
    public consuming func finish() -> SHA256Digest {
        SHA256Digest(
            bytes: Bytes32 {
                if let system { system.finish(into: $0) } else { crypto_hash_sha256_final(&state, $0) }
            })
    }
}
