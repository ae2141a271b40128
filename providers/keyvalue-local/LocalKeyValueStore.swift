import Glibc
import KeyValueOperations
import OwnThreads
import Synchronization

/// A key-value store in one folder of this machine, for one process at a time.
///
/// A thread of its own does all operations, one after the other, and keeps what they change in a log before it answers.
/// Ends with this object; `close` waits for the end.
public final class LocalKeyValueStore: KeyValueStore {
    private let settings: LocalStoreSettings
    private let queue: WorkQueue
    private let ending: Ending
    private let counts: Mutex<LocalStoreCounts>

    /// Reads all that is there: blocks for as long as that takes, under a second for 64 MB.
    public convenience init(_ settings: LocalStoreSettings) throws(LocalStoreError) {
        let queue = WorkQueue(waitingMax: settings.waitingMax)
        let ending = Ending()
        let (worker, counts) = try Self.open(settings, queue)
        self.init(settings, queue, ending, counts)
        let isRunning = OwnThread.start { [weak self] in
            worker.run { counts in self?.counts.withLock { $0 = counts } }
            ending.happened()
        }
        guard isRunning else { throw .noThread }
    }

    private init(_ settings: LocalStoreSettings, _ queue: WorkQueue, _ ending: Ending, _ counts: LocalStoreCounts) {
        self.settings = settings
        self.queue = queue
        self.ending = ending
        self.counts = Mutex(counts)
    }

    deinit { queue.close() }

    /// As of the last operations that were answered.
    public var status: LocalStoreCounts { counts.withLock { $0 } }

    /// What was asked before is still done; returns when the folder is free.
    public func close() async {
        queue.close()
        await ending.wait()
    }

    public func perform(
        _ operation: KeyValueOperation, timeout: Duration?,
        _ completion: @escaping @Sendable (Result<KeyValueResult, KeyValueError>) -> Void
    ) {
        do throws(KeyValueError) {
            try operation.check(bytesMax: settings.operationBytesMax)
        } catch {
            return completion(.failure(error))
        }
        let deadline = ContinuousClock.now + (timeout ?? settings.timeout)
        let job = WorkQueue.Job(operation: operation, deadline: deadline, completion: completion)
        if let refusal = queue.add(job) { completion(.failure(refusal)) }
    }

    private static func open(
        _ settings: LocalStoreSettings, _ queue: WorkQueue
    ) throws(LocalStoreError) -> (LocalStoreWorker, LocalStoreCounts) {
        if mkdir(settings.folder, 0o700) != 0, errno != EEXIST {
            throw .system(FileFailure("make folder", settings.folder))
        }
        let lock = try FolderLock.take(folder: settings.folder)
        var state = KeyValueState()
        let path = settings.folder + "/keyvalue.log"
        // Of a compaction that never came to its end.
        unlink(path + ".new")
        let log = try ChangeLog.open(path) { state.apply($0) }
        let tornBytesCount = log.tornBytesCount
        if tornBytesCount > 0 {
            settings.note("'\(path)' ended within a change: its last \(tornBytesCount) bytes are now in '\(path).torn'")
        }
        let counts = LocalStoreCounts(
            keys: state.entries.count, memoryBytes: state.bytesCount, logBytes: log.bytesCount,
            tornBytes: tornBytesCount)
        let worker = LocalStoreWorker(
            settings: settings, queue: queue, lock: lock, log: log, state: state, counts: counts)
        return (worker, counts)
    }
}

public struct LocalStoreCounts: Sendable, Equatable {
    /// Expired ones that nobody has met yet included.
    public var keys: Int
    /// Estimated.
    public var memoryBytes: Int
    public var logBytes: Int
    /// Cut off the end of the log when it was opened.
    public var tornBytes: Int
    /// Why nothing can be kept any more; nil while all is well.
    public var failure: String?

    init(keys: Int, memoryBytes: Int, logBytes: Int, tornBytes: Int) {
        (self.keys, self.memoryBytes, self.logBytes, self.tornBytes) = (keys, memoryBytes, logBytes, tornBytes)
    }
}

/// Something that happens once, and that many may wait for.
private final class Ending: Sendable {
    private struct Contents {
        var hasHappened = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let contents = Mutex(Contents())

    func happened() {
        let waiting = contents.withLock { contents in
            contents.hasHappened = true
            return contents.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOver = contents.withLock { contents in
                if !contents.hasHappened { contents.waiting.append(continuation) }
                return contents.hasHappened
            }
            if isOver { continuation.resume() }
        }
    }
}
