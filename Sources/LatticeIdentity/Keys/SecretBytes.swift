import CSodium

/// Bytes that nobody may see: overwritten when they go away, and without a description that shows them.
public final class SecretBytes: @unchecked Sendable, CustomStringConvertible, CustomReflectable {
    public let count: Int
    /// Points to `count` bytes, as long as somebody holds this object.
    let unsafeStart: UnsafePointer<UInt8>
    // Safety: written only by `init`, before anybody else can have it; after that it is only read.
    private let storage: UnsafeMutablePointer<UInt8>

    public convenience init(copying bytes: some Collection<UInt8>) {
        self.init(count: bytes.count) { storage in
            for (index, byte) in bytes.enumerated() { storage[index] = byte }
        }
    }

    /// - Parameter fill: gets `count` zeroed bytes and writes the secret there.
    init(count: Int, filling fill: (UnsafeMutablePointer<UInt8>) -> Void) {
        self.count = count
        storage = .allocate(capacity: count)
        storage.initialize(repeating: 0, count: count)
        unsafeStart = UnsafePointer(storage)
        fill(storage)
    }

    deinit {
        sodium_memzero(storage, count)
        storage.deallocate()
    }

    /// The pointer is valid only during the call. What `body` copies is the caller's to wipe.
    func withUnsafeBytes<Result>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
        defer { withExtendedLifetime(self) {} }
        return body(unsafeStart)
    }

    public var description: String { "(secret)" }
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Overwrites an array that held a secret.
    public static func wipe(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { buffer in
            if let address = buffer.baseAddress { sodium_memzero(address, buffer.count) }
        }
    }
}
