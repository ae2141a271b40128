import LatticeBus
import LatticeTestSupport
import NATSTransport
import Testing

@Suite("Connections to a real server")
struct ConnectionTests {
    @Test("without a server calls fail at once; when it comes, the connection is there by itself")
    func absentAtStart() async throws {
        let server = try NATSServer()
        server.stop()
        let connection = try await NATSConnection.connect(NATSOptions(urls: server.url))
        guard case .disconnected(let since, let reason) = connection.state else { throw Unexpected(connection.state) }
        #expect(reason == "no server yet at \(server.url)")
        let subject = try Subject.unique()
        #expect(throws: BusError.disconnected(since: since, reason: reason)) { try connection.publish([], to: subject) }
        await #expect(throws: BusError.self) { try await connection.waitUntilConnected(atMost: .milliseconds(20)) }
        let received = EventLog<BusMessage>()
        let subscription = try connection.subscribe(SubjectPattern(subject)) { received.append($0) }
        try server.start()
        try await connection.waitUntilConnected(atMost: .seconds(20))
        #expect(connection.state == .connected(server: server.url))
        try connection.publish([1], to: subject)
        try await received.wait(forCount: 1)
        subscription.unsubscribe()
        await connection.close()
        server.stop()
    }

    @Test("a server that stops answering is noticed by its silence")
    func frozenServer() async throws {
        let server = try NATSServer()
        var options = NATSOptions(urls: server.url)
        options.pingInterval = .milliseconds(50)
        let connection = try await NATSConnection.connect(options)
        let states = EventLog<BusState>()
        let observation = connection.observe { if case .state(let state) = $0 { states.append(state) } }
        try await states.wait(forCount: 1)
        server.freeze()
        try await states.wait("disconnected") { if case .disconnected? = $0.last { true } else { false } }
        server.resume()
        try await states.wait("connected") { if case .connected? = $0.last { true } else { false } }
        observation.cancel()
        await connection.close()
        server.stop()
    }

    @Test("a server that stands still in the middle of a handshake keeps nobody", .timeLimit(.minutes(1)))
    func stalledAtStart() async throws {
        let server = try StallingServer([.stall])
        var options = NATSOptions(urls: server.url)
        options.connectTimeout = .milliseconds(100)
        let error = await #expect(throws: BusError.self) { try await NATSConnection.connect(options) }
        guard case .disconnected(_, let reason)? = error else { throw Unexpected("\(String(describing: error))") }
        #expect(reason == "cannot connect to \(server.url): it stands still behind its first words")
        server.stop()
    }

    @Test("nor does one that does so when a lost connection is made again", .timeLimit(.minutes(1)))
    func stalledLater() async throws {
        let server = try StallingServer([.hangUp, .stall, .stall, .serve])
        var options = NATSOptions(urls: server.url)
        options.connectTimeout = .milliseconds(100)
        let connection = try await NATSConnection.connect(options)
        let states = EventLog<BusState>()
        let observation = connection.observe { if case .state(let state) = $0 { states.append(state) } }
        try await states.wait("disconnected") { $0.contains { if case .disconnected = $0 { true } else { false } } }
        try await connection.waitUntilConnected(atMost: .seconds(40))
        try await connection.flush(timeout: .seconds(5))
        observation.cancel()
        await connection.close()
        server.stop()
    }

    @Test("a server that takes connections and says nothing turns nobody away: it is not there")
    func frozenAtStart() async throws {
        let server = try NATSServer()
        server.freeze()
        var options = NATSOptions(urls: server.url)
        options.connectTimeout = .milliseconds(100)
        do {
            _ = try await NATSConnection.connect(options)
            Issue.record("connected to nobody")
        } catch {
            guard case .disconnected(_, let reason) = error else { throw error }
            #expect(reason == "cannot connect to \(server.url): Timeout")
        }
        server.resume()
        let connection = try await NATSConnection.connect(options)
        try await connection.waitUntilConnected(atMost: .seconds(20))
        await connection.close()
        server.stop()
    }

    @Test("user and password from the URL are used and never shown")
    func password() async throws {
        let server = try NATSServer(configuration: "authorization { user: u, password: secret }")
        let address = server.url.dropFirst("nats://".count)
        let connection = try await NATSConnection.connect(NATSOptions(urls: "nats://u:secret@\(address)"))
        try await connection.waitUntilConnected(atMost: .seconds(20))
        #expect(connection.state == .connected(server: server.url))
        await connection.close()
        let words = "the bus refused: cannot connect to \(server.url): Authorization Violation"
        do {
            _ = try await NATSConnection.connect(NATSOptions(urls: "nats://u:wrong@\(address)"))
            Issue.record("the wrong password was accepted")
        } catch {
            #expect("\(error)" == words)
        }
        server.stop()
    }

