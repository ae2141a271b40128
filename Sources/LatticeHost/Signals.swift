import Synchronization

/// Says that there is something to look at again; however often it is said meanwhile, it is looked at once.
final class ChangeSignal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    func raise() { continuation.yield() }

    /// Until the task is cancelled.
    func forEach(_ body: () async -> Void) async { for await _ in stream { await body() } }
}

/// Lets the first of several through.
final class Once: Sendable {
    private let isOver = Mutex(false)

    /// True for the first who asks.
    var isFirst: Bool {
        isOver.withLock { isOver in
            defer { isOver = true }
            return !isOver
        }
    }
}
