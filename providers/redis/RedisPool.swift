import KeyValueOperations
import Synchronization

/// The connections of a provider: links with the same URL share one, which is closed when the last of them lets go.
public final class RedisPool: Sendable {
    private struct Entry {
        weak var connection: RedisConnection?
    }

    private let limits: RedisLimits
    private let entries = Mutex<[RedisURL: Entry]>([:])

    public init(limits: RedisLimits = RedisLimits()) { self.limits = limits }

    /// Connects in the background: what is asked meanwhile waits.
    public func store(for url: RedisURL) throws(KeyValueError) -> RedisKeyValueStore {
        RedisKeyValueStore(connection: try connection(to: url), limits: limits)
    }

    func connection(to url: RedisURL) throws(KeyValueError) -> RedisConnection {
        let result: Result<RedisConnection, KeyValueError> = entries.withLock { entries in
            entries = entries.filter { $0.value.connection != nil }
            if let connection = entries[url]?.connection { return .success(connection) }
            return Result { () throws(KeyValueError) in
                let connection = try RedisConnection(url: url, limits: limits)
                entries[url] = Entry(connection: connection)
                return connection
            }
        }
        return try result.get()
    }

    /// Of the connections in use.
    public var states: [(url: RedisURL, state: RedisState)] {
        entries.withLock { $0.compactMap { url, entry in entry.connection.map { (url, $0.state) } } }
            .sorted { "\($0.url)" < "\($1.url)" }
    }
}
