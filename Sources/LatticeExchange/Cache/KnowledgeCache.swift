import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// What a host remembers of its lattice while the bus is out of reach, in three files of its state folder: the trust
/// document, the highest version of it that was ever seen, and what the two buckets held. Nothing in them counts without
/// the signature that it carries; what the classic profile believes unsigned is believed from here, too.
public struct KnowledgeCache: Sendable {
    public enum Failure: Error, CustomStringConvertible {
        case file(FileError)
        /// What is not damaged is used all the same.
        case damaged(path: String, reason: String)

        public var description: String {
            switch self {
            case .file(let error): error.description
            case .damaged(let path, let reason): "'\(path)' is damaged and ignored: \(reason)"
            }
        }
    }

    static let documentBytesMax = 1 << 20
    static let versionsBytesMax = 64 << 10
    static let entriesBytesMax = 64 << 20
    private static let format = 1
    private static let filePermissions: UInt32 = 0o600

    private let folder: String

    /// - Parameter folder: is there, and belongs to one host only.
    public init(folder: String) { self.folder = folder }

    private var documentPath: String { "\(folder)/trust-document" }
    private var versionsPath: String { "\(folder)/trust-versions" }
    private var entriesPath: String { "\(folder)/knowledge.json" }

    // MARK: The trust document

    func document() throws(Failure) -> String? {
        guard let bytes = try read(documentPath, bytesMax: Self.documentBytesMax) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .damaged(path: documentPath, reason: "it is not UTF-8")
        }
        return text
    }

    /// The document first, then its version: whatever a crash leaves behind can be taken back at the next start, for a
    /// document is its own proof of the version that was seen.
    func save(_ document: TrustDocument) throws(Failure) {
        let outcome = Result { () throws(Failure) in try write(Array(document.text.utf8), to: documentPath) }
        var versions = (try? storedVersions().versions) ?? SeenVersions()
        versions.note(document.version, of: document.operatorKey, in: document.lattice)
        try write(Array(versions.text.utf8), to: versionsPath)
        try outcome.get()
    }

    /// - Returns: 0 where nothing was seen yet.
    func highestVersion(of operatorKey: OperatorKey, in lattice: LatticeName) throws(Failure) -> UInt64 {
        let (versions, unreadable) = try storedVersions()
        if let version = versions.version(of: operatorKey, in: lattice) { return version }
        guard let unreadable else { return 0 }
        throw .damaged(path: versionsPath, reason: "'\(unreadable.prefix(80))' is no lattice, operator and version")
    }

    private func storedVersions() throws(Failure) -> (versions: SeenVersions, unreadable: String?) {
        let bytes = try read(versionsPath, bytesMax: Self.versionsBytesMax) ?? []
        return SeenVersions.reading(String(decoding: bytes, as: UTF8.self))
    }

    // MARK: The buckets

    /// One value of a bucket, as it was there.
    struct Entry: Hashable, Sendable {
        var bucket: WatchedBucket
        var key: MetadataKey
        var value: [UInt8]
    }

    /// - Returns: nothing where nothing is stored, or what is stored is another lattice's.
    func entries(of lattice: LatticeName) throws(Failure) -> [Entry] {
        guard let bytes = try read(entriesPath, bytesMax: Self.entriesBytesMax) else { return [] }
        do throws(MessageError) {
            let limits = JSONLimits(bytesMax: Self.entriesBytesMax, depthMax: 8)
            let fields = try JSONFields(parsing: bytes, limits: limits)
            guard try fields.required("format", fields.integer("format", as: Int.self)) == Self.format,
                try fields.string("lattice") == lattice.text
            else { return [] }
            var entries: [Entry] = []
            for bucket in WatchedBucket.allCases {
                for (key, value) in try fields.stringMap(bucket.rawValue) ?? [:] {
                    guard let key = try? MetadataKey(key) else { continue }
                    entries.append(Entry(bucket: bucket, key: key, value: Array(value.utf8)))
                }
            }
            return entries
        } catch { throw .damaged(path: entriesPath, reason: "\(error)") }
    }

    func save(_ entries: [Entry], of lattice: LatticeName) throws(Failure) {
        var writer = JSONWriter(reservingBytes: entries.reduce(256) { $0 + $1.value.count + 128 })
        writer.object { writer in
            writer.member("format", Self.format)
            writer.member("lattice", lattice.text)
            for bucket in WatchedBucket.allCases {
                writer.object(bucket.rawValue) { writer in
                    for entry in entries where entry.bucket == bucket {
                        writer.member(entry.key.text, String(decoding: entry.value, as: UTF8.self))
                    }
                }
            }
        }
        guard writer.bytes.count <= Self.entriesBytesMax else {
            throw .damaged(path: entriesPath, reason: "it would have \(writer.bytes.count) bytes, more than are read")
        }
        try write(writer.bytes, to: entriesPath)
    }

    // MARK: Files

    private func read(_ path: String, bytesMax: Int) throws(Failure) -> [UInt8]? {
        do throws(FileError) { return try BoundedFile.read(path, bytesMax: bytesMax) } catch { throw .file(error) }
    }

    private func write(_ bytes: [UInt8], to path: String) throws(Failure) {
        do throws(FileError) { try AtomicFile.write(bytes, to: path, mode: Self.filePermissions) } catch {
            throw .file(error)
        }
    }
}
