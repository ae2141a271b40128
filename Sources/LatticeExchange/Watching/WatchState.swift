import LatticeBus
import LatticeProtocol

/// How well the two buckets are known, together.
public enum WatchState: Hashable, Sendable {
    /// Nothing is wrong, and not everything has been told yet.
    case catchingUp
    case current
    /// What is known may be out of date.
    case interrupted(since: WallTime, StoreError)
}

/// The states of both buckets.
struct WatchStates: Hashable, Sendable {
    private var states: [WatchedBucket: WatchState] = [:]

    var together: WatchState {
        let all = WatchedBucket.allCases.map { states[$0] ?? .catchingUp }
        let interruptions = all.compactMap { state -> (since: WallTime, error: StoreError)? in
            if case .interrupted(let since, let error) = state { (since, error) } else { nil }
        }
        if let first = interruptions.min(by: { $0.since < $1.since }) {
            return .interrupted(since: first.since, first.error)
        }
        return all.allSatisfy { $0 == .current } ? .current : .catchingUp
    }

    /// - Returns: what is worth telling, if anything.
    mutating func take(_ event: MetadataEvent, from bucket: WatchedBucket, at now: WallTime) -> KnowledgeChange? {
        let before = together
        switch event {
        case .current: states[bucket] = .current
        case .interrupted(let error):
            var since = now
            if case .interrupted(let earlier, _)? = states[bucket] {
                since = earlier
            } else if case .bus(.disconnected(let lost, _)) = error {
                since = lost
            }
            states[bucket] = .interrupted(since: since, error)
        case .put, .deleted: return nil
        }
        switch (together, before) {
        case (let after, before) where after == before: return nil
        case (.current, _): return .current
        case (.interrupted(_, let error), .interrupted(_, let known)) where error == known: return nil
        case (.interrupted(_, let error), _): return .interrupted(error)
        case (.catchingUp, _): return nil
        }
    }
}
