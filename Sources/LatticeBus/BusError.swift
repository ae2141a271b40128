/// Why the bus did not do what was asked. The caller always learns which of these it was.
public enum BusError: Error, Hashable, CustomStringConvertible {
    /// Nobody subscribes to that subject: known at once, without waiting.
    case noResponders(Subject)
    case timedOut(Subject, after: Duration)
    /// The bus is out of reach. It comes back by itself; nothing that was refused is sent later.
    case disconnected(since: UnixTime, reason: String)
    case payloadTooLarge(bytesCount: Int, max: Int)
    case invalidHeader(name: String)
    /// So many requests wait for replies that one more is refused.
    case busy(requestsMax: Int)
    /// This connection has ended for good: closed here, or turned away by the server.
    case closed(reason: String)
    /// The client library said no for another reason, in its own words.
    case refused(reason: String)
    /// The waiting task was cancelled.
    case cancelled

    public var description: String {
        switch self {
        case .noResponders(let subject): "nobody is listening on \(subject)"
        case .timedOut(let subject, let limit): "no reply on \(subject) within \(limit)"
        case .disconnected(let since, let reason): "disconnected from the bus since \(since) (\(reason))"
        case .payloadTooLarge(let bytesCount, let max):
            "a payload of \(bytesCount) bytes is over the limit of \(max) bytes"
        case .invalidHeader(let name): "the header '\(name)' cannot be sent"
        case .busy(let requestsMax): "\(requestsMax) requests are waiting for replies already"
        case .closed(let reason): "the connection to the bus is closed (\(reason))"
        case .refused(let reason): "the bus refused: \(reason)"
        case .cancelled: "cancelled while waiting for the bus"
        }
    }
}
