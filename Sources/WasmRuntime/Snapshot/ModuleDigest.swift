import Synchronization

/// The SHA-256 of a module's bytes, computed when somebody first asks.
final class ModuleDigest: Sendable {
    private let module: ModuleBytes
    private let cached = Mutex<[UInt8]?>(nil)

    init(_ module: ModuleBytes) { self.module = module }

    var bytes: [UInt8] {
        cached.withLock { cached in
            if let cached { return cached }
            let digest = SHA256.digest(UnsafeRawBufferPointer(start: module.start, count: module.count))
            cached = digest
            return digest
        }
    }
}
