/// An operand of the source's stack machine, as the translator follows it. Only `slot` operands have been computed into
/// their own place; the others are where they came from, for as long as that still holds their value.
struct Operand: BitwiseCopyable {
    enum Kind: UInt8, BitwiseCopyable {
        /// `bits` is the value.
        case constant
        /// `bits` is the local's index. Leaves that state before the local is written.
        case local
        /// In the slot that belongs to its height on the stack. `bits` is what an accumulator that holds it too
        /// remembers it by (`KnownValues.accumulator`).
        case slot
        /// In the accumulator for integers and references, and nowhere else yet.
        case accumulator
        /// In the accumulator for floats, and nowhere else yet.
        case floatAccumulator
    }

    var kind: Kind
    /// Whether this height is in the list of its local's readers, which starts at `Translator.readers[local]`.
    var isListed = false
    var type: UInt32
    /// The next lower height in that list; -1 at its end. The local is `listedLocal`.
    var next: Int32 = -1
    var listedLocal: UInt32 = 0
    var bits: UInt64 = 0

    /// The `bits` of a slot that no accumulator mirrors.
    static let unmirrored = UInt64(bitPattern: Int64.min)

    /// It has been written to its own slot.
    mutating func settle() {
        kind = .slot
        bits = Self.unmirrored
    }

    var isFloat: Bool { type == ValueType.f64.rawValue || type == ValueType.f32.rawValue }

    /// Whether an immediate field can carry it: 32 bits, sign-extended for i64.
    var fitsImmediate: Bool {
        guard kind == .constant else { return false }
        if type == ValueType.i32.rawValue { return true }
        return type == ValueType.i64.rawValue && Int64(bitPattern: bits) == Int64(Int32(truncatingIfNeeded: bits))
    }

    var immediate: Int32 { Int32(truncatingIfNeeded: bits) }
}
