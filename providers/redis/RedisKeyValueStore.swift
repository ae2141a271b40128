import KeyValueOperations

/// Key-value operations on one Redis.
public struct RedisKeyValueStore: KeyValueStore {
    let connection: RedisConnection
    private let limits: RedisLimits

    public init(connection: RedisConnection, limits: RedisLimits = RedisLimits()) {
        self.connection = connection
        self.limits = limits
    }

    public func perform(
        _ operation: KeyValueOperation, timeout: Duration?,
        _ completion: @escaping @Sendable (Result<KeyValueResult, KeyValueError>) -> Void
    ) {
        do throws(KeyValueError) {
            try operation.check(bytesMax: limits.operationBytesMax)
        } catch {
            return completion(.failure(error))
        }
        connection.send(RedisCommand(operation), timeout: timeout) { [connection] reply in
            let result = reply.flatMap { reply in
                Result { () throws(KeyValueError) in try operation.result(of: reply) }
            }
            guard case .increment(let key, let number) = operation, case .success(.integer) = reply,
                case .failure(.overflow) = result
            else { return completion(result) }
            // Redis counts in 64 bits and has gone beyond ours: take it back, and only then say so.
            connection.send(.decrement(key: key, by: number), timeout: timeout) { undone in
                switch undone {
                case .success(.error(let words)): completion(.failure(.refused(words)))
                case .success: completion(result)
                case .failure(let error): completion(.failure(error))
                }
            }
        }
    }
}
