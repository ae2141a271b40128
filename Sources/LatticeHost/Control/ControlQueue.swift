import LatticeBus
import Synchronization

/// Control messages on their way from the bus's threads to those who handle them. Bounded: what does not fit is refused at
/// once by the one who put it.
final class ControlQueue: Sendable {
    static let waitingMax = 256

    private let stream: AsyncStream<BusMessage>
    private let continuation: AsyncStream<BusMessage>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.waitingMax))
    }

    /// - Returns: false when it is full.
    func offer(_ message: BusMessage) -> Bool {
        if case .dropped = continuation.yield(message) { false } else { true }
    }

    /// Handles every message in a task of its own, so many at a time at most, until the task is cancelled.
    func run(handlersMax: Int, _ handle: @escaping @Sendable (BusMessage) async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            for await message in stream {
                if running == handlersMax {
                    await group.next()
                    running -= 1
                }
                group.addTask { await handle(message) }
                running += 1
            }
            group.cancelAll()
        }
    }
}
