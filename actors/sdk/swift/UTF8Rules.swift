/// What is well-formed UTF-8: no overlong forms, no surrogates, nothing beyond U+10FFFF.
enum UTF8Rules {
    /// - Precondition: `range` is inside `bytes`.
    static func isWellFormed(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        return bytes.withPointer { isWellFormed($0 + range.lowerBound, range.count) }
    }

    private static func isWellFormed(_ start: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        // Safety: every access is at `index` < `count`; words are read where that many bytes are left.
        let raw = UnsafeRawPointer(start)
        var index = 0
        while index < count {
            while count - index >= 8,
                raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
            {
                index += 8
            }
            while count - index >= 4, raw.loadUnaligned(fromByteOffset: index, as: UInt32.self) & 0x8080_8080 == 0 {
                index += 4
            }
            while index < count, start[index] < 0x80 { index += 1 }
            guard index < count else { break }
            let length = sequenceLength(start + index, count - index)
            guard length > 0 else { return false }
            index += length
        }
        return true
    }

    /// - Returns: bytes of the character of more than one byte that begins at `start`; 0 if none does.
    private static func sequenceLength(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int {
        let first = start[0]
        let (length, low, high): (Int, UInt8, UInt8) =
            switch first {
            case 0xC2...0xDF: (2, 0x80, 0xBF)
            case 0xE0: (3, 0xA0, 0xBF)
            case 0xED: (3, 0x80, 0x9F)
            case 0xE1...0xEF: (3, 0x80, 0xBF)
            case 0xF0: (4, 0x90, 0xBF)
            case 0xF1...0xF3: (4, 0x80, 0xBF)
            case 0xF4: (4, 0x80, 0x8F)
            default: (0, 0, 0)
            }
        guard length > 0, count >= length, start[1] >= low, start[1] <= high else { return 0 }
        for index in 2..<4 where index < length && start[index] & 0xC0 != 0x80 { return 0 }
        return length
    }
}
