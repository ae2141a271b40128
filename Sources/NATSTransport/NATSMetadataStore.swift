import LatticeBus
import Synchronization

/// Metadata in JetStream key-value buckets, laid out as every classic host lays them out (protocol §9.1).
public struct NATSMetadataStore: MetadataStore {
    private let api: JetStreamAPI

    /// - Parameter timeout: for one question to the server.
    public init(_ connection: NATSConnection, domain: JetStreamDomain? = nil, timeout: Duration = .seconds(5)) {
        api = JetStreamAPI(connection: connection, domain: domain, timeout: timeout)
    }

    public func bucket(_ name: BucketName) -> any MetadataBucket { NATSMetadataBucket(api: api, name: name) }
}

struct NATSMetadataBucket: MetadataBucket {
    let api: JetStreamAPI
    let name: BucketName

    private var stream: StreamName { .metadata(name) }

    func open() async throws(StoreError) {
        try await api.createStream(.metadata(stream))
    }

    func get(_ key: MetadataKey) async throws(StoreError) -> MetadataEntry? {
        guard let message = try await newest(key), !message.isMarker else { return nil }
        return MetadataEntry(
            key: key, value: message.data, revision: MetadataRevision(message.sequence))
    }

    func put(_ key: MetadataKey, _ value: [UInt8]) async throws(StoreError) -> MetadataRevision {
        do throws(JetStreamError) { return try await store(key, value) } catch { throw error.storeError }
    }

    func put(
        _ key: MetadataKey, _ value: [UInt8], at revision: MetadataRevision
    ) async throws(StoreError) -> MetadataRevision {
        var expected = revision
        while true {
            do throws(JetStreamError) {
                return try await store(
                    key, value, headers: ["Nats-Expected-Last-Subject-Sequence": String(expected.number)])
            } catch {
                guard case .problem(let problem) = error, problem.isWrongLastSequence else { throw error.storeError }
            }
            // What is deleted has no value, but for the server its marker is the newest one.
            guard revision == .none, let newest = try await newest(key), newest.isMarker,
                newest.sequence != expected.number
            else { throw .conflict(key, expected: revision) }
            expected = MetadataRevision(newest.sequence)
        }
    }

    func delete(_ key: MetadataKey) async throws(StoreError) {
        do throws(JetStreamError) {
            _ = try await store(key, [], headers: [Marker.header: Marker.delete])
        } catch {
            throw error.storeError
        }
    }

    func entries(entriesMax: Int) async throws(StoreError) -> [MetadataEntry] {
        let found = Mutex<[MetadataEntry]>([])
        try await reader.read(.once, entriesMax: entriesMax, prepare: open) { event in
            switch event {
            case .message(let message, let position):
                if case .put(let entry)? = self.event(message, position) { found.withLock { $0.append(entry) } }
                return .goOn
            case .current: return .enough
            case .interrupted: return .goOn
            case .restarted:
                found.withLock { $0 = [] }
                return .goOn
            }
        }
        if Task.isCancelled { throw .bus(.cancelled) }
        return found.withLock { $0 }.sorted { $0.revision < $1.revision }
    }

    func watch(_ onEvent: @escaping @Sendable (MetadataEvent) -> Void) async throws(StoreError) {
        let told = Mutex(ToldKeys())
        try await reader.read(.forEver, prepare: open) { event in
            switch event {
            case .message(let message, let position):
                guard let event = self.event(message, position) else { return .goOn }
                told.withLock { $0.note(event) }
                onEvent(event)
            case .current:
                for key in told.withLock({ $0.takeMissing() }) { onEvent(.deleted(key, .none)) }
                onEvent(.current)
            case .interrupted(let error): onEvent(.interrupted(error))
            case .restarted: told.withLock { $0.beginAnew() }
            }
            return .goOn
        }
    }

    private var reader: StreamReader {
        StreamReader(api: api, stream: stream, filter: stream.pattern(), content: .lastOfEachSubject)
    }

    private func newest(_ key: MetadataKey) async throws(StoreError) -> StoredMessage? {
        try await api.lastMessage(stream, stream.subject(key.text))
    }

    /// Nil for a subject that is no key of this bucket.
    private func event(_ message: BusMessage, _ position: StreamPosition) -> MetadataEvent? {
        guard let tail = stream.tail(of: message.subject) else { return nil }
        let key = MetadataKey(received: tail)
        let revision = MetadataRevision(position.streamSequence)
        if Marker.isMarker(message.headers[Marker.header]) { return .deleted(key, revision) }
        return .put(MetadataEntry(key: key, value: message.payload, revision: revision))
    }

    /// Stores one message, and creates the bucket where nobody takes it.
    private func store(
        _ key: MetadataKey, _ value: [UInt8], headers: BusHeaders = [:]
    ) async throws(JetStreamError) -> MetadataRevision {
        let limit = api.connection.payloadBytesMax
        guard value.count <= limit else { throw .store(.tooLarge(bytesCount: value.count, max: limit)) }
        let message = BusMessage(to: api.metadataSubject(stream.subject(key.text)), headers: headers, payload: value)
        if let reply = try await request(message) { return try revision(reply) }
        do throws(StoreError) { try await open() } catch { throw .store(error) }
        if let reply = try await request(message) { return try revision(reply) }
        throw .store(.refused("nothing stores \(message.subject), though \(stream.text) exists"))
    }

    private func request(_ message: BusMessage) async throws(JetStreamError) -> BusMessage? {
        do throws(StoreError) { return try await api.store(message) } catch { throw .store(error) }
    }

    private func revision(_ reply: BusMessage) throws(JetStreamError) -> MetadataRevision {
        MetadataRevision(try api.acknowledgement(reply).sequence)
    }
}

extension StoredMessage {
    fileprivate var isMarker: Bool { Marker.isMarker(header(Marker.header)) }
}

/// The last message of a deleted key. Both kinds are honoured and `DEL` is written (protocol §9.1).
private enum Marker {
    static let header = "KV-Operation"
    static let delete = "DEL"

    static func isMarker(_ operation: String?) -> Bool { operation == delete || operation == "PURGE" }
}

/// Which keys a watcher was told of, so that it also learns of those that are not there any more after a server has
/// lost its store.
private struct ToldKeys {
    private var present: Set<MetadataKey> = []
    private var missing: Set<MetadataKey> = []

    mutating func note(_ event: MetadataEvent) {
        switch event {
        case .put(let entry):
            present.insert(entry.key)
            missing.remove(entry.key)
        case .deleted(let key, _):
            present.remove(key)
            missing.remove(key)
        case .current, .interrupted: break
        }
    }

    mutating func beginAnew() {
        missing.formUnion(present)
        present = []
    }

    mutating func takeMissing() -> [MetadataKey] {
        defer { missing = [] }
        return missing.sorted { $0.text < $1.text }
    }
}
