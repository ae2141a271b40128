import LatticeBus
import LatticeTestSupport
import NATSTransport
import Testing

@Suite("Metadata and objects on a real server")
struct StoreTests {
    @Test("a server without JetStream is an error that names the remedy")
    func jetStreamOff() async throws {
        let server = try NATSServer(jetStream: .off)
        let connection = try await connect(server)
        let metadata = NATSMetadataStore(connection).bucket(try .unique())
        let objects = NATSObjectStore(connection).bucket(try .unique())
        let key = try MetadataKey("k")
        let attempts: [() async throws -> Void] = [
            { try await metadata.open() }, { _ = try await metadata.get(key) }, { try await metadata.put(key, []) },
            { try await metadata.delete(key) }, { _ = try await metadata.entries() },
            { try await metadata.watch { _ in } }, { try await objects.put(ObjectName("o"), [1]) },
            { _ = try await objects.get(ObjectName("o"), bytesMax: 1) },
        ]
        for attempt in attempts {
            do {
                try await attempt()
                Issue.record("worked without JetStream")
            } catch let error as StoreError {
                guard case .storageOff(let remedy) = error else { throw error }
                #expect(remedy.contains("nats-server with -js"))
            }
        }
        await connection.close()
        server.stop()
    }

    @Test("with a domain every question goes to that domain, and a wrong one is named")
    func domain() async throws {
        let server = try NATSServer(configuration: "jetstream { domain: hub }")
        let connection = try await connect(server)
        let name = try BucketName.unique()
        let there = NATSMetadataStore(connection, domain: try JetStreamDomain("hub")).bucket(name)
        let key = try MetadataKey("a.b")
        let events = EventLog<MetadataEvent>()
        let watch = Task { try await there.watch { events.append($0) } }
        try await events.wait(for: .current)
        let revision = try await there.put(key, [1])
        try await events.wait(for: .put(MetadataEntry(key: key, value: [1], revision: revision)))
        #expect(try await there.get(key)?.revision == revision)
        watch.cancel()
        try await watch.value
        let objects = NATSObjectStore(connection, domain: try JetStreamDomain("hub")).bucket(name)
        try await objects.put(ObjectName("o"), [1, 2])
        #expect(try await objects.take(ObjectName("o"), bytesMax: 2) == [1, 2])
        do {
            try await NATSMetadataStore(connection, domain: try JetStreamDomain("nowhere")).bucket(name).open()
            Issue.record("the wrong domain answered")
        } catch {
            #expect("\(error)".contains("'nowhere'") && "\(error)".contains("nats.jetstream_domain"))
        }
        await connection.close()
        server.stop()
    }

