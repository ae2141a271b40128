/// What one actor may use on one host. Each is an input; none is the machine's accident.
public struct ActorLimits: Hashable, Sendable {
    /// Linear memory of one instance, in bytes; rounded down to pages of 64 KiB.
    public var memoryBytesMax = 256 << 20
    /// What one call may spend, in source instructions; also one run of the initialisers.
    public var fuelPerCall: UInt64 = 10_000_000_000
    /// Instances that handle calls at the same time.
    public var instancesMax = 64
    /// Calls that wait for an instance; the next one is refused as `busy`.
    public var queuedCallsMax = 1_024
    /// Operation name in bytes.
    public var operationBytesMax = 255
    /// Payload of a call in either direction, in bytes.
    public var payloadBytesMax = 64 << 20
    /// What is kept of an error text of the guest's, in bytes.
    public var errorBytesMax = 16 << 10
    /// What is kept of one log line, in bytes.
    public var logBytesMax = 8 << 10
    /// Stack for the frames of one call, in bytes.
    public var stackBytesMax = 1 << 20
    /// Instances that stay ready for the next calls when nothing runs.
    public var idleInstancesMax = 16
    /// An instance that no call has needed for so long, and at most for twice as long, gives its memory back; not one that
    /// keeps its state.
    public var idleTime: Duration = .seconds(10)
    /// Whether an instance keeps its state from one call to the next. Off: every call finds the state after initialisation.
    public var reusesInstances = false

    public init() {}
}
