import LatticeBus
import LatticeIdentity
import Synchronization

/// Questions to JetStream and their answers: JSON over requests.
struct JetStreamAPI: Sendable {
    let connection: NATSConnection
    let domain: JetStreamDomain?
    /// For one question, not for a whole object.
    var timeout: Duration = .seconds(5)
    private let complete = CompleteStreams()

    /// Asks and reads the answer.
    /// - Parameter operation: the tokens after `API`, such as `STREAM.CREATE.KV_default`.
    func ask<Answer: JetStreamAnswer>(
        _ operation: String, _ body: some JSONWritable, for type: Answer.Type
    ) async throws(JetStreamError) -> Answer {
        let subject = Subject(received: prefix + operation)
        let reply: BusMessage
        do throws(BusError) {
            let message = BusMessage(to: subject, payload: JSONWriter.bytes(of: body))
            reply = try await connection.request(message, timeout: timeout)
        } catch {
            if case .noResponders = error { throw .store(.storageOff(remedy: remedy)) }
            throw .store(.bus(error))
        }
        return try decode(reply, what: operation)
    }

    /// Asks without waiting for the answer.
    func tell(_ operation: String) {
        // The server forgets by itself what this would make it forget.
        try? connection.publish(BusMessage(to: Subject(received: prefix + operation)))
    }

    /// Where a value for a metadata bucket is sent: with a domain not to the subject itself, which is not bridged. (The
    /// subjects of objects are, and have no such detour: servers know none for them.)
    func metadataSubject(_ subject: String) -> Subject {
        Subject(received: domain == nil ? subject : prefix + subject)
    }

    /// Sends a message that a stream is to store.
    /// - Returns: the acknowledgement; nil when no stream takes it.
    func store(_ message: BusMessage) async throws(StoreError) -> BusMessage? {
        do throws(BusError) {
            return try await connection.request(message, timeout: timeout)
        } catch {
            switch error {
            case .noResponders: return nil
            case .payloadTooLarge(let bytesCount, let max): throw .tooLarge(bytesCount: bytesCount, max: max)
            default: throw .bus(error)
            }
        }
    }

    /// Reads the acknowledgement of a stored message.
    func acknowledgement(_ reply: BusMessage) throws(JetStreamError) -> StoredAcknowledgement {
        try decode(reply, what: "acknowledgement")
    }

    /// Creates a stream, or does nothing when there is one of this name, whatever its settings: an operator may have
    /// made it with more replicas. Source: protocol §9.1.
    func createStream(_ configuration: StreamConfiguration) async throws(StoreError) {
        do throws(JetStreamError) {
            _ = try await ask("STREAM.CREATE.\(configuration.name)", configuration, for: Nothing.self)
        } catch {
            if case .problem(let problem) = error, problem.isStreamInUse { return }
            throw error.storeError
        }
    }

    /// - Returns: nil when there is no such message, or no such stream.
    func lastMessage(_ stream: StreamName, _ subject: String) async throws(StoreError) -> StoredMessage? {
        do throws(JetStreamError) {
            let question: JSONObject = ["last_by_subj": .string(subject)]
            try await waitUntilComplete(stream)
            return try await ask("STREAM.MSG.GET.\(stream.text)", question, for: StoredMessage.self)
        } catch {
            guard case .problem(let problem) = error else { throw error.storeError }
            if problem.isStreamMissing { complete.remove(stream) }
            guard problem.isMessageMissing || problem.isStreamMissing else { throw error.storeError }
            return nil
        }
    }

    func information(_ stream: StreamName) async throws(JetStreamError) -> StreamAnswer {
        try await ask("STREAM.INFO.\(stream.text)", JSONObject(), for: StreamAnswer.self)
    }

    /// Asked for a message of a stream that somebody else is creating at that moment, a server of version 2.9 dies. Until
    /// the stream's storage is there, its time of creation is the zero of time.
    private func waitUntilComplete(_ stream: StreamName) async throws(JetStreamError) {
        guard !complete.contains(stream) else { return }
        let deadline = ContinuousClock.now + timeout
        while try await !information(stream).isComplete {
            guard ContinuousClock.now < deadline, (try? await Task.sleep(for: .milliseconds(5))) != nil else {
                throw .store(.bus(.timedOut(Subject(received: prefix + "STREAM.INFO.\(stream.text)"), after: timeout)))
            }
        }
        complete.insert(stream)
    }

    private var prefix: String { domain.map { "$JS.\($0).API." } ?? "$JS.API." }

