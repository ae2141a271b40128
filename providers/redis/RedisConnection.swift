import KeyValueOperations
import Synchronization

/// One connection to one Redis, on which the commands of all callers follow each other without waiting.
///
/// A thread of its own does all that touches the socket; another one lives while it connects. Nothing that was sent is
/// ever sent again. The connection ends with this object.
public final class RedisConnection: Sendable {
    public let url: RedisURL
    private let limits: RedisLimits
    private let inbox: RedisInbox

    public init(url: RedisURL, limits: RedisLimits = RedisLimits()) throws(KeyValueError) {
        self.url = url
        self.limits = limits
        guard let inbox = RedisInbox(limits: limits) else {
            throw .unavailable(reason: "\(url): no descriptor for a connection")
        }
        self.inbox = inbox
        let isRunning = OwnThread.start {
            var loop = RedisLoop(url: url, limits: limits, inbox: inbox)
            loop.run()
        }
        guard isRunning else { throw .unavailable(reason: "\(url): no thread for a connection") }
    }

    deinit { inbox.stop() }

    public var state: RedisState { inbox.state }

    /// Completes on the connection's thread, or on the caller's when the command can't even wait.
    func send(
        _ command: RedisCommand, timeout: Duration?,
        _ completion: @escaping @Sendable (Result<RedisReply, KeyValueError>) -> Void
    ) {
        let timeout = timeout ?? limits.timeout
        let job = RedisJob(
            command: command.encoded, timeout: timeout, deadline: .now + timeout, completion: completion)
        if let refusal = inbox.add(job) { completion(.failure(refusal)) }
    }
}

public enum RedisState: Sendable, Equatable {
    case connecting
    case connected
    /// - Parameter reason: of the last attempt.
    case down(reason: String)
}

/// A command on its way.
struct RedisJob: Sendable {
    let command: [UInt8]
    let timeout: Duration
    let deadline: ContinuousClock.Instant
    let completion: @Sendable (Result<RedisReply, KeyValueError>) -> Void
}
