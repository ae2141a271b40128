import CNATS
import LatticeBus
import Synchronization

/// The one owner of a `natsSubscription *`.
final class NATSSubscription: BusSubscription, @unchecked Sendable {
    // Safety: the C client locks a subscription itself; `raw` is valid until deinit and never changes.
    private let raw: OpaquePointer
    private let receiver: Receiver
    // A subscription does not outlive its connection's memory.
    private let connection: ConnectionHandle

    static func subscribe(
        _ connection: ConnectionHandle, _ pattern: SubjectPattern, group: QueueGroup?, limits: PendingLimits,
        handler: @escaping @Sendable (borrowing NATSMessage) -> Void
    ) throws(BusError) -> NATSSubscription {
        let receiver = Receiver(handler)
        let closure = Unmanaged.passRetained(receiver)
        var raw: OpaquePointer?
        let status =
            if let group {
                natsConnection_QueueSubscribe(
                    &raw, connection.raw, pattern.text, group.text, Receiver.onMessage, closure.toOpaque())
            } else {
                natsConnection_Subscribe(
                    &raw, connection.raw, pattern.text, Receiver.onMessage, closure.toOpaque())
            }
        guard status == NATS_OK, let raw else {
            closure.release()
            throw status == NATS_CONNECTION_CLOSED
                ? .closed(reason: status.text) : .refused(reason: "subscribing to \(pattern): \(status.text)")
        }
        natsSubscription_SetOnCompleteCB(raw, Receiver.onComplete, closure.toOpaque())
        natsSubscription_SetPendingLimits(
            raw, CInt(clamping: max(1, limits.messagesMax)), CInt(clamping: max(1, limits.bytesMax)))
        return NATSSubscription(owning: raw, receiver: receiver, connection: connection)
    }

    private init(owning raw: OpaquePointer, receiver: Receiver, connection: ConnectionHandle) {
        self.raw = raw
        self.receiver = receiver
        self.connection = connection
    }

    deinit {
        receiver.end()
        natsSubscription_Destroy(raw)
    }

    var droppedCount: Int {
        var count: Int64 = 0
        if natsSubscription_GetDropped(raw, &count) == NATS_OK { receiver.remember(droppedCount: Int(count)) }
        return receiver.droppedCount
    }

    func unsubscribe() {
        _ = droppedCount
        receiver.end()
        natsSubscription_Unsubscribe(raw)
    }

    func drain(timeout: Duration) async throws(BusError) {
        _ = droppedCount
        let status = natsSubscription_DrainTimeout(raw, max(1, timeout.milliseconds))
        guard status == NATS_OK else {
            // Ended before: there is nothing to hand over any more.
            if status == NATS_INVALID_SUBSCRIPTION || status == NATS_CONNECTION_CLOSED { return }
            throw .refused(reason: "draining: \(status.text)")
        }
        await receiver.untilComplete()
        receiver.end()
    }
}

/// What the C client calls with each message. It holds one reference, which its last call releases.
private final class Receiver: Sendable {
    private struct Contents {
        var isEnded = false
        var isComplete = false
        var droppedCount = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let handler: @Sendable (borrowing NATSMessage) -> Void
    private let contents = Mutex(Contents())

    init(_ handler: @escaping @Sendable (borrowing NATSMessage) -> Void) { self.handler = handler }

    var droppedCount: Int { contents.withLock { $0.droppedCount } }

    func remember(droppedCount: Int) { contents.withLock { $0.droppedCount = droppedCount } }

    /// What still waits in the client's queue is not handed over.
    func end() { contents.withLock { $0.isEnded = true } }

    func untilComplete() async {
        await withCheckedContinuation { continuation in
            let isComplete = contents.withLock { contents in
                if !contents.isComplete { contents.waiting.append(continuation) }
                return contents.isComplete
            }
            if isComplete { continuation.resume() }
        }
    }

    static let onMessage: natsMsgHandler = { _, _, raw, closure in
        guard let raw else { return }
        let message = NATSMessage(owning: raw)
        guard let closure else { return }
        // Safety: the reference is the one that `subscribe` retained; `onComplete`, the last call, has not come yet.
        let receiver = Unmanaged<Receiver>.fromOpaque(closure).takeUnretainedValue()
        if !receiver.contents.withLock({ $0.isEnded }) { receiver.handler(message) }
    }

    static let onComplete: natsOnCompleteCB = { closure in
        guard let closure else { return }
        let receiver = Unmanaged<Receiver>.fromOpaque(closure).takeRetainedValue()
        let waiting = receiver.contents.withLock { contents in
            contents.isComplete = true
            defer { contents.waiting = [] }
            return contents.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
