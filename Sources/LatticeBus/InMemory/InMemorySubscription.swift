import Dispatch
import Synchronization

/// One entry of the server's routing table, with its queue.
final class InMemorySubscription: Sendable {
    let id: RoutingTable.SubscriptionID
    let pattern: SubjectPattern
    let group: QueueGroup?
    private let limits: PendingLimits
    private let handler: @Sendable (BusMessage) -> Void
    private let connection: InMemoryConnectionState
    private let queue = Mutex(Queue())

    private struct Queue {
        var messagesCount = 0
        var bytesCount = 0
        var droppedCount = 0
        var isEnded = false
    }

    init(
        id: RoutingTable.SubscriptionID, pattern: SubjectPattern, group: QueueGroup?, limits: PendingLimits,
        connection: InMemoryConnectionState, handler: @escaping @Sendable (BusMessage) -> Void
    ) {
        self.id = id
        self.pattern = pattern
        self.group = group
        self.limits = limits
        self.connection = connection
        self.handler = handler
    }

    var isReachable: Bool { connection.isConnected }
    var droppedCount: Int { queue.withLock { $0.droppedCount } }

    func end() { queue.withLock { $0.isEnded = true } }

    func offer(_ message: BusMessage, on deliveries: DispatchQueue) {
        let bytesCount = message.payload.count
        let droppedTotal: Int? = queue.withLock { queue in
            guard queue.messagesCount < limits.messagesMax, queue.bytesCount + bytesCount <= limits.bytesMax else {
                queue.droppedCount += 1
                return queue.droppedCount
            }
            queue.messagesCount += 1
            queue.bytesCount += bytesCount
            return nil
        }
        if let droppedTotal {
            let notice = BusNotice.dropped(pattern, total: droppedTotal)
            deliveries.async { [connection] in connection.announce(notice) }
            return
        }
        deliveries.async { [self] in
            let isEnded = queue.withLock { queue in
                queue.messagesCount -= 1
                queue.bytesCount -= bytesCount
                return queue.isEnded
            }
            if !isEnded { handler(message) }
        }
    }
}

/// What its owner holds of a subscription.
final class InMemorySubscriptionHandle: BusSubscription {
    private let subscription: InMemorySubscription
    private let server: InMemoryServer

    init(_ subscription: InMemorySubscription, server: InMemoryServer) {
        self.subscription = subscription
        self.server = server
    }

    deinit { unsubscribe() }

    var droppedCount: Int { subscription.droppedCount }

    func unsubscribe() {
        server.remove(subscription.id)
        subscription.end()
    }

    func drain(timeout: Duration) async throws(BusError) {
        server.remove(subscription.id)
        await withCheckedContinuation { continuation in
            server.deliveries.async { continuation.resume() }
        }
        subscription.end()
    }
}
