/// What generated modules may contain, besides what every engine has.
public struct GeneratorStyle: OptionSet, Sendable {
    public let rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let vectors = GeneratorStyle(rawValue: 1 << 0)
    /// Instructions whose results the standard leaves to the engine.
    public static let relaxedVectors = GeneratorStyle(rawValue: 1 << 1)
    /// NaNs of arithmetic are made canonical by the module itself, for engines that leave them as the processor makes
    /// them. Not with vectors.
    public static let canonicalNaN = GeneratorStyle(rawValue: 1 << 2)

    public static let tailCalls = GeneratorStyle(rawValue: 1 << 3)
    /// A second memory, and a third that is addressed with 64 bits.
    public static let memories = GeneratorStyle(rawValue: 1 << 4)

    /// What the standard defines to the last bit.
    public static let standard: GeneratorStyle = [.vectors, .tailCalls, .memories]
    /// For comparing our engine with itself.
    public static let everything: GeneratorStyle = [.standard, .relaxedVectors]
}
