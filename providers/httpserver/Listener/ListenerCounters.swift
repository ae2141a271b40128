import Synchronization

/// What all connections of one listener hold together.
final class ListenerCounters: Sendable {
    private let limits: HTTPLimits
    private let connections = Atomic(0)
    private let requestsInFlight = Atomic(0)
    private let bodyBytes = Atomic(0)
    private let refusals = Atomic<UInt64>(0)

    init(limits: HTTPLimits) { self.limits = limits }

    var snapshot: HTTPListenerCounts {
        HTTPListenerCounts(
            connections: connections.load(ordering: .relaxed),
            requestsInFlight: requestsInFlight.load(ordering: .relaxed),
            bodyBytes: bodyBytes.load(ordering: .relaxed),
            refusals: refusals.load(ordering: .relaxed))
    }

    func admitConnection() -> Bool { admit(1, to: connections, max: limits.connectionsMax) }
    func releaseConnection() { connections.subtract(1, ordering: .relaxed) }

    func admitRequest() -> Bool { admit(1, to: requestsInFlight, max: limits.requestsInFlightMax) }
    func releaseRequest() { requestsInFlight.subtract(1, ordering: .relaxed) }

    func reserveBody(_ count: Int) -> Bool { admit(count, to: bodyBytes, max: limits.bodyBytesTotalMax) }
    func releaseBody(_ count: Int) { bodyBytes.subtract(count, ordering: .relaxed) }

    private func admit(_ count: Int, to counter: borrowing Atomic<Int>, max: Int) -> Bool {
        if counter.add(count, ordering: .relaxed).newValue <= max { return true }
        counter.subtract(count, ordering: .relaxed)
        refusals.add(1, ordering: .relaxed)
        return false
    }
}

/// How busy a listener is.
public struct HTTPListenerCounts: Sendable, Equatable {
    public var connections: Int
    /// Given to the handler, and neither answered nor timed out.
    public var requestsInFlight: Int
    /// Of request bodies.
    public var bodyBytes: Int
    /// What a limit of the listener as a whole refused since the start.
    public var refusals: UInt64

    public init(connections: Int = 0, requestsInFlight: Int = 0, bodyBytes: Int = 0, refusals: UInt64 = 0) {
        self.connections = connections
        self.requestsInFlight = requestsInFlight
        self.bodyBytes = bodyBytes
        self.refusals = refusals
    }
}
