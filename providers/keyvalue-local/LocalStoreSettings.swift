import Glibc

/// Where a store lives, what it may use, and how sure its writing is.
public struct LocalStoreSettings: Sendable {
    /// When what was done can no longer be lost.
    public enum Durability: Sendable, Equatable {
        /// Written to the system before it is answered, so that the end of this process loses nothing; on the disk at
        /// most so much later, which is what a power cut can cost.
        case within(Duration)
        /// On the disk before it is answered. What waits meanwhile is written together.
        case beforeAnswer
    }

    /// Made if it is not there; its parent has to be.
    public var folder: String
    public var durability = Durability.within(.milliseconds(100))
    /// Estimated, with what the containers cost. Beyond it nothing is added (`.full`).
    public var memoryBytesMax = 64 << 20
    /// Keys and value of one operation.
    public var operationBytesMax = 8 << 20
    /// Operations that wait; beyond it `.busy`.
    public var waitingMax = 4096
    /// For an operation that brings none of its own: how long it may wait for its turn.
    public var timeout: Duration = .seconds(2)
    /// The log is written anew when it is larger than this and twice what is in memory.
    public var compactionBytesMin = 4 << 20
    /// Milliseconds since 1970.
    public var now: @Sendable () -> Int64 = LocalStoreSettings.systemTime
    /// Gets what a person should know: an end of the log that was cut off, a compaction that failed.
    public var note: @Sendable (String) -> Void = { _ in }

    public init(folder: String) { self.folder = folder }

    private static let systemTime: @Sendable () -> Int64 = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
