import LatticeBus
import LatticeIdentity
import Synchronization

/// Objects in JetStream, in chunks, laid out as the object stores of all client libraries (protocol §4.6).
public struct NATSObjectStore: ObjectStore {
    private let api: JetStreamAPI

    /// - Parameter timeout: for one chunk or question, not for a whole object.
    public init(_ connection: NATSConnection, domain: JetStreamDomain? = nil, timeout: Duration = .seconds(5)) {
        api = JetStreamAPI(connection: connection, domain: domain, timeout: timeout)
    }

    public func bucket(_ name: BucketName) -> any ObjectBucket { NATSObjectBucket(api: api, name: name) }
}

struct NATSObjectBucket: ObjectBucket {
    static let chunkBytesMax = 128 << 10
    /// How much of an object may be on its way to the server at a time: 2 MiB.
    static let chunksInFlightMax = 16

    let api: JetStreamAPI
    let name: BucketName

    private var stream: StreamName { .objects(name) }

    func put(_ name: ObjectName, _ bytes: [UInt8]) async throws(StoreError) -> ObjectInfo {
        try await api.createStream(.objects(stream))
        let former = try await metadata(name)
        let nuid = UniqueID().text
        do throws(StoreError) {
            let (chunksCount, digest) = try await storeChunks(bytes, nuid: nuid)
            let metadata = ObjectMetadata(
                name: name.text, bucket: self.name.text, nuid: nuid, bytesCount: bytes.count, chunksCount: chunksCount,
                modified: .now(), digest: digest, isDeleted: false, isLink: false)
            try await storeMetadata(metadata, token: Base64.paddedURL.encode(Array(name.text.utf8)))
            if let former { try? await purgeChunks(former.metadata.nuid) }
            return metadata.info(name)
        } catch {
            // Nothing leads to these chunks any more.
            try? await purgeChunks(nuid)
            throw error
        }
    }

    func get(_ name: ObjectName, bytesMax: Int) async throws(StoreError) -> [UInt8] {
        guard let metadata = try await metadata(name)?.metadata, !metadata.isDeleted else { throw .noObject(name) }
        guard !metadata.isLink else { throw .damaged(name, reason: "it is a link to another object") }
        guard metadata.bytesCount <= bytesMax else { throw .tooLarge(bytesCount: metadata.bytesCount, max: bytesMax) }
        let bytes = try await fetchChunks(metadata, name)
        guard !metadata.digest.isEmpty else { return bytes }
        var hash = SHA256Hasher(expecting: bytes.count)
        hash.update(bytes.span.bytes)
        guard metadata.digest == Self.digest(hash) else {
            throw .damaged(name, reason: "its bytes do not match its digest")
        }
        return bytes
    }

    func info(_ name: ObjectName) async throws(StoreError) -> ObjectInfo? {
        guard let metadata = try await metadata(name)?.metadata, !metadata.isDeleted else { return nil }
        return metadata.info(name)
    }

    func delete(_ name: ObjectName) async throws(StoreError) {
        guard let found = try await metadata(name), !found.metadata.isDeleted else { return }
        var metadata = found.metadata
        metadata.isDeleted = true
        metadata.bytesCount = 0
        metadata.chunksCount = 0
        metadata.digest = ""
        metadata.modified = .now()
        try await storeMetadata(metadata, token: found.token)
        try await purgeChunks(metadata.nuid)
    }

    private static func digest(_ hash: consuming SHA256Hasher) -> String {
        "SHA-256=" + Base64.paddedURL.encode(hash.finish().bytes.bytes)
    }

    /// - Returns: also the token under which it lies.
    private func metadata(_ name: ObjectName) async throws(StoreError) -> (metadata: ObjectMetadata, token: String)? {
        for token in name.metadataTokens {
            guard let message = try await api.lastMessage(stream, stream.subject("M.\(token)")) else { continue }
            let metadata = try ObjectMetadata(json: message.data)
            // Another object's encoded name may look like this one's raw name.
            if metadata.name == name.text || metadata.name == token { return (metadata, token) }
        }
        return nil
    }