    @Test("a bucket that somebody else made with other settings is used as it is")
    func foreignBucket() async throws {
        let connection = try await connect(NATSServer.shared.get())
        let name = try BucketName.unique()
        try await ask(
            connection, "STREAM.CREATE.KV_\(name)",
            #"{"name":"KV_\#(name)","subjects":["$KV.\#(name).>"],"max_msgs_per_subject":5,"storage":"memory"}"#)
        let bucket = NATSMetadataStore(connection).bucket(name)
        try await bucket.open()
        let key = try MetadataKey("k")
        try await bucket.put(key, [1])
        let revision = try await bucket.put(key, [2])
        #expect(try await bucket.entries() == [MetadataEntry(key: key, value: [2], revision: revision)])
        await connection.close()
    }

    @Test("the marker that classic hosts write is honoured like ours", arguments: ["DEL", "PURGE"])
    func markers(operation: String) async throws {
        let connection = try await connect(NATSServer.shared.get())
        let name = try BucketName.unique()
        let bucket = NATSMetadataStore(connection).bucket(name)
        let key = try MetadataKey("k")
        try await bucket.put(key, [1])
        let marker = BusMessage(to: try Subject("$KV.\(name).k"), headers: ["KV-Operation": operation])
        _ = try await connection.request(marker, timeout: .seconds(10))
        #expect(try await bucket.get(key) == nil)
        #expect(try await bucket.entries().isEmpty)
        let events = EventLog<MetadataEvent>()
        let watch = Task { try await bucket.watch { events.append($0) } }
        let told = try await events.wait(forCount: 2)
        guard case .deleted(key, _) = told[0] else { throw Unexpected(told) }
        watch.cancel()
        try await watch.value
        try await bucket.put(key, [2], at: .none)
        try await bucket.delete(key)
        let last = try await ask(connection, "STREAM.MSG.GET.KV_\(name)", #"{"last_by_subj":"$KV.\#(name).k"}"#)
        #expect(last.contains("tWLU9wZXJhdGlvbjogREVMDQoNCg=="), "ours is 'KV-Operation: DEL'")
        await connection.close()
    }

    @Test("a watcher learns of what a server has lost with its store")
    func lostStore() async throws {
        let server = try NATSServer()
        let connection = try await connect(server)
        let bucket = NATSMetadataStore(connection).bucket(try .unique())
        let (kept, lost) = (try MetadataKey("kept"), try MetadataKey("lost"))
        try await bucket.put(kept, [1])
        try await bucket.put(lost, [1])
        let events = EventLog<MetadataEvent>()
        let watch = Task { try await bucket.watch { events.append($0) } }
        try await events.wait(for: .current)
        server.kill()
        try server.removeStore()
        try server.start()
        try await events.wait("current again") { $0.filter { $0 == .current }.count == 2 }
        #expect(events.events.suffix(3).dropLast() == [.deleted(kept, .none), .deleted(lost, .none)])
        let revision = try await bucket.put(kept, [2])
        try await events.wait(for: .put(MetadataEntry(key: kept, value: [2], revision: revision)))
        watch.cancel()
        try await watch.value
        await connection.close()
        server.stop()
    }

    @Test("forty megabytes go through")
    func largeObject() async throws {
        let connection = try await connect(NATSServer.shared.get())
        let bucket = NATSObjectStore(connection).bucket(try .unique())
        let name = try ObjectName("large")
        let bytes = [UInt8](unsafeUninitializedCapacity: 40_000_001) { buffer, count in
            for index in 0..<40_000_001 { buffer[index] = UInt8(truncatingIfNeeded: index &* 2_654_435_761 >> 11) }
            count = 40_000_001
        }
        try await bucket.put(name, bytes)
        let isSame = try await bucket.get(name, bytesMax: bytes.count) == bytes
        #expect(isSame)
        try await bucket.delete(name)
        await connection.close()
    }

    @Test(
        "objects of older client libraries are read and deleted where they lie",
        arguments: [
            ("a1-r", "a1-r", #""modified":"2023-05-01T10:00:00.000000Z","digest":"","deleted":false"#),
            ("a.1 r", "a_1_r", #""modified":"2023-05-01T10:00:00.000000Z","digest":"","deleted":false"#),
            (
                "a1-r", "YTEtcg==",
                #""mtime":"2023-05-01T10:00:00.000Z","digest":"SHA-256=A5BYxvLAy0ksUzsKTRTvd8wPeKvMztUofYShogEc-4E=""#
            ),
        ])
    func foreignObjects(name: String, token: String, rest: String) async throws {
        let connection = try await connect(NATSServer.shared.get())
        let bucketName = try BucketName.unique()
        let bucket = NATSObjectStore(connection).bucket(bucketName)
        let object = try ObjectName(name)
        _ = try await bucket.put(ObjectName("first"), [0])
        for chunk in [[1, 2], [3]] as [[UInt8]] {
            let message = BusMessage(to: try Subject("$O.\(bucketName).C.nuid1"), payload: chunk)
            _ = try await connection.request(message, timeout: .seconds(10))
        }
        try await store(
            connection, bucketName, token, #"{"name":"\#(name)","nuid":"nuid1","size":3,"chunks":2,\#(rest)}"#)
        let info = try await bucket.info(object)
        #expect(info == ObjectInfo(name: object, bytesCount: 3, modified: UnixTime(milliseconds: 1_682_935_200_000)))
        #expect(try await bucket.get(object, bytesMax: 3) == [1, 2, 3])
        try await bucket.delete(object)
        #expect(try await bucket.info(object) == nil)
        await connection.close()
    }

    @Test(
        "an object that cannot be had whole is damaged, and stays",
        arguments: [
            (#""nuid":"n","size":4,"chunks":2"#, "3 of 4 bytes"), (#""nuid":"n","size":1,"chunks":1"#, "2 of 1 bytes"),
            (#""nuid":"n","size":3,"chunks":2,"digest":"SHA-256=AAAA""#, "digest"),
            (#""nuid":"n","size":3,"chunks":2,"digest":"MD5=AAAA""#, "digest"),
            (#""nuid":"n.>","size":3,"chunks":2"#, "identifier"), (#""nuid":">","size":3,"chunks":2"#, "identifier"),
            (#""nuid":"","size":3,"chunks":2"#, "identifier"), (#""nuid":"absent","size":3,"chunks":2"#, "0 of 3"),
            (#""nuid":"n","size":3,"chunks":2,"link":{"bucket":"x"}"#, "link"),
        ])
    func damagedObjects(keys: String, words: String) async throws {
        let connection = try await connect(NATSServer.shared.get())
        let bucketName = try BucketName.unique()
        let bucket = NATSObjectStore(connection).bucket(bucketName)
        let object = try ObjectName("o")
        try await bucket.put(ObjectName("first"), [0])
        for chunk in [[1, 2], [3]] as [[UInt8]] {
            let message = BusMessage(to: try Subject("$O.\(bucketName).C.n"), payload: chunk)
            _ = try await connection.request(message, timeout: .seconds(10))
        }
        try await store(connection, bucketName, "bw==", #"{"name":"o",\#(keys)}"#)
        do {
            _ = try await bucket.take(object, bytesMax: 100)
            Issue.record("a damaged object was returned")
        } catch {
            guard case .damaged(object, let reason) = error else { throw error }
            #expect(reason.contains(words))
        }
        #expect(try await bucket.info(object) != nil)
        await connection.close()
    }

    private func connect(_ server: NATSServer) async throws -> NATSConnection {
        let connection = try await NATSConnection.connect(NATSOptions(urls: server.url))
        try await connection.waitUntilConnected(atMost: .seconds(20))
        return connection
    }

    @discardableResult
    private func ask(_ connection: NATSConnection, _ operation: String, _ json: String) async throws -> String {
        let message = BusMessage(to: try Subject("$JS.API.\(operation)"), payload: Array(json.utf8))
        let reply = try await connection.request(message, timeout: .seconds(10))
        return String(decoding: reply.payload, as: UTF8.self)
    }

    private func store(_ connection: NATSConnection, _ bucket: BucketName, _ token: String, _ json: String) async throws
    {
        let message = BusMessage(
            to: try Subject("$O.\(bucket).M.\(token)"), headers: ["Nats-Rollup": "sub"], payload: Array(json.utf8))
        _ = try await connection.request(message, timeout: .seconds(10))
    }
}
