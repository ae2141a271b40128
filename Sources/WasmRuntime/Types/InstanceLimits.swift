/// What the instances of a store may use.
public struct InstanceLimits: Hashable, Sendable {
    /// Pages of 64 KiB for each memory; at most 65,536.
    public var memoryPagesMax: UInt64 = 65_536
    /// For each table; what is beyond 4,294,967,295 counts as that.
    public var tableElementsMax: UInt64 = 10_000_000
    /// Bytes of all memories and tables together that one instance declares, as they are now: a table has eight for each
    /// element. What it imports counts for the instance that declared it.
    public var totalBytesMax = 8 << 30
    /// Exceptions that references keep in a store at once: see `ExceptionTable`.
    public var exceptionsMax = 10_000
    /// Bytes for the frames of one call: its depth is bounded by this alone.
    public var stackBytesMax = 8 << 20

    /// What a start function may spend, in source instructions; nil for no limit.
    public var startFuel: UInt64?

    public init() {}
}
