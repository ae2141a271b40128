import KeyValueOperations

/// What the thread of a store does: the only place that changes its state and its log.
final class LocalStoreWorker: @unchecked Sendable {
    // Safety: made by the thread that opens the store and handed to the store's own; from then on only that one has it.
    private let settings: LocalStoreSettings
    private let queue: WorkQueue
    private var log: ChangeLog
    private var state: KeyValueState
    private var counts: LocalStoreCounts
    private var lock: FolderLock?

    private typealias Answer = (job: WorkQueue.Job, result: Result<KeyValueResult, KeyValueError>)

    /// Nil while everything that was written is on the disk.
    private var synchronizeAt: ContinuousClock.Instant?
    private var lookForExpiredAt = ContinuousClock.now
    /// No compaction before the log has grown to this.
    private var compactAt: Int

    /// How often memory of what has expired is given back, if nobody asks for it.
    private static let expiryInterval: Duration = .seconds(10)
    private static let expiredBatch = 1000

    init(
        settings: LocalStoreSettings, queue: WorkQueue, lock: consuming FolderLock, log: consuming ChangeLog,
        state: KeyValueState, counts: LocalStoreCounts
    ) {
        self.settings = settings
        self.queue = queue
        self.lock = consume lock
        self.log = log
        self.state = state
        self.counts = counts
        compactAt = settings.compactionBytesMin
    }

    /// Until the queue is closed and empty; the folder is free then.
    func run(_ report: (LocalStoreCounts) -> Void) {
        while let jobs = queue.take(within: patience) {
            var answers: [Answer] = []
            answers.reserveCapacity(jobs.count)
            for job in jobs { answers.append((job, perform(job))) }
            settle(&answers)
            counts.keys = state.entries.count
            counts.memoryBytes = state.bytesCount
            counts.logBytes = log.bytesCount
            report(counts)
            for answer in answers { answer.job.completion(answer.result) }
            if let at = synchronizeAt, at <= .now { synchronize() }
            removeExpired()
            compact()
        }
        if synchronizeAt != nil { synchronize() }
        lock = nil
    }

    private var patience: Duration? {
        let expiry = state.expiringCount > 0 ? lookForExpiredAt : nil
        guard let next = [synchronizeAt, expiry].compactMap({ $0 }).min() else { return nil }
        return max(next - .now, .zero)
    }

    // MARK: Operations

    private func perform(_ job: WorkQueue.Job) -> Result<KeyValueResult, KeyValueError> {
        guard job.deadline > .now else {
            return .failure(.unavailable(reason: "its turn did not come within its time: the disk is slow"))
        }
        return Result { () throws(KeyValueError) in
            let now = settings.now()
            let decision = try state.decide(job.operation, now: now)
            guard !decision.changes.isEmpty else { return decision.result }
            try makeRoom(for: decision.changes, now)
            try keep(decision.changes)
            return decision.result
        }
    }

    private func makeRoom(for changes: [StoredChange], _ now: Int64) throws(KeyValueError) {
        let growth = state.growth(of: changes)
        while growth > 0, state.bytesCount + growth > settings.memoryBytesMax {
            let expired = state.expired(now: now, max: Self.expiredBatch)
            guard !expired.isEmpty else {
                throw .full(limit: "it may use \(settings.memoryBytesMax) bytes of memory (memory_max)")
            }
            try keep(expired)
        }
    }

    /// To the log first: what it does not take has not happened.
    private func keep(_ changes: [StoredChange]) throws(KeyValueError) {
        if let failure = counts.failure { throw .notWritten(reason: failure) }
        do throws(LocalStoreError) {
            try log.append(changes)
        } catch {
            if log.isBroken { fail(error) }
            throw .notWritten(reason: "\(error)")
        }
        for change in changes { state.apply(change) }
        if synchronizeAt == nil {
            switch settings.durability {
            case .within(let limit): synchronizeAt = .now + limit
            case .beforeAnswer: synchronizeAt = .now
            }
        }
    }

    /// Where the answer promises the disk, it waits for it; one wait for all.
    private func settle(_ answers: inout [Answer]) {
        guard settings.durability == .beforeAnswer, synchronizeAt != nil else { return }
        synchronize()
        guard let failure = counts.failure else { return }
        for index in answers.indices where answers[index].job.operation.changes {
            if case .success = answers[index].result {
                answers[index].result = .failure(.interrupted(reason: failure))
            }
        }
    }

    // MARK: Disk

    private func synchronize() {
        synchronizeAt = nil
        do throws(LocalStoreError) {
            try log.synchronize()
        } catch {
            // The system forgets what it failed to write: to go on would be to pretend.
            fail(error)
        }
    }

    /// From here on everything can be read and nothing changed.
    private func fail(_ error: LocalStoreError) {
        guard counts.failure == nil else { return }
        counts.failure = "\(error); open the store anew"
        settings.note("\(error): nothing more can be changed until the store is opened anew")
    }

    private func removeExpired() {
        guard state.expiringCount > 0, lookForExpiredAt <= .now, counts.failure == nil else { return }
        let expired = state.expired(now: settings.now(), max: Self.expiredBatch)
        // A full disk is the matter of those who want to write; this can wait.
        if !expired.isEmpty { try? keep(expired) }
        if expired.count < Self.expiredBatch { lookForExpiredAt = .now + Self.expiryInterval }
    }

    private func compact() {
        guard log.bytesCount > max(compactAt, 2 * state.bytesCount), counts.failure == nil else { return }
        do throws(LocalStoreError) {
            log = try ChangeLog.write(state.snapshot(now: settings.now()), to: log.path)
            synchronizeAt = nil
            compactAt = settings.compactionBytesMin
        } catch {
            compactAt = log.bytesCount + log.bytesCount / 4
            settings.note("the log could not be compacted, and goes on growing: \(error)")
        }
    }
}

extension KeyValueOperation {
    /// Whether it can change anything.
    fileprivate var changes: Bool {
        switch self {
        case .contains, .get, .listRange, .setIntersection, .setUnion, .setQuery: false
        case .increment, .del, .set, .listAdd, .listClear, .listDel, .setAdd, .setDel, .setClear: true
        }
    }
}
