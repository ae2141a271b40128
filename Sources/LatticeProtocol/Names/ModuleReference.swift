import LatticeBus
import LatticeIdentity

/// A module in the lattice's object bucket, where the SHA-256 of its bytes is its name: `lattice://sha256/HEX`.
public struct ModuleReference: Hashable, Sendable, CustomStringConvertible {
    public static let scheme = "lattice://sha256/"

    public let hash: SHA256Digest

    public init(_ hash: SHA256Digest) { self.hash = hash }

    /// - Returns: nil for references of other kinds.
    public init?(_ text: String) {
        guard let digits = text.rest(behind: Self.scheme), let hash = SHA256Digest(digits) else { return nil }
        self.hash = hash
    }

    public var description: String { "\(Self.scheme)\(hash)" }

    /// In `LatticeSubjects.moduleBucket`.
    public func objectName() throws(StoreError) -> ObjectName {
        do throws(ObjectNameError) { return try ObjectName("\(hash)") } catch { throw .malformed("\(error)") }
    }
}

extension ArtifactReference {
    public init(_ module: ModuleReference) { self.init(checked: module.description) }
}

extension ObjectStore {
    /// Puts a module where every host of the lattice finds it, unless it is there.
    public func put(module bytes: [UInt8], _ subjects: LatticeSubjects) async throws(StoreError) -> ModuleReference {
        let reference = ModuleReference(SHA256Digest(of: bytes))
        let bucket = bucket(subjects.moduleBucket)
        let name = try reference.objectName()
        if let info = try await bucket.info(name), info.bytesCount == bytes.count { return reference }
        try await bucket.put(name, bytes)
        return reference
    }
}
