/// Small values under keys, shared by the lattice, kept by the server: claims, links, trust. A port.
public protocol MetadataStore: Sendable {
    /// A bucket, whether it exists or not: whoever first uses it creates it. Does no work.
    func bucket(_ name: BucketName) -> any MetadataBucket
}

/// One bucket. Only the newest value of a key is kept; a revision is unique within the bucket and grows with every
/// change.
public protocol MetadataBucket: Sendable {
    var name: BucketName { get }

    /// Creates the bucket where it is missing and accepts one that is there, whatever its settings.
    func open() async throws(StoreError)

    /// - Returns: nil when the key was never put or is deleted.
    func get(_ key: MetadataKey) async throws(StoreError) -> MetadataEntry?

    /// - Parameter value: at most the payload limit of the bus; more is `tooLarge`.
    /// - Returns: the revision of the new value.
    @discardableResult
    func put(_ key: MetadataKey, _ value: [UInt8]) async throws(StoreError) -> MetadataRevision

    /// Puts only if the key's newest value still has this revision; `.none` demands that it has no value.
    /// - Throws: `conflict` when somebody else was quicker.
    @discardableResult
    func put(
        _ key: MetadataKey, _ value: [UInt8], at revision: MetadataRevision
    ) async throws(StoreError) -> MetadataRevision

    /// Leaves a marker that watchers see. Deleting what is not there leaves one too.
    func delete(_ key: MetadataKey) async throws(StoreError)

    /// Every value, by ascending revision.
    /// - Throws: `tooMany` before anything is fetched when there are more than `entriesMax` keys (deleted ones count).
    func entries(entriesMax: Int) async throws(StoreError) -> [MetadataEntry]

    /// Tells of every value that there is, then `current`, then of every change, in order, until the task is cancelled.
    ///
    /// It outlives lost connections and servers: `interrupted` says that what was told may be out of date, the next
    /// `current` that it is not any more. Changes that overtook each other in between are told once, by their last
    /// value.
    /// - Parameter onEvent: called on a thread of the bus, one event at a time; copies, hands over and returns.
    /// - Throws: only what waiting cannot mend: `storageOff`, `refused`, `malformed`. Returns when cancelled.
    func watch(_ onEvent: @escaping @Sendable (MetadataEvent) -> Void) async throws(StoreError)
}

extension MetadataBucket {
    public func entries() async throws(StoreError) -> [MetadataEntry] { try await entries(entriesMax: 100_000) }
}

/// `A–Z a–z 0–9 - _ = / .`, at most 512 bytes, no dot at either end nor two in a row.
public struct MetadataKey: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public init(_ text: String) throws(MetadataKeyError) {
        let bytes = text.utf8
        guard (1...512).contains(bytes.count), bytes.allSatisfy(Self.isAllowed), bytes.first != UInt8(ascii: "."),
            bytes.last != UInt8(ascii: "."), !text.contains("..")
        else { throw MetadataKeyError(text: text) }
        self.text = text
    }

    /// For a key that an adapter found in a bucket: strangers may have written it by rules of their own.
    package init(received text: String) { self.text = text }

    public var description: String { text }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "="),
            UInt8(ascii: "/"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}

public struct MetadataKeyError: Error, Equatable, CustomStringConvertible {
    public let text: String

    public var description: String {
        "'\(text)' is no metadata key: 1 to 512 letters, digits, '-', '_', '=', '/' or single dots within"
    }
}

/// Which change of a bucket wrote a value.
public struct MetadataRevision: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let number: UInt64

    /// No value at all: never written, or deleted.
    public static let none = MetadataRevision(0)

    public init(_ number: UInt64) { self.number = number }

    public static func < (left: Self, right: Self) -> Bool { left.number < right.number }
    public var description: String { "\(number)" }
}

public struct MetadataEntry: Hashable, Sendable {
    public let key: MetadataKey
    public let value: [UInt8]
    public let revision: MetadataRevision

    public init(key: MetadataKey, value: [UInt8], revision: MetadataRevision) {
        self.key = key
        self.value = value
        self.revision = revision
    }
}

public enum MetadataEvent: Hashable, Sendable {
    case put(MetadataEntry)
    /// The revision is that of the marker; `none` for a value that is gone because the server lost its whole store.
    case deleted(MetadataKey, MetadataRevision)
    /// Everything that the bucket held has been told.
    case current
    /// The bucket is out of reach; what was told may grow old until the next `current`.
    case interrupted(StoreError)
}
