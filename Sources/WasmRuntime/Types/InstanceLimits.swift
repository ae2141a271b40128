/// What the instances of a store may use.
public struct InstanceLimits: Hashable, Sendable {
    /// Pages of 64 KiB for each memory; at most 65,536.
    public var memoryPagesMax: UInt64 = 65_536
    public var tableElementsMax: UInt64 = 10_000_000
    /// Bytes for the frames of one call: its depth is bounded by this alone.
    public var stackBytesMax = 8 << 20

    /// What a start function may spend, in source instructions; nil for no limit.
    public var startFuel: UInt64?

    public init() {}
}
