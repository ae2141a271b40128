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

    public static let tailCalls = WasmFeatures(rawValue: 1 << 16)

    /// All that the engine implements.
    public static let all: WasmFeatures = [
        .signExtension, .saturatingConversions, .bulkMemory, .referenceTypes, .multiValue, .mutableGlobals,
        .extendedConstants, .tailCalls,
    ]
}
