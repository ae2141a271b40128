import LatticeBus
import LatticeIdentity
import LatticeProtocol

/// Modules under the SHA-256 of their bytes: in the lattice's object bucket, and in a cache in the state folder that
/// serves when the bus is out of reach. What does not have its hash is never handed out.
public struct ModuleStore: Sendable {
    public typealias Reference = ModuleReference

    public enum Failure: Error, CustomStringConvertible {
        case store(StoreError)
        case file(FileError)
        /// What came under this name are other bytes.
        case altered(Reference, found: SHA256Digest)
        /// References of this kind can't be resolved.
        case unsupported(ArtifactReference)

        public var description: String {
            switch self {
            case .store(let error): error.description
            case .file(let error): error.description
            case .altered(let reference, let found): "what is stored as \(reference) has the hash \(found)"
            case .unsupported(let reference):
                "'\(reference.text.prefix(200))' can't be fetched: this host takes modules as "
                    + "\(Reference.scheme)HEX, where 'lattice start actor FILE' puts them"
            }
        }
    }

    private let bucket: any ObjectBucket
    private let folder: StateFolder
    private let moduleBytesMax: Int

    public init(_ objects: any ObjectStore, _ subjects: LatticeSubjects, cache folder: StateFolder, moduleBytesMax: Int)
    {
        bucket = objects.bucket(subjects.moduleBucket)
        self.folder = folder
        self.moduleBytesMax = moduleBytesMax
    }

    /// Fetches what a command refers to.
    public func module(at reference: ArtifactReference) async throws(Failure) -> ModuleFile {
        guard let known = Reference(reference.text) else { throw .unsupported(reference) }
        return try await module(known)
    }

    /// Fetches a module, from the cache if it is there.
    public func module(_ reference: Reference) async throws(Failure) -> ModuleFile {
        if let cached = try cached(reference.hash) { return cached }
        let bytes: [UInt8]
        do throws(StoreError) { bytes = try await bucket.get(reference.objectName(), bytesMax: moduleBytesMax) } catch {
            throw .store(error)
        }
        let module = ModuleFile(bytes)
        guard module.hash == reference.hash else { throw .altered(reference, found: module.hash) }
        return module
    }

    /// - Returns: nil where it is not in the cache, or no longer whole there.
    public func cached(_ hash: SHA256Digest) throws(Failure) -> ModuleFile? {
        do throws(FileError) {
            guard let bytes = try BoundedFile.read(path(hash), bytesMax: moduleBytesMax) else { return nil }
            let module = ModuleFile(bytes, isCached: true)
            return module.hash == hash ? module : nil
        } catch { throw .file(error) }
    }

    /// Puts a module into the cache, so that it can be started again without the bus.
    public func keep(_ module: ModuleFile) throws(Failure) {
        guard !module.isCached else { return }
        do throws(FileError) {
            try AtomicFile.write(module.bytes, to: path(module.hash), mode: 0o600)
        } catch { throw .file(error) }
    }

    private func path(_ hash: SHA256Digest) throws(FileError) -> String {
        try folder.file("\(hash).wasm", in: "modules")
    }
}
