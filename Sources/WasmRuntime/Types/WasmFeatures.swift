/// Extensions of WebAssembly 1.0. A module that needs one which is off is refused by name.
public struct WasmFeatures: OptionSet, Hashable, Sendable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static let signExtension = WasmFeatures(rawValue: 1 << 0)
    public static let saturatingConversions = WasmFeatures(rawValue: 1 << 1)
    public static let bulkMemory = WasmFeatures(rawValue: 1 << 2)
    public static let referenceTypes = WasmFeatures(rawValue: 1 << 3)
    public static let multiValue = WasmFeatures(rawValue: 1 << 4)
    public static let mutableGlobals = WasmFeatures(rawValue: 1 << 5)
    public static let extendedConstants = WasmFeatures(rawValue: 1 << 6)
    public static let simd = WasmFeatures(rawValue: 1 << 7)
    /// Its results are those of the deterministic profile, the same on every machine.
    public static let relaxedSIMD = WasmFeatures(rawValue: 1 << 8)

    /// WebAssembly 2.0.
    public static let version2: WasmFeatures = [
        .signExtension, .saturatingConversions, .bulkMemory, .referenceTypes, .multiValue, .mutableGlobals, .simd,
    ]

    public static let tailCalls = WasmFeatures(rawValue: 1 << 16)
    public static let multipleMemories = WasmFeatures(rawValue: 1 << 17)
    /// Those of 3.0, with `try_table`; not the older ones with `try` and `catch`.
    public static let exceptions = WasmFeatures(rawValue: 1 << 19)
    /// Memories and tables addressed with 64 bits.
    public static let memory64 = WasmFeatures(rawValue: 1 << 18)

    /// Tables declared with the value of their elements.
    public static let tableInitialisers = WasmFeatures(rawValue: 1 << 20)

    /// What the engine implements of WebAssembly 3.0.
    public static let version3: WasmFeatures = [
        .version2, .extendedConstants, .relaxedSIMD, .tailCalls, .multipleMemories, .memory64, .exceptions,
        .tableInitialisers,
    ]

    /// All that the engine implements.
    public static let all: WasmFeatures = .version3
}
