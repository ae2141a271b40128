/// What each actor may use, unless it was started with limits of its own.
public struct ActorSettings: Hashable, Sendable {
    public var memoryMax: ByteSize
    /// Source instructions that one call may execute.
    public var fuelPerCall: UInt64
    /// For one call, all its hops included.
    public var timeout: Duration
    public var instancesMax: Int
    /// Calls that may wait for a free instance; one more is `busy`.
    public var queueMax: Int
    /// For one argument or result.
    public var payloadMax: ByteSize
    public var moduleMax: ByteSize

    public init(_ configuration: Configuration) {
        var section = configuration.section("actors")
        memoryMax = section.size("memory_max", default: .mebibytes(256), in: .kibibytes(64)...(.gibibytes(4)))
        fuelPerCall = section.count("fuel_per_call", default: 10_000_000_000, in: 1_000...1_000_000_000_000_000)
        timeout = section.milliseconds("timeout_ms", default: 2_000, in: 1...55_000)
        instancesMax = section.integer("instances_max", default: 64, in: 1...10_000)
        queueMax = section.integer("queue_max", default: 1_000, in: 0...1_000_000)
        payloadMax = section.size("payload_max", default: .mebibytes(16), in: .kibibytes(1)...(.gibibytes(1)))
        moduleMax = section.size("module_max", default: .mebibytes(64), in: .kibibytes(1)...(.gibibytes(1)))
        section.rejectUnknownKeys()
    }
}
