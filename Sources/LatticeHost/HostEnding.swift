import LatticeExchange
import Synchronization

/// That a host shall end, and how long calls that are under way may go on.
final class HostEnding: Sendable {
    static let drainDefault = Duration.seconds(5)

    private let begun = Latch()
    private let limit = Mutex(drainDefault)

    var hasBegun: Bool { begun.isSet }
    var drainTime: Duration { limit.withLock { $0 } }

    func begin(within duration: Duration?) {
        if let duration { limit.withLock { $0 = duration } }
        begun.set()
    }

    func wait() async { await begun.wait() }
}
