/// A JSON object that is being written, its members in the order they are added.
public struct JSONObject: ~Copyable {
    private var out = ByteWriter()

    public init() { out.append(UInt8(ascii: "{")) }

    public consuming func finish() -> Bytes {
        out.append(UInt8(ascii: "}"))
        return out.finish()
    }

    private mutating func addName(_ name: Text) {
        if out.count > 1 { out.append(UInt8(ascii: ",")) }
        out.append(jsonString: name)
        out.append(UInt8(ascii: ":"))
    }

    public mutating func add(_ name: Text, _ value: Text) {
        addName(name)
        out.append(jsonString: value)
    }

    public mutating func add(_ name: Text, _ value: Int64) {
        addName(name)
        out.append(decimal: value)
    }

    public mutating func add(_ name: Text, _ value: Bool) {
        addName(name)
        out.append(value ? "true" : "false")
    }

    /// An array of numbers.
    public mutating func add(_ name: Text, numbers: Bytes) {
        addName(name)
        out.append(UInt8(ascii: "["))
        for index in 0..<numbers.count {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out.append(decimal: Int64(numbers[index]))
        }
        out.append(UInt8(ascii: "]"))
    }

    /// An array of texts.
    public mutating func add(_ name: Text, _ values: [Text]) {
        addName(name)
        out.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out.append(jsonString: value)
        }
        out.append(UInt8(ascii: "]"))
    }
}

extension ByteWriter {
    /// With its quotation marks.
    @inline(never)
    public mutating func append(jsonString text: Text) {
        append(UInt8(ascii: "\""))
        let bytes = text.utf8
        var done = 0
        while let special = bytes.withPointer({ Self.special($0, done..<bytes.count) }) {
            append(bytes[done..<special])
            append(jsonEscapeOf: bytes[special])
            done = special + 1
        }
        append(bytes[done..<bytes.count])
        append(UInt8(ascii: "\""))
    }

    /// - Returns: where the first byte is that a JSON string can't have as it is.
    @inline(never)
    private static func special(_ start: UnsafePointer<UInt8>, _ range: Range<Int>) -> Int? {
        // Safety: every access is inside `range`; words are read where eight bytes are left.
        let raw = UnsafeRawPointer(start)
        var index = range.lowerBound
        while range.upperBound - index >= 8,
            !hasSpecial(raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        {
            index += 8
        }
        while index < range.upperBound {
            let byte = start[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return index }
            index += 1
        }
        return nil
    }

    /// Whether one of eight bytes is such a byte. A byte below `bound` is one whose highest bit is set by subtracting it,
    /// and was not set before.
    private static func hasSpecial(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ (ones &* 0x22)
        let backslashes = word ^ (ones &* 0x5C)
        let found = (word &- ones &* 0x20) & ~word | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes
        return found & (ones &* 0x80) != 0
    }

    private mutating func append(jsonEscapeOf byte: UInt8) {
        append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\n"): append(UInt8(ascii: "n"))
        case UInt8(ascii: "\r"): append(UInt8(ascii: "r"))
        case UInt8(ascii: "\t"): append(UInt8(ascii: "t"))
        case 0x00..<0x20:
            append("u00")
            append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
            let digit = byte & 0xF
            append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        default: append(byte)
        }
    }
}
