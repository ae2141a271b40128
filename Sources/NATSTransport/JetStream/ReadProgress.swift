import LatticeBus

/// What one consumer has delivered so far, and what follows from each message. A value: no bus, no clock.
struct ReadProgress {
    enum Step: Equatable {
        case message(StreamPosition)
        /// A message, and with it all that there was when reading began.
        case lastOfInitial(StreamPosition)
        /// The server asks to be told that we keep up.
        case answer(Subject)
        case heartbeat
        /// Messages are missing: read on from the last one with a new consumer.
        case gap
        case unreadable
    }

    private(set) var consumerSequence: UInt64 = 0
    private(set) var streamSequence: UInt64
    private var initialCount: UInt64?
    private var isCaughtUp = false

    /// - Parameter streamSequence: the last message that was read before; 0 for none.
    init(after streamSequence: UInt64) { self.streamSequence = streamSequence }

    /// Told once, by the answer to the creation of the consumer; messages may come before it does.
    /// - Returns: whether everything has come already.
    mutating func begin(initialCount: UInt64) -> Bool {
        self.initialCount = initialCount
        guard !isCaughtUp, consumerSequence >= initialCount else { return false }
        isCaughtUp = true
        return true
    }

    mutating func take(_ message: BusMessage) -> Step {
        if message.headers["Status"] == "100" { return control(message) }
        guard let position = StreamPosition(reply: message.reply) else { return .unreadable }
        guard position.consumerSequence == consumerSequence + 1 else { return .gap }
        consumerSequence = position.consumerSequence
        streamSequence = max(streamSequence, position.streamSequence)
        guard !isCaughtUp, position.pendingCount == 0 || initialCount.map({ consumerSequence >= $0 }) == true else {
            return .message(position)
        }
        isCaughtUp = true
        return .lastOfInitial(position)
    }

    private func control(_ message: BusMessage) -> Step {
        if let reply = message.reply { return .answer(reply) }
        if let last = message.headers["Nats-Last-Consumer"].flatMap(UInt64.init), last > consumerSequence {
            return .gap
        }
        if let stalled = message.headers["Nats-Consumer-Stalled"] { return .answer(Subject(received: stalled)) }
        return .heartbeat
    }
}
