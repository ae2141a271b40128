import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Synchronization

/// What this host refused: the newest 10,000, for `lattice why`.
/// - Source: trust rules §5.
public final class RefusalLog: Sendable {
    public static let countMax = 10_000
    /// Answers to one question; each travels in a message.
    static let answersMax = 100

    private struct Entry {
        let refusal: Refusal
        let time: WallTime
    }

    private struct Ring {
        var entries: [Entry] = []
        /// Where the next one goes once all places are taken.
        var next = 0

        mutating func add(_ entry: Entry) {
            if entries.count < RefusalLog.countMax { return entries.append(entry) }
            entries[next] = entry
            next = (next + 1) % entries.count
        }

        var newestFirst: some Sequence<Entry> {
            let (entries, next) = (entries, next)
            return entries.indices.lazy.map { entries[(next + 2 * entries.count - 1 - $0) % entries.count] }
        }
    }

    private let host: HostKey
    private let ring = Mutex(Ring())

    init(of host: HostKey) { self.host = host }

    /// - Returns: the refusal as it travels.
    @discardableResult
    func add(_ refusal: Refusal, at time: WallTime = .now()) -> RefusalReport {
        ring.withLock { $0.add(Entry(refusal: refusal, time: time)) }
        return refusal.report(time: time, host: host)
    }

    /// The newest first.
    /// - Parameter call: only what was refused of this call.
    func reports(of call: String? = nil, countMax: Int) -> [RefusalReport] {
        let limit = min(max(1, countMax), Self.answersMax)
        return ring.withLock { ring in
            Array(
                ring.newestFirst.filter { call == nil || $0.refusal.call?.text == call }.prefix(limit)
                    .map { $0.refusal.report(time: $0.time, host: host) })
        }
    }
}