    var remedy: String {
        guard let domain else {
            return "JetStream is off there; start nats-server with -js, or put 'jetstream {}' into its configuration"
        }
        return "no JetStream answers under the domain '\(domain)'; check nats.jetstream_domain, and that the server of "
            + "that domain has 'jetstream { domain: \(domain) }' and is connected"
    }

    private func decode<Answer: JetStreamAnswer>(
        _ reply: BusMessage, what: String
    ) throws(JetStreamError) -> Answer {
        // A message is as long as the server lets it be.
        let limits = JSONLimits(bytesMax: .max)
        guard case .object(let answer)? = try? JSONValue(parsing: reply.payload, limits: limits) else {
            throw .store(.malformed("the server's answer to \(what)"))
        }
        let problem: JetStreamProblem?
        do throws(JSONFieldError) {
            problem = try answer.object("error").map { object throws(JSONFieldError) in try JetStreamProblem(object) }
            if problem == nil { return try Answer(answer) }
        } catch { throw .store(.malformed("the server's answer to \(what): \(error)")) }
        guard let problem, !problem.isOff else { throw .store(.storageOff(remedy: remedy)) }
        throw .problem(problem)
    }
}

/// Streams that have been seen complete.
private final class CompleteStreams: Sendable {
    private let names = Mutex<Set<String>>([])

    func contains(_ stream: StreamName) -> Bool { names.withLock { $0.contains(stream.text) } }
    func insert(_ stream: StreamName) { names.withLock { _ = $0.insert(stream.text) } }
    func remove(_ stream: StreamName) { names.withLock { _ = $0.remove(stream.text) } }
}

/// Why a question to JetStream brought nothing: it did not get through, or the server said no.
enum JetStreamError: Error {
    case store(StoreError)
    case problem(JetStreamProblem)

    var storeError: StoreError {
        switch self {
        case .store(let error): error
        // Temporarily unavailable, such as between two leaders.
        case .problem(let problem) where problem.code == 503: .bus(.refused(reason: problem.words))
        case .problem(let problem): .refused(problem.words)
        }
    }
}

/// What the server says when it says no.
struct JetStreamProblem: Hashable {
    let code: Int
    private let errorCode: Int?
    private let description: String?

    init(_ object: JSONObject) throws(JSONFieldError) {
        code = try object.required("code") { key throws(JSONFieldError) in try object.integer(key) }
        errorCode = try object.integer("err_code")
        description = try object.string("description")
    }

    var words: String { description ?? "code \(code)" }
    var isStreamMissing: Bool { errorCode == 10_059 }
    var isMessageMissing: Bool { errorCode == 10_037 }
    var isWrongLastSequence: Bool { errorCode == 10_071 || errorCode == 10_164 }
    /// "already in use" with another configuration, or "subjects overlap".
    var isStreamInUse: Bool { errorCode == 10_058 || errorCode == 10_065 }
    var isOff: Bool { errorCode == 10_039 || errorCode == 10_076 }
}

/// What the server says when it does what it was asked to.
protocol JetStreamAnswer {
    init(_ object: JSONObject) throws(JSONFieldError)
}

/// That it did says enough.
struct Nothing: JetStreamAnswer {
    init(_ object: JSONObject) {}
}

struct StoredAcknowledgement: JetStreamAnswer {
    let sequence: UInt64

    init(_ object: JSONObject) throws(JSONFieldError) {
        sequence = try object.required("seq") { key throws(JSONFieldError) in try object.integer(key) }
    }
}

/// A message as JetStream stores it.
struct StoredMessage: JetStreamAnswer {
    let sequence: UInt64
    let data: [UInt8]
    private let headers: [UInt8]

    init(_ answer: JSONObject) throws(JSONFieldError) {
        let object = try answer.required("message", answer.object)
        sequence = try object.required("seq") { key throws(JSONFieldError) in try object.integer(key) }
        data = try Self.bytes("data", of: object)
        headers = try Self.bytes("hdrs", of: object)
    }

    private static func bytes(_ key: String, of object: JSONObject) throws(JSONFieldError) -> [UInt8] {
        guard let text = try object.string(key) else { return [] }
        guard let bytes = Base64.standard.decode(text.utf8) else {
            throw .wrongType(key: key, found: "another text", expected: "base 64")
        }
        return bytes
    }

    /// The value of a header; the block is a version line and then `Name: value` lines.
    func header(_ name: String) -> String? {
        for line in String(decoding: headers, as: UTF8.self).split(whereSeparator: \.isNewline).dropFirst() {
            guard let colon = line.firstIndex(of: ":"), line[..<colon] == name else { continue }
            var headers = BusHeaders()
            headers.append(name, String(line[line.index(after: colon)...]))
            return headers[name]
        }
        return nil
    }
}
