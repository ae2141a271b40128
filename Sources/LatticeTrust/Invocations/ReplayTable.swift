import LatticeIdentity
import LatticeProtocol

/// What came already, for as long as it could come again. Bounded: when it is full the answer is `full`, for nothing is
/// ever forgotten before its time. About 40 bytes for each entry.
public struct ReplayTable: Sendable {
    public enum Entry: Hashable, Sendable {
        case token(ClusterKey, String)
        case call(ClusterKey, InvocationID)
    }

    public enum Admission: Hashable, Sendable {
        case fresh
        case replayed
        case full(limit: Int)
    }

    /// Two keyed hashes of an entry with the process's own random keys: small, and not to be met on purpose.
    private struct Fingerprint: Hashable, Sendable {
        let first: Int
        let second: Int

        init(_ entry: Entry) {
            var hasher = Hasher()
            hasher.combine(0)
            hasher.combine(entry)
            first = hasher.finalize()
            hasher = Hasher()
            hasher.combine(1)
            hasher.combine(entry)
            second = hasher.finalize()
        }
    }

    public static let countMaxDefault = 262_144

    public let countMax: Int
    private var seen: Set<Fingerprint> = []
    /// By the second after which they can't come again.
    private var endings: [UInt64: [Fingerprint]] = [:]
    private var earliestEnding = UInt64.max

    public init(countMax: Int = countMaxDefault) { self.countMax = countMax }

    public var count: Int { seen.count }

    /// Remembers all entries or none.
    /// - Parameter until: the last second in which they would be accepted; not far from now, or the caller would not ask.
    public mutating func admit(_ entries: [Entry], until: TokenTime, at now: TokenTime) -> Admission {
        forget(before: now)
        let fingerprints = entries.map(Fingerprint.init)
        if fingerprints.contains(where: seen.contains) { return .replayed }
        guard seen.count + fingerprints.count <= countMax else { return .full(limit: countMax) }
        seen.formUnion(fingerprints)
        endings[until.seconds, default: []].append(contentsOf: fingerprints)
        earliestEnding = min(earliestEnding, until.seconds)
        return .fresh
    }

    private mutating func forget(before now: TokenTime) {
        guard earliestEnding < now.seconds else { return }
        for (second, fingerprints) in endings where second < now.seconds {
            seen.subtract(fingerprints)
            endings[second] = nil
        }
        earliestEnding = endings.keys.min() ?? .max
    }
}
