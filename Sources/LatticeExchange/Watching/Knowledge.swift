import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// What the buckets of a lattice hold, as far as it counts here, and what each change of them means for the gatekeeper.
/// No tasks, no bus; one caller at a time.
struct Knowledge: Sendable {
    let gatekeeper: Gatekeeper
    let trust: TrustKeeper
    /// Actors that run here keep their record: it comes from their own module.
    let runsHere: @Sendable (ModuleKey) -> Bool

    var stored: [WatchedBucket: StoredEntries]
    /// Whether everything that a bucket held has been told once.
    var isComplete: Set<WatchedBucket> = []
    /// Whether what is stored has changed since it was last taken for the disk.
    private(set) var isUnsaved = false
    var refusedLinks = RefusedLinks()

    /// Whether the trust bucket has a document, of whatever kind.
    var hasDocument = false
    /// Actors with a record from the trust bucket: no classic one counts for them.
    var provenActors: Set<ModuleKey> = []
    var classicActors: [ModuleKey: ActorRecord] = [:]
    /// Certificates that did not count when they came: the document that enrols their host may come later.
    var unprovenCertificates: [ClusterKey: String] = [:]
    static let unprovenCertificatesMax = 1_000
    /// Of one of those; a certificate has about 600.
    static let certificateBytesMax = 4 << 10

    init(
        gatekeeper: Gatekeeper, trust: TrustKeeper, entriesMax: Int = StoredEntries.countMaxDefault,
        runsHere: @escaping @Sendable (ModuleKey) -> Bool
    ) {
        self.gatekeeper = gatekeeper
        self.trust = trust
        self.runsHere = runsHere
        stored = Dictionary(
            WatchedBucket.allCases.map { ($0, StoredEntries(countMax: entriesMax)) }, uniquingKeysWith: { $1 })
    }

    /// Takes what a watch of one of the buckets says.
    mutating func take(_ event: MetadataEvent, from bucket: WatchedBucket) -> [KnowledgeChange] {
        switch event {
        case .put(let entry): put(entry.key, entry.value, entry.revision, in: bucket)
        case .deleted(let key, _): remove(key, from: bucket)
        case .current: complete(bucket)
        case .interrupted: []
        }
    }

    /// Takes what was stored on disk, before a bucket tells anything.
    mutating func restore(_ entries: [KnowledgeCache.Entry]) -> [KnowledgeChange] {
        let changes = entries.flatMap { put($0.key, $0.value, .none, in: $0.bucket) }
        for bucket in WatchedBucket.allCases { stored[bucket]?.beginAnew() }
        isUnsaved = false
        return changes
    }

    /// A new watch tells everything that the bucket holds, and nothing of what it held before.
    mutating func beginAnew(_ bucket: WatchedBucket) {
        stored[bucket]?.beginAnew()
        switch bucket {
        case .trust: hasDocument = false
        case .data: refusedLinks.removeAll()
        }
    }

    /// What is worth storing on disk, if it has changed.
    mutating func takeUnsaved() -> [KnowledgeCache.Entry]? {
        guard isUnsaved else { return nil }
        isUnsaved = false
        return WatchedBucket.allCases.flatMap { bucket in
            (stored[bucket]?.values ?? [:]).map { KnowledgeCache.Entry(bucket: bucket, key: $0.key, value: $0.value) }
        }
    }

    // MARK: Steps

    private mutating func put(
        _ key: MetadataKey, _ value: [UInt8], _ revision: MetadataRevision, in bucket: WatchedBucket
    ) -> [KnowledgeChange] {
        switch bucket {
        case .trust: putTrust(key, value, revision)
        case .data: putData(key, value)
        }
    }

    private mutating func remove(_ key: MetadataKey, from bucket: WatchedBucket) -> [KnowledgeChange] {
        switch bucket {
        case .trust: removeTrust(key)
        case .data: removeData(key)
        }
    }

    private mutating func complete(_ bucket: WatchedBucket) -> [KnowledgeChange] {
        let lost = stored[bucket]?.takeUnconfirmed() ?? []
        var changes = lost.flatMap { remove($0, from: bucket) }
        isComplete.insert(bucket)
        if bucket == .trust { changes += completeTrust() }
        return changes
    }

    // MARK: For both

    /// - Parameter isProven: whether somebody trusted signed it. What anybody may have written gets no more than half of
    ///   the room, so that it can't keep out what counts.
    mutating func store(
        _ key: MetadataKey, _ value: [UInt8], in bucket: WatchedBucket, isProven: Bool
    ) -> Bool {
        let share: StoredEntries.Share = isProven ? .all : .half
        guard stored[bucket]?.values[key] != value else {
            // The same again, which confirms it.
            return stored[bucket]?.put(key, value, share) ?? false
        }
        guard stored[bucket]?.put(key, value, share) ?? false else { return false }
        isUnsaved = true
        return true
    }

    mutating func unstore(_ key: MetadataKey, in bucket: WatchedBucket) {
        if stored[bucket]?.remove(key) ?? false { isUnsaved = true }
    }

    static let noRoom = "this process keeps no more entries"
}

extension LatticeRecords.Change {
    var isNews: Bool { if case .unchanged = self { false } else { true } }
}

extension [KnowledgeChange] {
    static func actor(_ change: LatticeRecords.Change<ActorRecord>) -> Self { change.isNews ? [.actor(change)] : [] }
    static func link(_ change: LatticeRecords.Change<LinkRecord>) -> Self { change.isNews ? [.link(change)] : [] }
}