    private func storeChunks(
        _ bytes: [UInt8], nuid: String
    ) async throws(StoreError) -> (chunksCount: Int, digest: String) {
        let subject = Subject(received: stream.subject("C.\(nuid)"))
        let chunkBytesMax = max(1, min(Self.chunkBytesMax, api.connection.payloadBytesMax))
        var hash = SHA256Hasher(expecting: bytes.count)
        var inFlight: [PendingReply] = []
        defer { for pending in inFlight { pending.abandon() } }
        var chunksCount = 0
        for start in stride(from: 0, to: bytes.count, by: chunkBytesMax) {
            if inFlight.count == Self.chunksInFlightMax { try await acknowledged(inFlight.removeFirst()) }
            let chunk = Array(bytes[start..<min(bytes.count, start + chunkBytesMax)])
            hash.update(chunk.span.bytes)
            do throws(BusError) {
                let message = BusMessage(to: subject, payload: chunk)
                inFlight.append(try api.connection.beginRequest(message, timeout: api.timeout))
            } catch {
                throw .bus(error)
            }
            chunksCount += 1
        }
        while !inFlight.isEmpty { try await acknowledged(inFlight.removeFirst()) }
        return (chunksCount, Self.digest(hash))
    }

    private func acknowledged(_ pending: PendingReply) async throws(StoreError) {
        let reply: BusMessage
        do throws(BusError) { reply = try await pending.reply() } catch { throw .bus(error) }
        do throws(JetStreamError) { _ = try api.acknowledgement(reply) } catch { throw error.storeError }
    }

    private func storeMetadata(_ metadata: ObjectMetadata, token: String) async throws(StoreError) {
        let message = BusMessage(
            to: Subject(received: stream.subject("M.\(token)")), headers: ["Nats-Rollup": "sub"], payload: metadata.json
        )
        guard let reply = try await api.store(message) else { throw .refused("nothing stores \(message.subject)") }
        do throws(JetStreamError) { _ = try api.acknowledgement(reply) } catch { throw error.storeError }
    }

    private func purgeChunks(_ nuid: String) async throws(StoreError) {
        guard let filter = chunksSubject(nuid) else { return }
        do throws(JetStreamError) {
            _ = try await api.ask(
                "STREAM.PURGE.\(stream.text)", ["filter": .string(filter)] as JSONObject, for: Nothing.self)
        } catch {
            throw error.storeError
        }
    }

    /// Nil when the identifier, which a stranger may have written, is not one token.
    private func chunksSubject(_ nuid: String) -> String? {
        guard let token = try? Subject(tokens: [nuid]) else { return nil }
        return stream.subject("C.\(token)")
    }

    private func fetchChunks(_ metadata: ObjectMetadata, _ name: ObjectName) async throws(StoreError) -> [UInt8] {
        guard metadata.bytesCount > 0 else { return [] }
        guard let filter = chunksSubject(metadata.nuid) else {
            throw .damaged(name, reason: "'\(metadata.nuid)' cannot be the identifier of its chunks")
        }
        let wanted = metadata.bytesCount
        let found = Mutex<[UInt8]>([])
        let reader = StreamReader(api: api, stream: stream, filter: filter, content: .everything)
        try await reader.read(.once) { event in
            switch event {
            case .message(let message, _):
                return found.withLock { bytes in
                    // One that is too long shows in the count, and no further ones are taken.
                    bytes += message.payload
                    return bytes.count >= wanted ? .enough : .goOn
                }
            case .current: return .enough
            case .interrupted: return .goOn
            case .restarted:
                found.withLock { $0 = [] }
                return .goOn
            }
        }
        if Task.isCancelled { throw .bus(.cancelled) }
        let bytes = found.withLock { $0 }
        guard bytes.count == wanted else {
            throw .damaged(name, reason: "its chunks hold \(bytes.count) of \(wanted) bytes")
        }
        return bytes
    }
}

extension ObjectMetadata {
    fileprivate func info(_ name: ObjectName) -> ObjectInfo {
        ObjectInfo(name: name, bytesCount: bytesCount, modified: modified)
    }
}
