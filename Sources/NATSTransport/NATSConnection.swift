import CNATS
import Dispatch
import LatticeBus

/// The message bus over one connection to a NATS server.
///
/// The connection is lost and found again without its owner's help. Closed for good only by `close`, or by a server
/// that turned its credentials away twice in a row.
public final class NATSConnection: MessageBus {
    private let handle: ConnectionHandle
    private let events: ConnectionEvents
    private let inbox: ReplyInbox

    /// Makes one attempt to connect. When no server is there it returns all the same: the state is `disconnected`, and
    /// further attempts follow for ever.
    /// - Throws: `refused` when the options cannot be used, or a server is there and turns us away; `disconnected` when
    ///   one is there and says nothing.
    public static func connect(_ options: NATSOptions) async throws(BusError) -> NATSConnection {
        let result: Result<NATSConnection, BusError> = await withCheckedContinuation { continuation in
            // The attempt blocks its thread.
            DispatchQueue.global().async {
                continuation.resume(returning: Result { () throws(BusError) in try NATSConnection(options) })
            }
        }
        return try result.get()
    }

    private init(_ options: NATSOptions) throws(BusError) {
        let replies = ReplyTable(requestsMax: options.requestsMax)
        events = ConnectionEvents(replies: replies, options: options)
        handle = try ConnectionHandle.connect(options, events: events)
        inbox = try ReplyInbox(handle, replies: replies, prefix: options.inboxPrefix)
    }

    /// Waits until the connection is up, or until it is clear that it will not be in this time.
    /// - Throws: `disconnected` when the time is up, `closed` when the server turned the credentials away, `cancelled`.
    public func waitUntilConnected(atMost duration: Duration) async throws(BusError) {
        if state.failure == nil { return }
        let number = try openSignal(timeout: duration)
        events.finishWhenConnected(number)
        try await awaitSignal(number)
        if let failure = state.failure { throw failure }
    }

    /// Ends the connection for good; everything that waits fails with `closed`.
    public func close() async {
        events.closed(reason: "closed here")
        await onBlockingThread { [handle] in natsConnection_Close(handle.raw) }
    }

    public var payloadBytesMax: Int { events.payloadBytesMax }
    public var state: BusState { events.state }

    public func publish(_ message: BusMessage) throws(BusError) {
        try check(message)
        try requireConnection()
        try send(message)
    }

    public func request(_ message: BusMessage, timeout: Duration) async throws(BusError) -> BusMessage {
        let pending = try beginRequest(message, timeout: timeout)
        return try await pending.reply()
    }

    public func request(
        _ message: BusMessage, timeout: Duration,
        completion: @escaping @Sendable (Result<BusMessage, BusError>) -> Void
    ) {
        do throws(BusError) {
            let question = ReplyTable.Question(
                subject: message.subject, repliesMax: 1, timeout: timeout, expiry: .failing)
            try ask(message, question) { completion($0.flatMap(\.onlyReply)) }
        } catch { completion(.failure(error)) }
    }

    public func gather(
        _ message: BusMessage, within duration: Duration, repliesMax: Int
    ) async throws(BusError) -> [BusMessage] {
        let number = try ask(
            message,
            .init(subject: message.subject, repliesMax: repliesMax, timeout: duration, expiry: .succeeding))
        return try await events.replies.outcome(of: number).get()
    }

    /// Sends a question now, in the order of the calls, and leaves the waiting for later. The reply must be awaited.
    func beginRequest(_ message: BusMessage, timeout: Duration) throws(BusError) -> PendingReply {
        let number = try ask(
            message, .init(subject: message.subject, repliesMax: 1, timeout: timeout, expiry: .failing))
        return PendingReply(number: number, replies: events.replies)
    }

    public func subscribe(
        _ pattern: SubjectPattern, group: QueueGroup?, limits: PendingLimits,
        handler: @escaping @Sendable (BusMessage) -> Void
    ) throws(BusError) -> any BusSubscription {
        if case .closed(let reason) = state { throw .closed(reason: reason) }
        return try NATSSubscription.subscribe(handle, pattern, group: group, limits: limits) { message in
            handler(message.copied())
        }
    }

