/// Reads MessagePack. Nothing in the bytes is believed: lengths and counts are held against what is left, nesting costs no
/// stack, and no work is done for what is only announced.
public struct MessageReader {
    private let bytes: Bytes
    public private(set) var offset = 0

    /// - Parameter bytes: one value. A first byte of 0xC1 says "MessagePack follows" and is skipped (protocol notes §4.8).
    public init(_ bytes: Bytes) {
        self.bytes = bytes
        if bytes.count > 1, bytes[0] == 0xC1 { offset = 1 }
    }

    /// Reads all of a message.
    public static func read<Value>(
        _ bytes: Bytes, _ body: (inout MessageReader) throws(MessageError) -> Value
    ) throws(MessageError) -> Value {
        var reader = MessageReader(bytes)
        if bytes.count > 1, bytes[0] == 0x7F { throw reader.error(.otherEncoding) }
        let value = try body(&reader)
        guard reader.remaining == 0 else { throw reader.error(.trailing) }
        return value
    }

    public var remaining: Int { bytes.count - offset }

    /// The first byte of the next value, which tells its type.
    var nextByte: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    public func error(_ problem: MessageError.Problem) -> MessageError {
        MessageError(problem: problem, offset: offset)
    }

    // MARK: Bytes

    private mutating func take(_ count: Int) throws(MessageError) -> Range<Int> {
        guard count <= remaining else { throw error(.truncated) }
        let start = offset
        offset += count
        return start..<offset
    }

    private mutating func takeByte() throws(MessageError) -> UInt8 {
        guard offset < bytes.count else { throw error(.truncated) }
        defer { offset += 1 }
        return bytes[offset]
    }

    /// A big-endian number.
    private mutating func takeBits(_ bytesCount: Int) throws(MessageError) -> UInt64 {
        var bits: UInt64 = 0
        for index in try take(bytesCount) { bits = bits << 8 | UInt64(bytes[index]) }
        return bits
    }

    /// The size that a header announces, as long as every item can be there: each takes at least `itemBytesMin`.
    private mutating func takeCount(_ bytesCount: Int, itemBytesMin: Int = 1) throws(MessageError) -> Int {
        let count = try takeBits(bytesCount)
        guard count <= UInt64(remaining / itemBytesMin) else { throw error(.truncated) }
        return Int(truncatingIfNeeded: count)
    }

    /// Goes back to a header that was not the expected one.
    private mutating func unexpected(_ what: StaticString) -> MessageError {
        offset -= 1
        return error(.expected(what))
    }

    // MARK: Values

    /// Reads a nil, if it is the next value.
    public mutating func readNil() -> Bool {
        guard nextByte == 0xC0 else { return false }
        offset += 1
        return true
    }

    public mutating func readBool() throws(MessageError) -> Bool {
        switch try takeByte() {
        case 0xC2: return false
        case 0xC3: return true
        default: throw unexpected("a boolean")
        }
    }

    /// An integer of any size and sign that fits into `Integer`.
    public mutating func readInteger<Integer: FixedWidthInteger>(_: Integer.Type) throws(MessageError) -> Integer {
        let start = offset
        let number = try readInt64()
        guard let integer = Integer(exactly: number) else {
            offset = start
            throw error(.outOfRange)
        }
        return integer
    }

    private mutating func readInt64() throws(MessageError) -> Int64 {
        let first = try takeByte()
        switch first {
        case 0x00...0x7F: return Int64(first)
        case 0xE0...0xFF: return Int64(Int8(bitPattern: first))
        case 0xCC...0xCE: return Int64(truncatingIfNeeded: try takeBits(1 << Int(first - 0xCC)))
        case 0xCF:
            guard let number = Int64(exactly: try takeBits(8)) else { throw error(.outOfRange) }
            return number
        case 0xD0: return Int64(Int8(truncatingIfNeeded: try takeBits(1)))
        case 0xD1: return Int64(Int16(truncatingIfNeeded: try takeBits(2)))
        case 0xD2: return Int64(Int32(truncatingIfNeeded: try takeBits(4)))
        case 0xD3: return Int64(bitPattern: try takeBits(8))
        default: throw unexpected("an integer")
        }
    }

