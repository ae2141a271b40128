import Synchronization

/// A request whose outcome goes to a completion: the first of reply, time-out and lost connection. Finishes once.
final class InMemoryRequest: Sendable {
    typealias Completion = @Sendable (Result<BusMessage, BusError>) -> Void

    private struct Contents {
        var completion: Completion?
        var subscription: (any BusSubscription)?
        var ticket: UInt64?
        var timer: Task<Void, Never>?
    }

    private let connection: InMemoryConnectionState
    private let contents: Mutex<Contents>

    /// - Throws: what is clear at once; the completion is not called then.
    static func send(
        _ message: BusMessage, on bus: InMemoryBus, timeout: Duration, _ completion: @escaping Completion
    ) throws(BusError) {
        try bus.check(message)
        if let failure = bus.state.failure { throw failure }
        let request = InMemoryRequest(bus.connection, completion)
        var question = message
        question.reply = bus.uniqueInbox()
        let subscription = try bus.subscribe(SubjectPattern(question.reply ?? message.subject)) {
            request.finish(.success($0))
        }
        let ticket = bus.connection.whenLost { request.finish(.failure($0)) }
        let clock = bus.server.clock
        // Only a task can wait on a clock that was handed in; it ends with the request.
        let timer = Task {
            guard (try? await clock.sleep(for: timeout)) != nil else { return }
            request.finish(.failure(.timedOut(message.subject, after: timeout)))
        }
        request.keep(subscription, ticket, timer)
        do throws(BusError) { try bus.ask(question) } catch { request.finish(.failure(error)) }
    }

    private init(_ connection: InMemoryConnectionState, _ completion: @escaping Completion) {
        self.connection = connection
        contents = Mutex(Contents(completion: completion))
    }

    private func keep(_ subscription: any BusSubscription, _ ticket: UInt64, _ timer: Task<Void, Never>) {
        let isOver = contents.withLock { contents in
            contents.subscription = subscription
            contents.ticket = ticket
            contents.timer = timer
            return contents.completion == nil
        }
        if isOver { release() }
    }

    private func finish(_ outcome: Result<BusMessage, BusError>) {
        let completion = contents.withLock { $0.completion.take() }
        guard let completion else { return }
        release()
        completion(outcome)
    }

    /// Gives up what waits, which also ends the circle of references between them.
    private func release() {
        let (subscription, ticket, timer) = contents.withLock { contents in
            (contents.subscription.take(), contents.ticket.take(), contents.timer.take())
        }
        subscription?.unsubscribe()
        if let ticket { connection.forget(ticket) }
        timer?.cancel()
    }
}
