import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Threads of our own for guest code: guests that never yield may occupy them all, and Swift's own pool still serves the
/// bus and the control interface.
public final class WorkerPool: Sendable {
    private struct State {
        // A ring would save moves; the list is short, as each entry is a call that outlived its first slice.
        var jobs: [@Sendable () -> Void] = []
        var head = 0
        var isStopping = false
        var idle = 0
    }

    private let state: ConditionLock<State>
    public let threadCount: Int
    /// For what has to happen even if nobody calls.
    let alarms = AlarmClock()

    /// - Parameter threadCount: at least 1; as many as there are cores by default.
    public init(threadCount: Int = WorkerPool.coreCount) {
        self.threadCount = max(1, threadCount)
        state = ConditionLock(State())
        for _ in 0..<self.threadCount { startThread { [state] in Self.work(state) } }
    }

    deinit {
        state.withLock { $0.isStopping = true }
        state.broadcast()
    }

    public static var coreCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

    /// Runs a job on one of the threads, in order of arrival.
    public func submit(_ job: @escaping @Sendable () -> Void) {
        let wake = state.withLock { state in
            state.jobs.append(job)
            return state.idle > 0
        }
        if wake { state.signal() }
    }

    private static func work(_ state: ConditionLock<State>) {
        while let job = next(state) { job() }
    }

    private static func next(_ lock: ConditionLock<State>) -> (@Sendable () -> Void)? {
        lock.waiting { state in
            if state.head < state.jobs.count {
                let job = state.jobs[state.head]
                state.head += 1
                if state.head == state.jobs.count || state.head > 256 {
                    state.jobs.removeFirst(state.head)
                    state.head = 0
                }
                return .done(job)
            }
            return state.isStopping ? .done(nil) : .wait
        } beforeWait: {
            $0.idle += 1
        } afterWait: {
            $0.idle -= 1
        }
    }
}
