import Dispatch
import Synchronization

/// A whole bus within one process: messages, metadata and objects, shared by every connection made to it.
///
/// Handlers run one after the other on one thread, in the order in which messages were published, so that a test sees
/// the same order every time.
public final class InMemoryServer: Sendable {
    /// Whether metadata and objects can be kept.
    public enum Storage: Sendable {
        case on
        case off
    }

    let payloadBytesMax: Int
    let storage: Storage
    let clock: any Clock<Duration>
    let now: @Sendable () -> UnixTime
    let deliveries = DispatchQueue(label: "lattice.bus.in-memory")
    private let state = Mutex(State())

    struct State {
        var routing = RoutingTable()
        var subscriptions: [RoutingTable.SubscriptionID: InMemorySubscription] = [:]
        var lastNumber: UInt64 = 0
        var metadata: [BucketName: InMemoryMetadataState] = [:]
        var objects: [BucketName: [ObjectName: InMemoryObject]] = [:]
    }

    /// - Parameters:
    ///   - clock: measures time-outs.
    ///   - now: the time that `disconnected` and stored objects tell.
    public init(
        payloadBytesMax: Int = 1 << 20, storage: Storage = .on, clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> UnixTime = { UnixTime.now() }
    ) {
        self.payloadBytesMax = payloadBytesMax
        self.storage = storage
        self.clock = clock
        self.now = now
    }

    public func connect() -> InMemoryBus { InMemoryBus(server: self, id: nextNumber()) }

    /// Unique within this server.
    func nextNumber() -> UInt64 {
        state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
    }

    func withState<Result: Sendable>(_ body: (inout sending State) -> sending Result) -> Result {
        state.withLock(body)
    }

    func add(_ subscription: InMemorySubscription) {
        state.withLock { state in
            state.subscriptions[subscription.id] = subscription
            state.routing.add(subscription.id, subscription.pattern, group: subscription.group)
        }
    }

    func remove(_ id: RoutingTable.SubscriptionID) {
        state.withLock { state in
            state.subscriptions[id] = nil
            state.routing.remove(id)
        }
    }

    /// - Returns: how many subscriptions the message was meant for.
    func route(_ message: BusMessage) -> Int {
        state.withLock { state in
            let subscriptions = state.subscriptions
            let receivers = state.routing.receivers(of: message.subject) { id in
                subscriptions[id]?.isReachable ?? false
            }
            // Within the lock, so that all receivers see all messages in one order.
            for id in receivers { subscriptions[id]?.offer(message, on: deliveries) }
            return receivers.count
        }
    }
}
