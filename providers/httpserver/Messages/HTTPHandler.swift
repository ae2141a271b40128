import NIOCore

/// Answers requests.
///
/// Called on the connection's event loop, which it must not block. It answers through `completion`, at once or later,
/// from any thread; only the first answer counts, and one after `context.deadline` comes too late (the client got 504).
/// A handler that never answers costs its client a 504 and nothing else.
public typealias HTTPHandler =
    @Sendable (
        _ request: HTTPRequestValue, _ context: HTTPRequestContext,
        _ completion: @escaping @Sendable (HTTPResponseValue) -> Void
    ) -> Void

/// Where a request came from, and until when its answer counts.
public struct HTTPRequestContext: Sendable {
    public let eventLoop: any EventLoop
    public let deadline: NIODeadline
    public let peer: SocketAddress?
}
