/// How values stand in frames and cells: one slot of 64 bits each, a `v128` two, the lower half first.
extension Value {
    /// - Parameter slots: as many as the type takes.
    init(type: ValueType, at slots: UnsafePointer<UInt64>) {
        self = type == .v128 ? .v128(lower: slots[0], upper: slots[1]) : Value(type: type, bits: slots[0])
    }

    /// - Parameter slots: as many as the type takes.
    func write(to slots: UnsafeMutablePointer<UInt64>) {
        slots[0] = bits
        if type == .v128 { slots[1] = upperBits }
    }

    /// Reads values that stand one behind the other.
    static func list(_ types: [ValueType], at slots: UnsafePointer<UInt64>) -> [Value] {
        var next = slots
        return types.map { type in
            defer { next += type.slots }
            return Value(type: type, at: next)
        }
    }
}

extension [Value] {
    /// Writes the values one behind the other.
    func write(to slots: UnsafeMutablePointer<UInt64>) {
        var next = slots
        for value in self {
            value.write(to: next)
            next += value.type.slots
        }
    }
}

extension [ValueType] {
    /// The slot of the value at `index`, where the values stand one behind the other.
    func slot(of index: Int) -> Int { self[..<index].reduce(0) { $0 + $1.slots } }
}
