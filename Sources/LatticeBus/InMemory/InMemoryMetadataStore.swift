import Synchronization

/// The metadata of an `InMemoryServer`, as one of its connections sees it.
public struct InMemoryMetadataStore: MetadataStore {
    private let bus: InMemoryBus

    public init(_ bus: InMemoryBus) { self.bus = bus }

    public func bucket(_ name: BucketName) -> any MetadataBucket { InMemoryMetadataBucket(bus: bus, name: name) }
}

/// One bucket's contents. A value: it tells what changed, and who must hear of it is decided elsewhere.
struct InMemoryMetadataState {
    private var events: [MetadataKey: MetadataEvent] = [:]
    private var lastRevision: UInt64 = 0
    var watchers: [UInt64: InMemoryWatcher] = [:]

    func entry(_ key: MetadataKey) -> MetadataEntry? {
        if case .put(let entry)? = events[key] { entry } else { nil }
    }

    var entries: [MetadataEntry] {
        changes(after: .none).compactMap { if case .put(let entry) = $0 { entry } else { nil } }
    }

    /// With the markers of deleted keys.
    var keysCount: Int { events.count }

    /// The newest event of each key, by ascending revision.
    func changes(after revision: MetadataRevision) -> [MetadataEvent] {
        events.values.filter { $0.revision > revision }.sorted { $0.revision < $1.revision }
    }

    mutating func put(_ key: MetadataKey, _ value: [UInt8]) -> MetadataEvent {
        record(key) { .put(MetadataEntry(key: key, value: value, revision: $0)) }
    }

    mutating func delete(_ key: MetadataKey) -> MetadataEvent {
        record(key) { .deleted(key, $0) }
    }

    private mutating func record(_ key: MetadataKey, _ event: (MetadataRevision) -> MetadataEvent) -> MetadataEvent {
        lastRevision += 1
        let event = event(MetadataRevision(lastRevision))
        events[key] = event
        return event
    }
}

extension MetadataEvent {
    fileprivate var revision: MetadataRevision {
        switch self {
        case .put(let entry): entry.revision
        case .deleted(_, let revision): revision
        case .current, .interrupted: .none
        }
    }
}

struct InMemoryMetadataBucket: MetadataBucket {
    let bus: InMemoryBus
    let name: BucketName

    func open() async throws(StoreError) {
        try bus.requireStorage()
    }

    func get(_ key: MetadataKey) async throws(StoreError) -> MetadataEntry? {
        try bus.requireStorage()
        return withBucket { $0.entry(key) }
    }

    func put(_ key: MetadataKey, _ value: [UInt8]) async throws(StoreError) -> MetadataRevision {
        try check(value)
        return withBucket { bucket in tell(bucket.put(key, value), bucket) }
    }

    func put(
        _ key: MetadataKey, _ value: [UInt8], at revision: MetadataRevision
    ) async throws(StoreError) -> MetadataRevision {
        try check(value)
        let written: MetadataRevision? = withBucket { bucket in
            guard (bucket.entry(key)?.revision ?? .none) == revision else { return nil }
            return tell(bucket.put(key, value), bucket)
        }
        guard let written else { throw .conflict(key, expected: revision) }
        return written
    }

    func delete(_ key: MetadataKey) async throws(StoreError) {
        try bus.requireStorage()
        withBucket { bucket in _ = tell(bucket.delete(key), bucket) }
    }

    func entries(entriesMax: Int) async throws(StoreError) -> [MetadataEntry] {
        try bus.requireStorage()
        let (entries, keysCount) = withBucket { ($0.entries, $0.keysCount) }
        guard keysCount <= entriesMax else { throw .tooMany(entriesCount: keysCount, max: entriesMax) }
        return entries
    }

    func watch(_ onEvent: @escaping @Sendable (MetadataEvent) -> Void) async throws(StoreError) {
        if bus.server.storage == .off { throw .storageOff(remedy: InMemoryBus.storageRemedy) }
        let watcher = InMemoryWatcher(onEvent)
        let id = bus.server.nextNumber()
        let ticket = bus.connection.whenChanged { state in follow(watcher, state) }
        withBucket { $0.watchers[id] = watcher }
        follow(watcher, bus.state)
        await watcher.untilCancelled()
        bus.connection.forget(ticket)
        withBucket { $0.watchers[id] = nil }
    }

    /// Brings a watcher up to date after each change of its connection's state.
    private func follow(_ watcher: InMemoryWatcher, _ state: BusState) {
        withBucket { bucket in
            let contents = bucket
            bus.server.deliveries.async {
                if let failure = state.failure {
                    watcher.interrupt(.bus(failure))
                } else {
                    watcher.catchUp(contents)
                }
            }
        }
    }

    private func check(_ value: [UInt8]) throws(StoreError) {
        guard value.count <= bus.payloadBytesMax else {
            throw .tooLarge(bytesCount: value.count, max: bus.payloadBytesMax)
        }
        try bus.requireStorage()
    }

    private func withBucket<Result: Sendable>(_ body: (inout InMemoryMetadataState) -> Result) -> Result {
        bus.server.withState { body(&$0.metadata[name, default: InMemoryMetadataState()]) }
    }

    /// Within the server's lock, so that watchers hear of changes in their order.
    private func tell(_ event: MetadataEvent, _ bucket: InMemoryMetadataState) -> MetadataRevision {
        for watcher in bucket.watchers.values {
            bus.server.deliveries.async { watcher.hear(event) }
        }
        return event.revision
    }
}

extension InMemoryBus {
    static let storageRemedy = "this in-memory server was made without storage"

    func requireStorage() throws(StoreError) {
        if let failure = state.failure { throw .bus(failure) }
        if server.storage == .off { throw .storageOff(remedy: Self.storageRemedy) }
    }
}

/// One watch under way. All but `untilCancelled` runs on the server's delivery thread.
final class InMemoryWatcher: Sendable {
    private struct Contents {
        var isConnected = false
        var isOver = false
        var lastRevision = MetadataRevision.none
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let onEvent: @Sendable (MetadataEvent) -> Void
    private let contents = Mutex(Contents())

    init(_ onEvent: @escaping @Sendable (MetadataEvent) -> Void) { self.onEvent = onEvent }

    func hear(_ event: MetadataEvent) {
        let isNews = contents.withLock { contents in
            guard contents.isConnected, !contents.isOver, event.revision > contents.lastRevision else { return false }
            contents.lastRevision = event.revision
            return true
        }
        if isNews { onEvent(event) }
    }

    func interrupt(_ error: StoreError) {
        let isOver = contents.withLock { contents in
            contents.isConnected = false
            return contents.isOver
        }
        if !isOver { onEvent(.interrupted(error)) }
    }

    func catchUp(_ bucket: InMemoryMetadataState) {
        let lastRevision = contents.withLock { contents in
            contents.isConnected = true
            return contents.lastRevision
        }
        for event in bucket.changes(after: lastRevision) { hear(event) }
        if !contents.withLock({ $0.isOver }) { onEvent(.current) }
    }

    func untilCancelled() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = contents.withLock { contents in
                    contents.waiting = continuation
                    return contents.isOver
                }
                if isOver { finish() }
            }
        } onCancel: {
            finish()
        }
    }

    private func finish() {
        let waiting = contents.withLock { contents in
            contents.isOver = true
            defer { contents.waiting = nil }
            return contents.waiting
        }
        waiting?.resume()
    }
}
