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

    /// - Parameter threadCount: at least 1; as many as there are cores by default.
    public init(threadCount: Int = WorkerPool.coreCount) {
        self.threadCount = max(1, threadCount)
        state = ConditionLock(State())
        for _ in 0..<self.threadCount { Self.startThread { [state] in Self.work(state) } }
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

    private static func startThread(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let box = Unmanaged.passRetained(ThreadBody(body))
        let status = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        precondition(status == 0, "cannot start a worker thread: error \(status)")
    }
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// A value behind a mutex, with a condition to wait on.
final class ConditionLock<Value>: @unchecked Sendable {
    enum Step<Result> {
        case done(Result)
        case wait
    }

    // Safety: initialised in `init`, destroyed in `deinit`; the value is touched under the mutex only.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var value: Value

    init(_ value: Value) {
        self.value = value
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(condition)
        mutex.deallocate()
        condition.deallocate()
    }

    func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&value)
    }

    /// Repeats `step` after every signal until it is done.
    func waiting<Result>(
        _ step: (inout Value) -> Step<Result>, beforeWait: (inout Value) -> Void, afterWait: (inout Value) -> Void
    ) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if case .done(let result) = step(&value) { return result }
            beforeWait(&value)
            pthread_cond_wait(condition, mutex)
            afterWait(&value)
        }
    }

    func signal() { pthread_cond_signal(condition) }
    func broadcast() { pthread_cond_broadcast(condition) }
}
