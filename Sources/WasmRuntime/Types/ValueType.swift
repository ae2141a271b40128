/// The type of a value, as the binary format writes it. Wider than one byte, so that types which carry an index
/// (typed references) fit into it.
public struct ValueType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let i32 = ValueType(rawValue: 0x7F)
    public static let i64 = ValueType(rawValue: 0x7E)
    public static let f32 = ValueType(rawValue: 0x7D)
    public static let f64 = ValueType(rawValue: 0x7C)
    public static let v128 = ValueType(rawValue: 0x7B)
    public static let funcRef = ValueType(rawValue: 0x70)
    public static let externRef = ValueType(rawValue: 0x6F)
    /// A caught exception.
    public static let exnRef = ValueType(rawValue: 0x69)

    public var isReference: Bool { self == .funcRef || self == .externRef || self == .exnRef }
    public var isNumber: Bool { rawValue >= 0x7C && rawValue <= 0x7F }
    /// Whether the interpreter keeps it in its accumulator for floats.
    var isFloat: Bool { self == .f32 || self == .f64 }

    /// What the upper half of a `v128` counts as, where values are counted in slots of 64 bits. Never in a module.
    static let upperHalf = ValueType(rawValue: 0xFB)
    /// Slots of 64 bits that a value takes.
    var slots: Int { self == .v128 ? 2 : 1 }

    public var description: String {
        switch self {
        case .i32: "i32"
        case .i64: "i64"
        case .f32: "f32"
        case .f64: "f64"
        case .v128: "v128"
        case .funcRef: "funcref"
        case .externRef: "externref"
        case .exnRef: "exnref"
        default: "type 0x\(String(rawValue, radix: 16))"
        }
    }
}
