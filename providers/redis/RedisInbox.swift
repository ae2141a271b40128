import Glibc
import KeyValueOperations
import Synchronization

/// Where callers and the connecting thread leave things for the thread that talks to Redis.
final class RedisInbox: Sendable {
    /// What has come since the last look.
    struct Contents {
        var jobs: [RedisJob] = []
        var connected: Result<RedisContext, RedisOutage>?
        var isStopped = false
        fileprivate var state = RedisState.connecting
        fileprivate var waitingCount = 0
        fileprivate var waitingBytesCount = 0
    }

    private let limits: RedisLimits
    private let contents = Mutex(Contents())
    /// Readable while something waits to be looked at.
    let wakeDescriptor: CInt
    private let wakingDescriptor: CInt

    /// Nil when the process has no more descriptors.
    init?(limits: RedisLimits) {
        self.limits = limits
        var ends: [CInt] = [-1, -1]
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let status = socketpair(AF_UNIX, CInt(kind), 0, &ends)
        wakeDescriptor = ends[0]
        wakingDescriptor = ends[1]
        if status != 0 { return nil }
    }

    deinit {
        close(wakeDescriptor)
        close(wakingDescriptor)
    }

    var state: RedisState {
        get { contents.withLock { $0.state } }
        set { contents.withLock { $0.state = newValue } }
    }

    /// - Returns: why the job can't wait here.
    func add(_ job: RedisJob) -> KeyValueError? {
        var isFirst = false
        let refusal: KeyValueError? = contents.withLock { contents in
            if contents.isStopped { return .unavailable(reason: "the connection was closed") }
            if case .down(let outage) = contents.state { return .unavailable(reason: outage.reason) }
            guard contents.waitingCount < limits.waitingMax,
                contents.waitingBytesCount + job.command.count <= limits.waitingBytesMax
            else { return .busy(waitingMax: limits.waitingMax) }
            contents.waitingCount += 1
            contents.waitingBytesCount += job.command.count
            isFirst = contents.jobs.isEmpty
            contents.jobs.append(job)
            return nil
        }
        // The next ones find the thread awake, or about to be.
        if isFirst { wake() }
        return refusal
    }

    /// Says that a job has been completed.
    func release(_ job: RedisJob) {
        contents.withLock { contents in
            contents.waitingCount -= 1
            contents.waitingBytesCount -= job.command.count
        }
    }

    func deliver(_ outcome: Result<RedisContext, RedisOutage>) {
        contents.withLock { $0.connected = outcome }
        wake()
    }

    func stop() {
        contents.withLock { $0.isStopped = true }
        wake()
    }

    func take() -> Contents {
        var bytes: UInt64 = 0
        while read(wakeDescriptor, &bytes, MemoryLayout<UInt64>.size) == MemoryLayout<UInt64>.size {}
        return contents.withLock { contents in
            let taken = contents
            contents.jobs = []
            contents.connected = nil
            return taken
        }
    }

    private func wake() {
        var byte: UInt8 = 1
        _ = write(wakingDescriptor, &byte, 1)
    }
}
