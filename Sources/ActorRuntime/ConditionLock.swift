#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A value behind a mutex, with a condition to wait on.
final class ConditionLock<Value>: @unchecked Sendable {
    enum Step<Result> {
        case done(Result)
        /// For a signal.
        case wait
        case waitAtMost(Duration)
    }

    // Safety: initialised in `init`, destroyed in `deinit`; the value is touched under the mutex only.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var value: Value

    init(_ value: Value) {
        self.value = value
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        defer { pthread_condattr_destroy(&attributes) }
        // Waiting must not depend on somebody setting the wall clock.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
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

    /// Repeats `step` after every signal, and when its time is over, until it is done.
    func waiting<Result>(
        _ step: (inout Value) -> Step<Result>, beforeWait: (inout Value) -> Void = { _ in },
        afterWait: (inout Value) -> Void = { _ in }
    ) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            let next = step(&value)
            if case .done(let result) = next { return result }
            beforeWait(&value)
            if case .waitAtMost(let duration) = next {
                wait(atMost: duration)
            } else {
                pthread_cond_wait(condition, mutex)
            }
            afterWait(&value)
        }
    }

    private func wait(atMost duration: Duration) {
        var moment = timespec()
        clock_gettime(CLOCK_MONOTONIC, &moment)
        let (seconds, attoseconds) = duration.components
        let nanoseconds = moment.tv_nsec + Int(attoseconds / 1_000_000_000)
        moment.tv_sec += Int(seconds) + nanoseconds / 1_000_000_000
        moment.tv_nsec = nanoseconds % 1_000_000_000
        pthread_cond_timedwait(condition, mutex, &moment)
    }

    func signal() { pthread_cond_signal(condition) }
    func broadcast() { pthread_cond_broadcast(condition) }
}
