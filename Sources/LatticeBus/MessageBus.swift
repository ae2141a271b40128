/// Messages between the hosts, providers and clients of a lattice: at most once, in order per sender and subscription.
///
/// A port. It stays usable while the server is out of reach: calls fail at once with `disconnected`, subscriptions wait
/// and are back in force when the connection is. What was not sent is never sent later.
public protocol MessageBus: Sendable {
    /// The largest payload, headers included, that the server takes; 1 MiB until a server has said so.
    var payloadBytesMax: Int { get }
    var state: BusState { get }

    /// Hands a message to the server without waiting for anybody to take it. Safe within a subscription's handler.
    func publish(_ message: BusMessage) throws(BusError)

    /// Sends a message and waits for the first reply to it. `message.reply` is ignored: the bus uses an address of its
    /// own.
    /// - Throws: `noResponders` at once when nobody subscribes, `timedOut`, `disconnected` (also when the connection is
    ///   lost while waiting), `busy`, `payloadTooLarge`, `invalidHeader`, `closed`, `cancelled`.
    func request(_ message: BusMessage, timeout: Duration) async throws(BusError) -> BusMessage

    /// The same for the hot path: no task, no continuation, and nothing that could be cancelled.
    /// - Parameter completion: called exactly once, with the reply or one of the errors of the other form: before this
    ///   returns when it fails at once, else on a thread of the bus, where it copies, hands over and returns within
    ///   microseconds, as a subscription's handler does.
    func request(
        _ message: BusMessage, timeout: Duration,
        completion: @escaping @Sendable (Result<BusMessage, BusError>) -> Void)

    /// Sends one message and gathers the replies of the time given, in the order of their arrival.
    /// - Parameter repliesMax: ends early with so many.
    /// - Returns: what came; perhaps nothing.
    /// - Throws: as `request`, but never `timedOut`. Replies that came before the connection was lost are lost with it.
    func gather(_ message: BusMessage, within duration: Duration, repliesMax: Int) async throws(BusError)
        -> [BusMessage]

    /// Hands every matching message to `handler` from now until the subscription ends.
    /// - Parameters:
    ///   - group: each message goes to one member of the group; without one to every subscriber.
    ///   - limits: what may wait for the handler; beyond, messages are dropped, counted and announced as a notice.
    ///   - handler: called on a thread of the bus, one message at a time. It copies, hands over and returns within
    ///     microseconds: others wait behind it.
    func subscribe(
        _ pattern: SubjectPattern, group: QueueGroup?, limits: PendingLimits,
        handler: @escaping @Sendable (BusMessage) -> Void
    ) throws(BusError) -> any BusSubscription

    /// Returns when the server has dealt with everything that was published and subscribed here before.
    func flush(timeout: Duration) async throws(BusError)

    /// Tells of changes of state, lost messages and complaints, on a thread of the bus. Begins with the present state.
    func observe(_ handler: @escaping @Sendable (BusNotice) -> Void) -> BusObservation
}

extension MessageBus {
    public func publish(_ payload: [UInt8], to subject: Subject) throws(BusError) {
        try publish(BusMessage(to: subject, payload: payload))
    }

    public func gather(_ message: BusMessage, within duration: Duration) async throws(BusError) -> [BusMessage] {
        try await gather(message, within: duration, repliesMax: 1_000)
    }

    public func subscribe(
        _ pattern: SubjectPattern, group: QueueGroup? = nil, handler: @escaping @Sendable (BusMessage) -> Void
    ) throws(BusError) -> any BusSubscription {
        try subscribe(pattern, group: group, limits: PendingLimits(), handler: handler)
    }

    /// Answers a request; does nothing when no answer is awaited.
    public func answer(_ message: BusMessage, _ payload: [UInt8], headers: BusHeaders = [:]) throws(BusError) {
        guard let reply = message.reply else { return }
        try publish(BusMessage(to: reply, headers: headers, payload: payload))
    }

    /// What every adapter demands of a message before it looks at the connection.
    package func check(_ message: BusMessage) throws(BusError) {
        guard message.bytesCount <= payloadBytesMax else {
            throw .payloadTooLarge(bytesCount: message.bytesCount, max: payloadBytesMax)
        }
        if let name = message.headers.firstUnsendableName { throw .invalidHeader(name: name) }
    }
}

/// What may wait for a subscription's handler before messages are dropped.
public struct PendingLimits: Hashable, Sendable {
    public var messagesMax: Int
    public var bytesMax: Int

    public init(messagesMax: Int = 65_536, bytesMax: Int = 64 << 20) {
        self.messagesMax = messagesMax
        self.bytesMax = bytesMax
    }
}

/// One subscription. It ends when told to, or when it is no longer kept.
public protocol BusSubscription: Sendable {
    /// Messages lost because more waited than the limits allow.
    var droppedCount: Int { get }

    /// Ends it now: what waits for the handler is not handed over any more, save one message that may be under way.
    func unsubscribe()

    /// Ends it kindly: nothing new is taken, and what waits is handed over before this returns or the time is up.
    func drain(timeout: Duration) async throws(BusError)
}
