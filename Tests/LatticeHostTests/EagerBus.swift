import LatticeBus

/// A bus that does something in the moment in which a subscription is in force and its owner does not have it yet.
struct EagerBus: MessageBus {
    let bus: InMemoryBus
    let subscribed: @Sendable (SubjectPattern) -> Void

    var payloadBytesMax: Int { bus.payloadBytesMax }
    var state: BusState { bus.state }

    func publish(_ message: BusMessage) throws(BusError) { try bus.publish(message) }

    func request(_ message: BusMessage, timeout: Duration) async throws(BusError) -> BusMessage {
        try await bus.request(message, timeout: timeout)
    }

    func request(
        _ message: BusMessage, timeout: Duration,
        completion: @escaping @Sendable (Result<BusMessage, BusError>) -> Void
    ) {
        bus.request(message, timeout: timeout, completion: completion)
    }

    func gather(
        _ message: BusMessage, within duration: Duration, repliesMax: Int
    ) async throws(BusError) -> [BusMessage] {
        try await bus.gather(message, within: duration, repliesMax: repliesMax)
    }

    func subscribe(
        _ pattern: SubjectPattern, group: QueueGroup?, limits: PendingLimits,
        handler: @escaping @Sendable (BusMessage) -> Void
    ) throws(BusError) -> any BusSubscription {
        let subscription = try bus.subscribe(pattern, group: group, limits: limits, handler: handler)
        subscribed(pattern)
        return subscription
    }

    func flush(timeout: Duration) async throws(BusError) { try await bus.flush(timeout: timeout) }

    func observe(_ handler: @escaping @Sendable (BusNotice) -> Void) -> BusObservation { bus.observe(handler) }
}
