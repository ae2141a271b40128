import Synchronization

/// Runs tasks whose number is not known beforehand, and has ended when they all have.
final class TaskYard: Sendable {
    private let jobs: AsyncStream<@Sendable () async -> Void>
    private let continuation: AsyncStream<@Sendable () async -> Void>.Continuation

    init() { (jobs, continuation) = AsyncStream.makeStream() }

    /// Runs a job as soon as `run` does.
    func add(_ job: @escaping @Sendable () async -> Void) { continuation.yield(job) }

    /// Until the task is cancelled, and with it all jobs.
    func run() async {
        await withDiscardingTaskGroup { group in
            for await job in jobs { group.addTask { await job() } }
            group.cancelAll()
        }
    }
}