    public mutating func readText() throws(MessageError) -> Text {
        Text(wellFormed: bytes[try readTextRange()])
    }

    /// Reads a text without keeping it.
    mutating func readTextRange() throws(MessageError) -> Range<Int> {
        let first = try takeByte()
        let count: Int
        switch first {
        case 0xA0...0xBF: count = Int(first & 0x1F)
        case 0xD9...0xDB: count = try takeCount(1 << Int(first - 0xD9))
        default: throw unexpected("a text")
        }
        let range = try take(count)
        guard UTF8Rules.isWellFormed(bytes, range) else {
            offset = range.lowerBound
            throw error(.notUTF8)
        }
        return range
    }

    /// A blob.
    public mutating func readBytes() throws(MessageError) -> Bytes {
        let first = try takeByte()
        guard first >= 0xC4 && first <= 0xC6 else { throw unexpected("bytes") }
        return bytes[try take(takeCount(1 << Int(first - 0xC4)))]
    }

    /// The header of an array.
    /// - Returns: how many values follow, at most as many as there are bytes left.
    public mutating func readArrayCount() throws(MessageError) -> Int {
        let first = try takeByte()
        switch first {
        case 0x90...0x9F: return try check(Int(first & 0xF), itemBytesMin: 1)
        case 0xDC: return try takeCount(2)
        case 0xDD: return try takeCount(4)
        default: throw unexpected("an array")
        }
    }

    /// The header of a map.
    /// - Returns: how many pairs of values follow, at most half as many as there are bytes left.
    public mutating func readMapCount() throws(MessageError) -> Int {
        let first = try takeByte()
        switch first {
        case 0x80...0x8F: return try check(Int(first & 0xF), itemBytesMin: 2)
        case 0xDE: return try takeCount(2, itemBytesMin: 2)
        case 0xDF: return try takeCount(4, itemBytesMin: 2)
        default: throw unexpected("a map")
        }
    }

    private func check(_ count: Int, itemBytesMin: Int) throws(MessageError) -> Int {
        guard count <= remaining / itemBytesMin else { throw error(.truncated) }
        return count
    }

    public mutating func readTexts() throws(MessageError) -> [Text] {
        var texts: [Text] = []
        for _ in 0..<(try readArrayCount()) { texts.append(try readText()) }
        return texts
    }

    // MARK: What is not wanted

    /// Goes over one value of any type and depth.
    public mutating func skip() throws(MessageError) {
        var pending = 1
        while pending > 0 {
            pending -= 1
            pending += try skipHeader()
            // Each value takes a byte; so the sum can't run over either.
            guard pending <= remaining else { throw error(.truncated) }
        }
    }

    /// Goes over a value, or a header of values.
    /// - Returns: how many values follow that belong to it.
    private mutating func skipHeader() throws(MessageError) -> Int {
        let first = try takeByte()
        switch first {
        case 0x00...0x7F, 0xE0...0xFF, 0xC0, 0xC2, 0xC3: return 0
        case 0x80...0x8F, 0xDE, 0xDF:
            offset -= 1
            return try readMapCount() * 2
        case 0x90...0x9F, 0xDC, 0xDD:
            offset -= 1
            return try readArrayCount()
        case 0xA0...0xBF: _ = try take(Int(first & 0x1F))
        case 0xC4...0xC6: _ = try take(takeCount(1 << Int(first - 0xC4)))
        case 0xC7...0xC9:  // an extension: its size, its type, its bytes
            let count = try takeCount(1 << Int(first - 0xC7))
            _ = try takeByte()
            _ = try take(count)
        case 0xCA: _ = try take(4)
        case 0xCB: _ = try take(8)
        case 0xCC...0xCF: _ = try take(1 << Int(first - 0xCC))
        case 0xD0...0xD3: _ = try take(1 << Int(first - 0xD0))
        case 0xD4...0xD8: _ = try take(1 + 1 << Int(first - 0xD4))
        case 0xD9...0xDB: _ = try take(takeCount(1 << Int(first - 0xD9)))
        default: throw unexpected("a value")
        }
        return 0
    }
}
