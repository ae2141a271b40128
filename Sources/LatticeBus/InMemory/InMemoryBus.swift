import Synchronization

/// One connection to an `InMemoryServer`, as one host or client has it.
public final class InMemoryBus: MessageBus {
    let server: InMemoryServer
    let connection: InMemoryConnectionState
    private let id: UInt64

    init(server: InMemoryServer, id: UInt64) {
        self.server = server
        self.id = id
        connection = InMemoryConnectionState()
    }

    public var payloadBytesMax: Int { server.payloadBytesMax }
    public var state: BusState { connection.state }

    /// Cuts this connection off: what is on its way to it is lost, and every call fails until `reconnect`.
    public func disconnect(reason: String = "cut off") {
        change(to: .disconnected(since: server.now(), reason: reason))
    }

    public func reconnect() {
        change(to: .connected(server: InMemoryConnectionState.serverName))
    }

    /// Ends this connection for good.
    public func close(reason: String = "closed here") {
        change(to: .closed(reason: reason))
    }

    public func publish(_ message: BusMessage) throws(BusError) {
        try check(message)
        if let failure = state.failure { throw failure }
        _ = server.route(message)
    }

    public func request(_ message: BusMessage, timeout: Duration) async throws(BusError) -> BusMessage {
        let replies = try await collect(message, within: timeout, repliesMax: 1)
        guard let reply = replies.first else { throw .timedOut(message.subject, after: timeout) }
        return reply
    }

    public func request(
        _ message: BusMessage, timeout: Duration,
        completion: @escaping @Sendable (Result<BusMessage, BusError>) -> Void
    ) {
        do throws(BusError) { try InMemoryRequest.send(message, on: self, timeout: timeout, completion) } catch {
            completion(.failure(error))
        }
    }

    public func gather(
        _ message: BusMessage, within duration: Duration, repliesMax: Int
    ) async throws(BusError) -> [BusMessage] {
        try await collect(message, within: duration, repliesMax: repliesMax)
    }

    public func subscribe(
        _ pattern: SubjectPattern, group: QueueGroup?, limits: PendingLimits,
        handler: @escaping @Sendable (BusMessage) -> Void
    ) throws(BusError) -> any BusSubscription {
        if case .closed(let reason) = state { throw .closed(reason: reason) }
        let subscription = InMemorySubscription(
            id: .init(number: server.nextNumber()), pattern: pattern, group: group, limits: limits,
            connection: connection, handler: handler)
        server.add(subscription)
        return InMemorySubscriptionHandle(subscription, server: server)
    }

    /// Returns when every handler has run for every message published before.
    public func flush(timeout: Duration) async throws(BusError) {
        if let failure = state.failure { throw failure }
        await withCheckedContinuation { continuation in
            server.deliveries.async { continuation.resume() }
        }
    }

    public func observe(_ handler: @escaping @Sendable (BusNotice) -> Void) -> BusObservation {
        let observer = server.nextNumber()
        server.deliveries.async { [connection] in connection.add(observer: observer, handler) }
        return BusObservation { [server, connection] in
            server.deliveries.async { connection.remove(observer: observer) }
        }
    }

    func uniqueInbox() -> Subject { Subject(received: "_INBOX.\(id).\(server.nextNumber())") }

    private func change(to state: BusState) {
        connection.change(to: state)
        server.deliveries.async { [connection] in connection.announce(.state(state)) }
    }

    private func collect(
        _ message: BusMessage, within duration: Duration, repliesMax: Int
    ) async throws(BusError) -> [BusMessage] {
        try check(message)
        if let failure = state.failure { throw failure }
        let inbox = uniqueInbox()
        let collector = ReplyCollector(repliesMax: repliesMax)
        let subscription = try subscribe(SubjectPattern(inbox)) { collector.add($0) }
        defer { subscription.unsubscribe() }
        let ticket = connection.whenLost { collector.finish(.failure($0)) }
        defer { connection.forget(ticket) }
        var question = message
        question.reply = inbox
        try ask(question)
        let clock = server.clock
        let outcome = await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await clock.sleep(for: duration)
                    collector.finish(nil)
                } catch {
                    // Replies, a lost connection or the caller's cancellation came first.
                }
            }
            let outcome = await collector.outcome()
            group.cancelAll()
            return outcome
        }
        return try outcome.get()
    }

    /// Hands a question to those who are there for it.
    /// - Throws: `noResponders`, or how the connection ended since it was looked at.
    func ask(_ question: BusMessage) throws(BusError) {
        guard server.route(question) > 0 else { throw state.failure ?? .noResponders(question.subject) }
    }
}
