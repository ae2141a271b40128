import KeyValueOperations
import OwnThreads
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

    /// Asks whether Redis is there and takes our commands. Waits for the attempt to connect that is under way.
    /// - Returns: why not; nil when all is well.
    public func probe(within limit: Duration) async -> RedisOutage? {
        let reply = await withCheckedContinuation { continuation in
            send(RedisCommand("PING"), timeout: limit) { continuation.resume(returning: $0) }
        }
        switch reply {
        // With a login of its own the connection would not have come up.
        case .success(.error(let words)) where words.hasPrefix("NOAUTH"):
            return RedisOutage(
                kind: .turnedAway, reason: "\(url) wants a login: the link's URL takes user and password")
        case .success: return nil
        case .failure(let error):
            if case .down(let outage) = state { return outage }
            return RedisOutage(kind: .unreachable, reason: "\(error)")
        }
    }

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
    case down(RedisOutage)
}

/// Why the last attempt to connect failed. Holds no part of the login.
public struct RedisOutage: Error, Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// Nobody is there, or not ready yet: it may come.
        case unreachable
        /// A Redis is there and does not take this login or database: waiting changes nothing.
        case turnedAway
    }

    public let kind: Kind
    public let reason: String
}

/// A command on its way.
struct RedisJob: Sendable {
    let command: [UInt8]
    let timeout: Duration
    let deadline: ContinuousClock.Instant
    let completion: @Sendable (Result<RedisReply, KeyValueError>) -> Void
}