    @Test("an nkey answers the server's challenge")
    func nkey() async throws {
        let publicKey = "UAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RLKK"
        let seed = NATSSeed("SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y")
        let server = try NATSServer(configuration: "authorization { users: [ { nkey: \(publicKey) } ] }")
        let options = NATSOptions(urls: server.url, credentials: .nkey(publicKey: publicKey, seed: seed))
        let connection = try await NATSConnection.connect(options)
        try await connection.waitUntilConnected(atMost: .seconds(20))
        await connection.close()
        await #expect(throws: BusError.self) { try await NATSConnection.connect(NATSOptions(urls: server.url)) }
        server.stop()
    }

    @Test("options that cannot be used are refused, naming what is wrong")
    func refusedOptions() async throws {
        let missing = NATSOptions(urls: "nats://127.0.0.1:1", credentials: .file(path: "/nonexistent/user.creds"))
        for (options, words) in [
            (missing, "/nonexistent/user.creds"), (NATSOptions(urls: ""), "no server is named"),
            (NATSOptions(urls: "nats://127.0.0.1:notaport"), "invalid port"),
        ] {
            do {
                let connection = try await NATSConnection.connect(options)
                Issue.record("accepted: \(options.urls)")
                await connection.close()
            } catch {
                #expect("\(error)".contains(words))
            }
        }
    }

    @Test("a missing permission is told as a complaint")
    func complaints() async throws {
        let server = try NATSServer(
            configuration: """
                authorization { users: [ { user: u, password: p, permissions: { publish: { deny: "secret.>" } } } ] }
                """)
        let url = server.url.replacing("nats://", with: "nats://u:p@")
        let connection = try await NATSConnection.connect(NATSOptions(urls: url))
        try await connection.waitUntilConnected(atMost: .seconds(20))
        let notices = EventLog<BusNotice>()
        let observation = connection.observe { notices.append($0) }
        try connection.publish([], to: Subject("secret.plan"))
        try await notices.wait("a complaint") { notices in
            notices.contains { if case .complaint(let words) = $0 { words.contains("secret.plan") } else { false } }
        }
        observation.cancel()
        await connection.close()
        server.stop()
    }

    @Test("the server's own payload limit counts, headers included")
    func payloadLimit() async throws {
        let server = try NATSServer(configuration: "max_payload: 4096")
        let connection = try await NATSConnection.connect(NATSOptions(urls: server.url))
        try await connection.waitUntilConnected(atMost: .seconds(20))
        #expect(connection.payloadBytesMax == 4_096)
        let subject = try Subject.unique()
        let received = EventLog<BusMessage>()
        let subscription = try connection.subscribe(SubjectPattern(subject)) { received.append($0) }
        // "NATS/1.0", three line ends and "a: bc".
        var message = BusMessage(to: subject, headers: ["a": "bc"], payload: [UInt8](repeating: 1, count: 4_096 - 19))
        try connection.publish(message)
        try await received.wait(forCount: 1)
        message.payload.append(1)
        #expect(throws: BusError.payloadTooLarge(bytesCount: 4_097, max: 4_096)) { try connection.publish(message) }
        #expect(connection.state.failure == nil)
        // Chunks shrink to what the server takes.
        let bucket = NATSObjectStore(connection).bucket(try .unique())
        let bytes = (0..<50_000).map { UInt8(truncatingIfNeeded: $0) }
        try await bucket.put(ObjectName("o"), bytes)
        #expect(try await bucket.get(ObjectName("o"), bytesMax: 50_000) == bytes)
        subscription.unsubscribe()
        await connection.close()
        server.stop()
    }

    @Test("more requests than allowed are refused at once")
    func requestsMax() async throws {
        let server = try NATSServer.shared.get()
        var options = NATSOptions(urls: server.url)
        options.requestsMax = 2
        let connection = try await NATSConnection.connect(options)
        try await connection.waitUntilConnected(atMost: .seconds(20))
        let subject = try Subject.unique()
        let asked = EventLog<BusMessage>()
        let silent = try connection.subscribe(SubjectPattern(subject)) { asked.append($0) }
        let waiting = (0..<2).map { _ in
            Task { try await connection.request(BusMessage(to: subject), timeout: .seconds(600)) }
        }
        try await asked.wait(forCount: 2)
        await #expect(throws: BusError.busy(requestsMax: 2)) {
            try await connection.request(BusMessage(to: subject), timeout: .seconds(600))
        }
        for task in waiting { task.cancel() }
        for task in waiting { await #expect(throws: BusError.cancelled) { try await task.value } }
        silent.unsubscribe()
        await connection.close()
    }
}

struct Unexpected: Error, CustomStringConvertible {
    let description: String

    init(_ value: Any) { description = "unexpected: \(value)" }
}
