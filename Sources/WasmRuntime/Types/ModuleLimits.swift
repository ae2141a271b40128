/// What a module may ask of the engine before it is refused. Counts, unless the name says bytes.
public struct ModuleLimits: Hashable, Sendable {
    public var moduleBytesMax = 256 << 20
    public var typesMax = 1_000_000
    public var parametersMax = 1_000
    public var resultsMax = 1_000
    public var importsMax = 100_000
    public var exportsMax = 1_000_000
    public var functionsMax = 1_000_000
    public var globalsMax = 1_000_000
    public var tagsMax = 100_000
    public var tablesMax = 100
    public var memoriesMax = 100
    public var segmentsMax = 100_000
    public var segmentElementsMax = 10_000_000
    public var functionBytesMax = 16 << 20
    public var localsMax = 50_000
    /// Slots of 8 bytes that one frame may take: locals, constants and operands. At most 65,000: slots have 16 bits.
    public var frameSlotsMax = 65_000
    public var nestingMax = 1_000_000

    public init() {}
}
