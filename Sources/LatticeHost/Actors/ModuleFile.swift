import LatticeIdentity

/// A module's bytes beside their SHA-256, which takes longer than anything else of a start: it is computed once.
public struct ModuleFile: Sendable {
    public let bytes: [UInt8]
    public let hash: SHA256Digest
    /// Whether it stands in the cache on disk already.
    let isCached: Bool

    public init(_ bytes: [UInt8]) { self.init(bytes, isCached: false) }

    init(_ bytes: [UInt8], isCached: Bool) {
        self.bytes = bytes
        hash = SHA256Digest(of: bytes)
        self.isCached = isCached
    }
}
