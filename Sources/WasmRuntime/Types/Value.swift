/// A value at the border of the engine: its type and its bits. Floats are bits, so that a NaN's payload survives.
public struct Value: Hashable, Sendable, CustomStringConvertible {
    public let type: ValueType
    /// Zero-extended where the type has 32 bits, the lower half of a `v128`. A reference is 0 for null.
    public let bits: UInt64
    /// The upper half of a `v128`; 0 for every other type.
    public let upperBits: UInt64

    init(type: ValueType, bits: UInt64) {
        self.type = type
        self.bits = type == .i32 || type == .f32 ? bits & 0xFFFF_FFFF : bits
        upperBits = 0
    }

    private init(lower: UInt64, upper: UInt64) {
        type = .v128
        bits = lower
        upperBits = upper
    }

    public static func i32(_ value: Int32) -> Value { Value(type: .i32, bits: UInt64(UInt32(bitPattern: value))) }
    public static func i32(bits: UInt32) -> Value { Value(type: .i32, bits: UInt64(bits)) }
    public static func i64(_ value: Int64) -> Value { Value(type: .i64, bits: UInt64(bitPattern: value)) }
    public static func i64(bits: UInt64) -> Value { Value(type: .i64, bits: bits) }
    public static func f32(_ value: Float) -> Value { Value(type: .f32, bits: UInt64(value.bitPattern)) }
    public static func f32(bits: UInt32) -> Value { Value(type: .f32, bits: UInt64(bits)) }
    public static func f64(_ value: Double) -> Value { Value(type: .f64, bits: value.bitPattern) }
    public static func f64(bits: UInt64) -> Value { Value(type: .f64, bits: bits) }
    /// - Parameters: halves of the vector, whose lane 0 is in the lowest bits.
    public static func v128(lower: UInt64, upper: UInt64) -> Value { Value(lower: lower, upper: upper) }
    /// A reference that means something to the host only, or null.
    /// - Parameter number: at most `UInt64.max - 1`.
    public static func externRef(_ number: UInt64?) -> Value {
        Value(type: .externRef, bits: number.map { $0 &+ 1 } ?? 0)
    }
    public static let nullExnRef = Value(type: .exnRef, bits: 0)
    public static let nullFuncRef = Value(type: .funcRef, bits: 0)

    public var i32: Int32 { Int32(truncatingIfNeeded: bits) }
    public var i64: Int64 { Int64(bitPattern: bits) }
    public var f32: Float { Float(bitPattern: UInt32(truncatingIfNeeded: bits)) }
    public var f64: Double { Double(bitPattern: bits) }
    public var isNull: Bool { type.isReference && bits == 0 }
    /// The host's number of an external reference; nil for null.
    public var externNumber: UInt64? { bits == 0 ? nil : bits - 1 }

    /// As `lattice run --invoke` prints it.
    public var description: String {
        switch type {
        case .i32: "\(i32)"
        case .i64: "\(i64)"
        case .f32: "\(f32)"
        case .f64: "\(f64)"
        case .v128: "v128 \(Self.hexadecimal(upperBits))\(Self.hexadecimal(bits))"
        default: bits == 0 ? "null" : "\(type) \(bits - 1)"
        }
    }

    private static func hexadecimal(_ bits: UInt64) -> String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