    public func flush(timeout: Duration) async throws(BusError) {
        try requireConnection()
        let status = await onBlockingThread { [handle] in
            natsConnection_FlushTimeout(handle.raw, max(1, timeout.milliseconds))
        }
        switch status {
        case NATS_OK: return
        case NATS_TIMEOUT: throw .refused(reason: "the server did not answer a ping within \(timeout)")
        default: throw state.failure ?? .refused(reason: "flushing: \(status.text)")
        }
    }

    public func observe(_ handler: @escaping @Sendable (BusNotice) -> Void) -> BusObservation {
        let number = events.observe(handler)
        return BusObservation { [events] in events.forget(observer: number) }
    }

    /// A subject that nobody else uses, for a subscription of the caller's own.
    func uniqueInbox() -> Subject { inbox.uniqueSubject() }

    /// Waits for this long, or only until there is a connection if there is none. A cancelled task returns at once.
    func pauseUntilConnected(atMost duration: Duration) async {
        guard let number = try? openSignal(timeout: duration) else { return }
        events.finishWhenConnected(number)
        _ = await events.replies.outcome(of: number)
    }

    /// An entry that ends when told to, when the time is up, or with the connection.
    func openSignal(timeout: Duration) throws(BusError) -> UInt64 {
        let nothing = Subject(received: "")
        return try events.replies.open(.init(subject: nothing, repliesMax: 1, timeout: timeout, expiry: .succeeding))
    }

    func finishSignal(_ number: UInt64) { events.replies.finish(number, .success([])) }

    func awaitSignal(_ number: UInt64) async throws(BusError) { _ = try await events.replies.outcome(of: number).get() }

    /// - Parameter completion: called once, unless this throws.
    @discardableResult
    private func ask(
        _ message: BusMessage, _ expected: ReplyTable.Question,
        completion: (@Sendable (ReplyTable.Outcome) -> Void)? = nil
    ) throws(BusError) -> UInt64 {
        try check(message)
        try requireConnection()
        let number = try events.replies.open(expected, completion: completion)
        var question = message
        question.reply = inbox.subject(for: number)
        do {
            try send(question)
            return number
        } catch {
            let isOpen = events.replies.abandon(number)
            // The connection was lost meanwhile, and the completion knows.
            if completion != nil, !isOpen { return number }
            throw error
        }
    }

    private func requireConnection() throws(BusError) {
        if let failure = state.failure { throw failure }
        // The client knows of a loss before its callback has told us, and would keep what is published until it is
        // back.
        if natsConnection_Status(handle.raw) != NATS_CONN_STATUS_CONNECTED {
            events.disconnected(reason: "the server is gone")
            if let failure = state.failure { throw failure }
        }
    }

    private func send(_ message: BusMessage) throws(BusError) {
        let status =
            message.headers.isEmpty ? sendPlain(message) : try NATSMessageToSend(message).publish(on: handle.raw)
        switch status {
        case NATS_OK: return
        case NATS_MAX_PAYLOAD: throw .payloadTooLarge(bytesCount: message.bytesCount, max: payloadBytesMax)
        default: throw state.failure ?? .refused(reason: "publishing to \(message.subject): \(status.text)")
        }
    }

    private func sendPlain(_ message: BusMessage) -> natsStatus {
        message.subject.text.withCString { subject in
            message.payload.withUnsafeBytes { payload in
                let bytesCount = CInt(payload.count)
                guard let reply = message.reply else {
                    return natsConnection_Publish(handle.raw, subject, payload.baseAddress, bytesCount)
                }
                return reply.text.withCString { reply in
                    natsConnection_PublishRequest(handle.raw, subject, reply, payload.baseAddress, bytesCount)
                }
            }
        }
    }
}

/// A question that is on its way. Its reply must be awaited, once, or abandoned.
struct PendingReply {
    let number: UInt64
    let replies: ReplyTable

    func reply() async throws(BusError) -> BusMessage {
        try await replies.outcome(of: number).get().onlyReply.get()
    }

    func abandon() { replies.abandon(number) }
}

extension [BusMessage] {
    fileprivate var onlyReply: Result<BusMessage, BusError> { first.map { .success($0) } ?? .failure(.cancelled) }
}

/// Runs a call of the C client that blocks on a thread that may block.
private func onBlockingThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(returning: body()) }
    }
}
