import CHiredis
import Glibc
import KeyValueOperations

/// One connection of the C library, whose only owner this is. Belongs to one thread at a time.
final class RedisContext: @unchecked Sendable {
    // Safety: handed from the thread that connects to the one that talks, through a lock; never used by both.
    private let raw: UnsafeMutablePointer<redisContext>

    private init(owning raw: UnsafeMutablePointer<redisContext>) { self.raw = raw }

    deinit { redisFree(raw) }

    var descriptor: CInt { raw.pointee.fd }

    /// Connects, logs in and picks the database; blocks for at most about `limit`, and as long as the resolver takes.
    static func connect(to url: RedisURL, within limit: Duration) throws(RedisOutage) -> RedisContext {
        let deadline = ContinuousClock.now + limit
        guard let raw = redisConnectWithTimeout(url.host, CInt(url.port), timeval(limit)) else {
            throw RedisOutage(kind: .unreachable, reason: "\(url): no memory for a connection")
        }
        let context = RedisContext(owning: raw)
        guard raw.pointee.err == 0 else {
            throw RedisOutage(kind: .unreachable, reason: "\(url): \(context.errorText)")
        }
        // Programs that this process starts would hold it open.
        _ = fcntl(context.descriptor, F_SETFD, FD_CLOEXEC)
        if let password = url.password {
            let words = [url.user, password].compactMap { $0.map { Array($0.utf8) } }
            let reply = try context.ask(RedisCommand("AUTH", words), url, until: deadline)
            // Only the kind of the error: the rest is the server's text about a command that holds a secret.
            if case .error(let words) = reply {
                throw RedisOutage(
                    kind: Self.kind(of: words), reason: "\(url) refuses the login: \(words.prefix { $0 != " " })")
            }
        }
        if url.database != 0 {
            let reply = try context.ask(RedisCommand("SELECT", Array("\(url.database)".utf8)), url, until: deadline)
            if case .error(let words) = reply {
                throw RedisOutage(kind: Self.kind(of: words), reason: "\(url): \(words.prefix(200))")
            }
        }
        _ = redisEnableKeepAlive(raw)
        let flags = fcntl(context.descriptor, F_GETFL)
        guard fcntl(context.descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else {
            throw RedisOutage(kind: .unreachable, reason: "\(url): \(String(cString: strerror(errno)))")
        }
        raw.pointee.flags &= ~CInt(REDIS_BLOCK)
        return context
    }

    private func ask(
        _ command: RedisCommand, _ url: RedisURL, until deadline: ContinuousClock.Instant
    ) throws(RedisOutage) -> RedisReply {
        let rest = max(deadline - .now, .milliseconds(1))
        var reply: UnsafeMutableRawPointer?
        guard redisSetTimeout(raw, timeval(rest)) == REDIS_OK, append(command.encoded),
            redisGetReply(raw, &reply) == REDIS_OK, let reply
        else { throw RedisOutage(kind: .unreachable, reason: "\(url): \(errorText)") }
        return take(reply)
    }

    /// Of an error in answer to our first commands.
    private static func kind(of words: String) -> RedisOutage.Kind {
        let passes = ["LOADING", "BUSY", "MASTERDOWN", "CLUSTERDOWN"].contains { words.hasPrefix($0) }
        return passes || words.contains("max number of clients") ? .unreachable : .turnedAway
    }

    // MARK: Without blocking

    /// Puts a command behind those to be sent. False when there is no memory for it.
    func append(_ command: [UInt8]) -> Bool {
        command.withUnsafeBytes { bytes in
            redisAppendFormattedCommand(raw, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
                == REDIS_OK
        }
    }

    enum Progress {
        case all
        case some
        case failed
    }

    /// Sends what the socket takes.
    func write() -> Progress {
        var isDone: CInt = 0
        guard redisBufferWrite(raw, &isDone) == REDIS_OK else { return .failed }
        return isDone == 1 ? .all : .some
    }

    /// Reads what is there, at most 16 KiB, and returns how much that was. Nil when the connection is lost.
    func read() -> Int? {
        guard let reader = raw.pointee.reader else { return nil }
        let before = reader.pointee.len
        guard redisBufferRead(raw) == REDIS_OK else { return nil }
        return max(0, reader.pointee.len - before)
    }

    enum NextReply {
        case reply(RedisReply)
        case incomplete
        case failed
    }

    func nextReply() -> NextReply {
        var reply: UnsafeMutableRawPointer?
        guard redisGetReplyFromReader(raw, &reply) == REDIS_OK else { return .failed }
        return reply.map { .reply(take($0)) } ?? .incomplete
    }

    /// Why the last call failed.
    var errorText: String {
        withUnsafeBytes(of: &raw.pointee.errstr) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    private func take(_ reply: UnsafeMutableRawPointer) -> RedisReply {
        defer { freeReplyObject(reply) }
        return RedisReply(copying: reply.assumingMemoryBound(to: redisReply.self))
    }
}

extension timeval {
    fileprivate init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self.init(tv_sec: time_t(seconds), tv_usec: suseconds_t(attoseconds / 1_000_000_000_000))
    }
}
