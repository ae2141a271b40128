#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Runs jobs at given moments, on a thread of its own. For few alarms: each pool of instances has
/// at most one, and each call that sleeps.
final class AlarmClock: Sendable {
    private struct State {
        var alarms: [(moment: ContinuousClock.Instant, job: @Sendable () -> Void)] = []
        var isStopping = false
    }

    private enum Next {
        case job(@Sendable () -> Void)
        case stop
    }

    private let state = ConditionLock(State())

    init() { startThread { [state] in Self.work(state) } }

    deinit {
        state.withLock { $0.isStopping = true }
        state.signal()
    }

    /// - Parameter job: short; others wait behind it.
    func set(at moment: ContinuousClock.Instant, _ job: @escaping @Sendable () -> Void) {
        state.withLock { $0.alarms.append((moment, job)) }
        state.signal()
    }

    private static func work(_ state: ConditionLock<State>) {
        while case .job(let job) = next(state) { job() }
    }

    private static func next(_ lock: ConditionLock<State>) -> Next {
        lock.waiting { state in
            if state.isStopping { return .done(.stop) }
            guard let first = state.alarms.indices.min(by: { state.alarms[$0].moment < state.alarms[$1].moment }) else {
                return .wait
            }
            let left = ContinuousClock.now.duration(to: state.alarms[first].moment)
            guard left <= .zero else { return .waitAtMost(left) }
            return .done(.job(state.alarms.remove(at: first).job))
        }
    }
}
