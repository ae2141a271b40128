import FoundationEssentials
import LatticeBus

/// Questions to JetStream and their answers: JSON over requests.
struct JetStreamAPI: Sendable {
    let connection: NATSConnection
    let domain: JetStreamDomain?
    /// For one question, not for a whole object.
    var timeout: Duration = .seconds(5)

    /// Asks and reads the answer.
    /// - Parameter operation: the tokens after `API`, such as `STREAM.CREATE.KV_default`.
    func ask<Answer: Decodable>(
        _ operation: String, _ body: some Encodable, for type: Answer.Type
    ) async throws(JetStreamError) -> Answer {
        let subject = Subject(received: prefix + operation)
        let reply: BusMessage
        do throws(BusError) {
            let message = BusMessage(to: subject, payload: try Self.encode(body))
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
            let question = ["last_by_subj": subject]
            return try await ask("STREAM.MSG.GET.\(stream.text)", question, for: StoredMessageAnswer.self).message
        } catch {
            if case .problem(let problem) = error, problem.isMessageMissing || problem.isStreamMissing { return nil }
            throw error.storeError
        }
    }

    private var prefix: String { domain.map { "$JS.\($0).API." } ?? "$JS.API." }

    var remedy: String {
        guard let domain else {
            return "JetStream is off there; start nats-server with -js, or put 'jetstream {}' into its configuration"
        }
        return "no JetStream answers under the domain '\(domain)'; check nats.jetstream_domain, and that the server of "
            + "that domain has 'jetstream { domain: \(domain) }' and is connected"
    }

    private static func encode(_ body: some Encodable) throws(BusError) -> [UInt8] {
        do { return [UInt8](try JSONEncoder().encode(body)) } catch { throw .refused(reason: "\(error)") }
    }

    private func decode<Answer: Decodable>(_ reply: BusMessage, what: String) throws(JetStreamError) -> Answer {
        let answer: JetStreamAnswer<Answer>
        do {
            answer = try JSONDecoder().decode(JetStreamAnswer<Answer>.self, from: Data(reply.payload))
        } catch {
            throw .store(.malformed("the server's answer to \(what)"))
        }
        switch answer {
        case .value(let value): return value
        case .problem(let problem) where problem.isOff: throw .store(.storageOff(remedy: remedy))
        case .problem(let problem): throw .problem(problem)
        }
    }
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
struct JetStreamProblem: Decodable, Hashable {
    let code: Int
    let err_code: Int?
    let description: String?

    var words: String { description ?? "code \(code)" }
    var isStreamMissing: Bool { err_code == 10_059 }
    var isMessageMissing: Bool { err_code == 10_037 }
    var isWrongLastSequence: Bool { err_code == 10_071 || err_code == 10_164 }
    /// "already in use" with another configuration, or "subjects overlap".
    var isStreamInUse: Bool { err_code == 10_058 || err_code == 10_065 }
    var isOff: Bool { err_code == 10_039 || err_code == 10_076 }
}

private enum JetStreamAnswer<Value: Decodable>: Decodable {
    case value(Value)
    case problem(JetStreamProblem)

    private enum Keys: CodingKey { case error }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        if let problem = try container.decodeIfPresent(JetStreamProblem.self, forKey: .error) {
            self = .problem(problem)
        } else {
            self = .value(try Value(from: decoder))
        }
    }
}

struct Nothing: Codable {}

struct StoredAcknowledgement: Decodable {
    let seq: UInt64
}

/// A message as JetStream stores it.
struct StoredMessage: Decodable {
    let seq: UInt64
    let data: Data?
    let hdrs: Data?

    /// The value of a header; the block is a version line and then `Name: value` lines.
    func header(_ name: String) -> String? {
        guard let hdrs else { return nil }
        for line in String(decoding: hdrs, as: UTF8.self).split(whereSeparator: \.isNewline).dropFirst() {
            guard let colon = line.firstIndex(of: ":"), line[..<colon] == name else { continue }
            var headers = BusHeaders()
            headers.append(name, String(line[line.index(after: colon)...]))
            return headers[name]
        }
        return nil
    }
}

private struct StoredMessageAnswer: Decodable {
    let message: StoredMessage
}
