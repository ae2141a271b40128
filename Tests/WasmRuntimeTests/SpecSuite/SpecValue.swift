import WasmRuntime

/// The suite's notation of values.
enum SpecValue {
    /// A decimal bit pattern, signed or not.
    static func bits(_ text: String) -> UInt64? { UInt64(text) ?? Int64(text).map { UInt64(bitPattern: $0) } }

    static func argument(_ constant: SpecScript.Constant) -> Value? {
        if let lanes = constant.lanes { return vector(lanes) }
        guard let text = constant.value else { return nil }
        switch constant.type {
        case "i32": return bits(text).map { .i32(bits: UInt32(truncatingIfNeeded: $0)) }
        case "i64": return bits(text).map { .i64(bits: $0) }
        case "f32": return bits(text).map { .f32(bits: UInt32(truncatingIfNeeded: $0)) }
        case "f64": return bits(text).map { .f64(bits: $0) }
        case "externref": return text == "null" ? .externRef(nil) : bits(text).map { .externRef($0) }
        case "funcref" where text == "null": return .nullFuncRef
        default: return nil
        }
    }

    private static func vector(_ lanes: [String]) -> Value? {
        let bits = lanes.compactMap(bits)
        guard bits.count == lanes.count, !lanes.isEmpty else { return nil }
        let width = 128 / lanes.count
        var halves: [UInt64] = [0, 0]
        for (index, lane) in bits.enumerated() {
            let masked = width == 64 ? lane : lane & (1 << width - 1)
            halves[index * width / 64] |= masked << (index * width % 64)
        }
        return .v128(lower: halves[0], upper: halves[1])
    }

    static func matches(_ actual: Value, _ expected: SpecScript.Constant) -> Bool {
        if expected.type == "either" { return expected.values?.contains { matches(actual, $0) } ?? false }
        switch expected.type {
        case "i32", "i64", "f32", "f64": return "\(actual.type)" == expected.type && matchesBits(actual, expected.value)
        case "v128": return matchesLanes(actual, expected)
        case "externref", "funcref":
            guard "\(actual.type)" == expected.type else { return false }
            guard let text = expected.value else { return !actual.isNull }
            return text == "null" ? actual.isNull : actual.externNumber == bits(text)
        case "refnull", "nullref", "nullfuncref", "nullexternref", "nullexnref": return actual.isNull
        default: return false
        }
    }

    /// Each lane as a number of its type would match.
    private static func matchesLanes(_ actual: Value, _ expected: SpecScript.Constant) -> Bool {
        guard actual.type == .v128, let lanes = expected.lanes, !lanes.isEmpty else { return false }
        let width = 128 / lanes.count
        return lanes.enumerated().allSatisfy { index, text in
            let half = index * width < 64 ? actual.bits : actual.upperBits
            let bits = half >> UInt64(index * width % 64)
            switch expected.laneType {
            case "f32": return matchesBits(.f32(bits: UInt32(truncatingIfNeeded: bits)), text)
            case "f64": return matchesBits(.f64(bits: bits), text)
            default:
                let mask: UInt64 = width == 64 ? .max : 1 << UInt64(width) - 1
                return Self.bits(text).map { $0 & mask == bits & mask } ?? false
            }
        }
    }

    private static func matchesBits(_ actual: Value, _ text: String?) -> Bool {
        guard let text else { return false }
        let quiet: UInt64 = actual.type == .f32 ? 0x7FC0_0000 : 0x7FF8_0000_0000_0000
        let sign: UInt64 = actual.type == .f32 ? 0x8000_0000 : 0x8000_0000_0000_0000
        switch text {
        case "nan:canonical": return actual.bits & ~sign == quiet
        case "nan:arithmetic": return actual.bits & quiet == quiet
        default:
            guard let expected = bits(text) else { return false }
            let mask: UInt64 = actual.type == .i32 || actual.type == .f32 ? 0xFFFF_FFFF : .max
            return actual.bits == expected & mask
        }
    }
}
