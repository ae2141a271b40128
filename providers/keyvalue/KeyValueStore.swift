/// Something that does key-value operations.
public protocol KeyValueStore: Sendable {
    /// Returns at once. The completion runs exactly once, on a thread of the store, which it must not block, or on the
    /// caller's when the answer is known already.
    /// - Parameter timeout: nil for the store's own.
    func perform(
        _ operation: KeyValueOperation, timeout: Duration?,
        _ completion: @escaping @Sendable (Result<KeyValueResult, KeyValueError>) -> Void)
}

extension KeyValueStore {
    public func perform(
        _ operation: KeyValueOperation, timeout: Duration? = nil
    ) async throws(KeyValueError) -> KeyValueResult {
        let result = await withCheckedContinuation { continuation in
            perform(operation, timeout: timeout) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }
}
