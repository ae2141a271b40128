/// What one listener spends at most. The link's own settings win where both speak (`HTTPLimits.adjusted`).
public struct HTTPLimits: Sendable, Equatable {
    /// Names and values of one request's fields together.
    public var headerBytesMax = 64 * 1024
    public var headerFieldsMax = 128
    /// Of one request. The default of `max_content_len`.
    public var bodyBytesMax = 100_000_000
    /// Of all requests that are being received or answered; beyond it, 503.
    public var bodyBytesTotalMax = 256_000_000
    /// Beyond it, a new connection hears 503 and is closed.
    public var connectionsMax = 4096
    /// Given to the handler and not yet answered; beyond it, 503.
    public var requestsInFlightMax = 4096
    /// Whole requests that wait on one connection for the answer before theirs; what follows is not read and the
    /// connection closed after the last answer.
    public var pipelinedRequestsMax = 64
    /// From the whole request to the handler's answer; then 504. The default of `timeout_ms`.
    public var requestTimeout: Duration = .seconds(2)
    /// From the first byte of a request's head to its last; then 408.
    public var headTimeout: Duration = .seconds(10)
    /// From the end of the head to the end of the body; then 408.
    public var bodyTimeout: Duration = .seconds(60)
    /// A connection on which nothing happens is closed.
    public var idleTimeout: Duration = .seconds(60)
    /// A client that takes none of its answer for so long is cut off.
    public var writeStallTimeout: Duration = .seconds(30)
    /// How long a connection that we close waits for the client to have read its last answer.
    public var lingerTimeout: Duration = .seconds(2)

    public init() {}

    /// The longest a call may take. Source: trust.md §4.
    static let requestTimeoutMax: Duration = .seconds(55)

    /// These limits as the link's settings change them.
    func adjusted(by settings: HTTPServerSettings) -> HTTPLimits {
        var limits = self
        if let timeout = settings.timeout { limits.requestTimeout = min(timeout, Self.requestTimeoutMax) }
        if let max = settings.bodyBytesMax { limits.bodyBytesMax = max }
        limits.bodyBytesTotalMax = Swift.max(limits.bodyBytesTotalMax, limits.bodyBytesMax)
        return limits
    }
}
