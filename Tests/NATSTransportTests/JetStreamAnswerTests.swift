import LatticeIdentity
import Testing

@testable import NATSTransport

@Suite("Answers of JetStream")
struct JetStreamAnswerTests {
    private func object(_ json: String) throws -> JSONObject {
        guard case .object(let object) = try JSONValue(parsing: Array(json.utf8)) else { throw Failure.noObject }
        return object
    }

    private enum Failure: Error { case noObject }

    @Test("a stored message has its bytes and the values of its headers")
    func message() throws {
        // "NATS/1.0\r\nKV-Operation: DEL\r\n\r\n"
        let headers = "TkFUUy8xLjANCktWLU9wZXJhdGlvbjogREVMDQoNCg=="
        let message = try StoredMessage(
            object(#"{"type":"x","message":{"subject":"a","seq":7,"data":"AAEC","hdrs":"\#(headers)","time":"t"}}"#))
        #expect(message.sequence == 7)
        #expect(message.data == [0, 1, 2])
        #expect(message.header("KV-Operation") == "DEL")
        #expect(message.header("Nats-Rollup") == nil)
        #expect(try StoredMessage(object(#"{"message":{"seq":1}}"#)).data == [])
    }

    @Test(
        "a stream whose storage is still being made is not complete",
        arguments: [
            (#"{"created":"0001-01-01T00:00:00Z","state":{"last_seq":0}}"#, false),
            (#"{"created":"2026-11-21T20:00:00.5Z","state":{"last_seq":0}}"#, true),
            (#"{"state":{"last_seq":3}}"#, true),
        ])
    func completeness(json: String, isComplete: Bool) throws {
        #expect(try StreamAnswer(object(json)).isComplete == isComplete)
    }

    @Test(
        "a stored message that can't be read is refused",
        arguments: [
            "{}", #"{"message":null}"#, #"{"message":[]}"#, #"{"message":{"data":"AAEC"}}"#,
            #"{"message":{"seq":-1}}"#, #"{"message":{"seq":1,"data":"AAE"}}"#, #"{"message":{"seq":1,"hdrs":5}}"#,
        ])
    func badMessage(json: String) {
        #expect(throws: JSONFieldError.self) { try StoredMessage(object(json)) }
    }

    @Test("absurd counts of a new consumer are no crash")
    func consumer() throws {
        let answer = try ConsumerAnswer(
            object(#"{"name":"c","num_pending":18446744073709551615,"delivered":{"consumer_seq":2}}"#))
        #expect(answer.initialCount == 1)
        #expect(try ConsumerAnswer(object(#"{"name":"c"}"#)).initialCount == 0)
        #expect(throws: JSONFieldError.self) { try ConsumerAnswer(object(#"{"num_pending":1}"#)) }
    }

    @Test("a no of the server is known by its code")
    func problem() throws {
        let problem = try JetStreamProblem(object(#"{"code":404,"err_code":10059,"description":"stream not found"}"#))
        #expect(problem.isStreamMissing && !problem.isOff && problem.words == "stream not found")
        #expect(try JetStreamProblem(object(#"{"code":503}"#)).words == "code 503")
        #expect(throws: JSONFieldError.self) { try JetStreamProblem(object(#"{"err_code":10059}"#)) }
    }
}
