import LatticeBus
import Testing

@testable import NATSTransport

@Suite("Reading a stream")
struct ReadProgressTests {
    @Test(
        "the place of a message is read from its reply subject",
        arguments: [
            ("$JS.ACK.KV_b.c.1.7.3.1700000000.2", [7, 3, 2]), ("$JS.ACK.hub.acc.KV_b.c.1.7.3.1700000000.2", [7, 3, 2]),
            ("$JS.ACK.hub.acc.KV_b.c.1.7.3.1700000000.2.random", [7, 3, 2]), ("$JS.ACK.KV_b.c.1.7.3.1700000000", nil),
            ("$JS.ACK.KV_b.c.1.x.3.1700000000.2", nil), ("$JS.ACK.KV_b.c.1.7.-3.1700000000.2", nil),
            ("$JS.ACK.KV_b.c.1.99999999999999999999.3.1700000000.2", nil), ("$JS.FC.KV_b.c.1.7.3.1700000000.2", nil),
            ("", nil), ("a.b.c.d.e.f.g.h.i", nil),
        ] as [(String, [UInt64]?)])
    func positions(reply: String, expected: [UInt64]?) {
        let position = StreamPosition(reply: Subject(received: reply))
        #expect(position.map { [$0.streamSequence, $0.consumerSequence, $0.pendingCount] } == expected)
        #expect(StreamPosition(reply: nil) == nil)
    }

    @Test("everything has come with the message that leaves none pending, and is said once")
    func caughtUp() throws {
        var progress = ReadProgress(after: 0)
        let step1 = progress.begin(initialCount: 2)
        #expect(!step1)
        let step2 = progress.take(try message(4, 1, pending: 1))
        #expect(step2 == .message(try position(4, 1, pending: 1)))
        let step3 = progress.take(try message(9, 2, pending: 0))
        #expect(step3 == .lastOfInitial(try position(9, 2, pending: 0)))
        let step4 = progress.take(try message(10, 3, pending: 0))
        #expect(step4 == .message(try position(10, 3, pending: 0)))
        #expect(progress.streamSequence == 10)
    }

    @Test("messages that come before the count is known count")
    func earlyMessages() throws {
        var progress = ReadProgress(after: 0)
        _ = progress.take(try message(1, 1, pending: 1))
        _ = progress.take(try message(2, 2, pending: 1))
        let step5 = progress.begin(initialCount: 2)
        #expect(step5)
        let step6 = progress.begin(initialCount: 2)
        #expect(!step6)
        var empty = ReadProgress(after: 0)
        let step7 = empty.begin(initialCount: 0)
        #expect(step7)
    }

    @Test("changes that come meanwhile do not put off the end of the initial values")
    func busyBucket() throws {
        var progress = ReadProgress(after: 0)
        _ = progress.begin(initialCount: 2)
        _ = progress.take(try message(1, 1, pending: 3))
        let step8 = progress.take(try message(2, 2, pending: 3))
        #expect(step8 == .lastOfInitial(try position(2, 2, pending: 3)))
    }

    @Test("a missing message is noticed by the next one or by a heartbeat")
    func gaps() throws {
        var progress = ReadProgress(after: 7)
        let step9 = progress.take(try message(9, 2, pending: 0))
        #expect(step9 == .gap)
        #expect(progress.streamSequence == 7)
        _ = progress.take(try message(8, 1, pending: 0))
        let step10 = progress.take(control(["Nats-Last-Consumer": "1"]))
        #expect(step10 == .heartbeat)
        let step11 = progress.take(control(["Nats-Last-Consumer": "2"]))
        #expect(step11 == .gap)
    }

    @Test("flow control is answered where it asks")
    func flowControl() throws {
        var progress = ReadProgress(after: 0)
        let asked = try Subject("$JS.FC.KV_b.c.x")
        let step12 = progress.take(control([:], reply: asked))
        #expect(step12 == .answer(asked))
        let step13 = progress.take(control(["Nats-Consumer-Stalled": asked.text]))
        #expect(step13 == .answer(asked))
    }

    @Test("a message without its place is unreadable")
    func unreadable() throws {
        var progress = ReadProgress(after: 0)
        let step14 = progress.take(BusMessage(to: try Subject("a")))
        #expect(step14 == .unreadable)
    }

    private func reply(_ stream: Int, _ consumer: Int, _ pending: Int) throws -> Subject {
        try Subject("$JS.ACK.KV_b.c.1.\(stream).\(consumer).1700000000.\(pending)")
    }

    private func message(_ stream: Int, _ consumer: Int, pending: Int) throws -> BusMessage {
        BusMessage(to: try Subject("$KV.b.k"), reply: try reply(stream, consumer, pending))
    }

    private func position(_ stream: Int, _ consumer: Int, pending: Int) throws -> StreamPosition {
        try #require(StreamPosition(reply: try reply(stream, consumer, pending)))
    }

    private func control(_ headers: BusHeaders, reply: Subject? = nil) -> BusMessage {
        var message = BusMessage(to: Subject(received: "_INBOX.x"), reply: reply, headers: headers)
        message.headers["Status"] = "100"
        return message
    }
}
