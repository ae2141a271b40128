import Glibc
import KeyValueOperations

/// A row of operations that many threads put at its end and one takes as a whole.
final class WorkQueue: @unchecked Sendable {
    struct Job: Sendable {
        let operation: KeyValueOperation
        let deadline: ContinuousClock.Instant
        let completion: @Sendable (Result<KeyValueResult, KeyValueError>) -> Void
    }

    // Safety: everything below is touched only while `mutex` is held; the pointers live as long as this object.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private let waitingMax: Int
    private var jobs: [Job] = []
    private var isClosed = false

    init(waitingMax: Int) {
        self.waitingMax = waitingMax
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// - Returns: why the job can't wait here.
    func add(_ job: Job) -> KeyValueError? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        if isClosed { return .unavailable(reason: "the store was closed") }
        guard jobs.count < waitingMax else { return .busy(waitingMax: waitingMax) }
        jobs.append(job)
        if jobs.count == 1 { pthread_cond_signal(condition) }
        return nil
    }

    /// What is there may still be taken.
    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Waits for jobs, at most `limit` (nil: for ever).
    /// - Returns: none when the time is over; nil when none will come any more.
    func take(within limit: Duration?) -> [Job]? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        var end = timespec()
        if let limit {
            clock_gettime(CLOCK_MONOTONIC, &end)
            let (seconds, attoseconds) = limit.components
            let nanoseconds = Int(end.tv_nsec) + Int(attoseconds / 1_000_000_000)
            end.tv_sec += time_t(seconds) + nanoseconds / 1_000_000_000
            end.tv_nsec = nanoseconds % 1_000_000_000
        }
        while jobs.isEmpty, !isClosed {
            let status =
                limit == nil ? pthread_cond_wait(condition, mutex) : pthread_cond_timedwait(condition, mutex, &end)
            if status == ETIMEDOUT { break }
        }
        if jobs.isEmpty { return isClosed ? nil : [] }
        defer { jobs = [] }
        return jobs
    }
}
