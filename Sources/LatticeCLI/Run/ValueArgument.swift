import WasmRuntime

/// An argument of a guest's function as people write it.
enum ValueArgument {
    /// - Parameters:
    ///   - text: integers in decimal or with `0x`, signed or unsigned; floats in decimal or hexadecimal, `nan`, `inf`;
    ///     `null` for references.
    /// - Returns: nil if the text is no value of this type.
    static func parse(_ text: String, as type: ValueType) -> Value? {
        switch type {
        case .i32: integer(text, UInt32.self).map { .i32(bits: $0) }
        case .i64: integer(text, UInt64.self).map { .i64(bits: $0) }
        case .f32: float(text, Float.self).map { .f32($0) }
        case .f64: float(text, Double.self).map { .f64($0) }
        case .externRef: text == "null" ? .externRef(nil) : nil
        case .funcRef: text == "null" ? .nullFuncRef : nil
        default: nil
        }
    }

    /// From the lowest signed to the highest unsigned number.
    private static func integer<Bits: FixedWidthInteger & UnsignedInteger>(
        _ text: String, _ type: Bits.Type
    ) -> Bits? {
        let isNegative = text.hasPrefix("-")
        let magnitude = isNegative || text.hasPrefix("+") ? text.dropFirst() : text[...]
        let isHexadecimal = magnitude.lowercased().hasPrefix("0x")
        let digits = isHexadecimal ? magnitude.dropFirst(2) : magnitude
        // No second sign.
        guard digits.first?.isHexDigit ?? false, let value = Bits(digits, radix: isHexadecimal ? 16 : 10) else {
            return nil
        }
        guard isNegative else { return value }
        return value <= Bits(1) << (Bits.bitWidth - 1) ? 0 &- value : nil
    }

    private static func float<Number: BinaryFloatingPoint & LosslessStringConvertible>(
        _ text: String, _ type: Number.Type
    ) -> Number? {
        guard !text.contains("(") else { return nil }
        return Number(text)
    }
}
