import LatticeIdentity

/// A cursor over MessagePack: takes one value after the other, and builds nothing that is not asked for. No declared length
/// is believed before as many bytes are there, and no nesting costs stack.
public struct MessagePackReader: Sendable {
    let bytes: [UInt8]
    public private(set) var offset = 0

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public var isAtEnd: Bool { offset == bytes.count }

    /// What comes next, without taking it.
    public func peekKind() throws(MessagePackError) -> MessagePackKind { try Self.kind(of: peek(), at: offset) }

    /// To be called behind the last value.
    public func finish() throws(MessagePackError) {
        guard isAtEnd else { throw failure(.trailingBytes) }
    }

    // MARK: Values

    /// Takes nil if that is what comes next, and says so.
    public mutating func takeNil() throws(MessagePackError) -> Bool {
        guard try peek() == 0xC0 else { return false }
        offset += 1
        return true
    }

    public mutating func readBool() throws(MessagePackError) -> Bool {
        switch try peek() {
        case 0xC2, 0xC3:
            offset += 1
            return bytes[offset - 1] == 0xC3
        default: throw wrongType(.boolean)
        }
    }

    /// Of any width and sign, as long as the value fits. A float is of the wrong type.
    public mutating func readInteger<Integer: FixedWidthInteger>(
        as type: Integer.Type = Integer.self
    ) throws(MessagePackError) -> Integer {
        let start = offset
        let value: Integer?
        switch try readNumber(expecting: .integer) {
        case .negative(let number): value = Integer(exactly: number)
        case .positive(let number): value = Integer(exactly: number)
        case .float: throw MessagePackError(.wrongType(found: .float, expected: .integer), at: start)
        }
        guard let value else { throw failure(.integerOutOfRange, at: start) }
        return value
    }

    /// A float of either width, or an integer.
    public mutating func readDouble() throws(MessagePackError) -> Double {
        switch try readNumber(expecting: .float) {
        case .negative(let number): Double(number)
        case .positive(let number): Double(number)
        case .float(let number): number
        }
    }

    public mutating func readString() throws(MessagePackError) -> String {
        let start = offset
        let range = try readStringRange()
        guard let text = String(utf8: bytes.span.extracting(range)) else { throw failure(.notUTF8, at: start) }
        return text
    }

    /// `bin`, or an array of integers, as very old writers have it.
    public mutating func readBytes() throws(MessagePackError) -> [UInt8] {
        let first = try peek()
        switch first {
        case 0xC4, 0xC5, 0xC6:
            offset += 1
            let range = try take(count: Int(readUnsigned(width: 1 << (first - 0xC4))))
            return Array(bytes[range])
        case 0x90...0x9F, 0xDC, 0xDD: return try readBytesOfArray()
        default: throw wrongType(.binary)
        }
    }

    /// How many values follow.
    public mutating func readArrayHeader() throws(MessagePackError) -> Int {
        let start = offset
        let first = try peek()
        let count: Int
        switch first {
        case 0x90...0x9F:
            offset += 1
            count = Int(first & 15)
        case 0xDC, 0xDD:
            offset += 1
            count = Int(try readUnsigned(width: 2 << (first - 0xDC)))
        default: throw wrongType(.array)
        }
        // Each value takes a byte at least.
        guard count <= bytes.count - offset else { throw failure(.truncated, at: start) }
        return count
    }

    /// How many pairs of key and value follow.
    public mutating func readMapHeader() throws(MessagePackError) -> Int {
        let start = offset
        let first = try peek()
        let count: Int
        switch first {
        case 0x80...0x8F:
            offset += 1
            count = Int(first & 15)
        case 0xDE, 0xDF:
            offset += 1
            count = Int(try readUnsigned(width: 2 << (first - 0xDE)))
        default: throw wrongType(.map)
        }
        guard 2 * count <= bytes.count - offset else { throw failure(.truncated, at: start) }
        return count
    }

    /// A map whose keys and values are strings. Nil counts as an empty one.
    public mutating func readStringMap() throws(MessagePackError) -> [String: String] {
        if try takeNil() { return [:] }
        var map: [String: String] = [:]
        for _ in 0..<(try readMapHeader()) {
            let start = offset
            let key = try readString()
            guard map.updateValue(try readString(), forKey: key) == nil else {
                throw failure(.duplicate(field: key), at: start)
            }
        }
        return map
    }

    public mutating func readExtension() throws(MessagePackError) -> (type: Int8, bytes: [UInt8]) {
        let first = try peek()
        let count: Int
        switch first {
        case 0xD4...0xD8:
            offset += 1
            count = 1 << (first - 0xD4)
        case 0xC7, 0xC8, 0xC9:
            offset += 1
            count = Int(try readUnsigned(width: 1 << (first - 0xC7)))
        default: throw wrongType(.extension)
        }
        let type = Int8(bitPattern: UInt8(truncatingIfNeeded: try readUnsigned(width: 1)))
        return (type, Array(bytes[try take(count: count)]))
    }

    /// Passes one value, whatever it is and however deep. Linear in its bytes, and without recursion.
    public mutating func skip() throws(MessagePackError) {
        var pending = 1
        while pending > 0 {
            pending -= 1
            switch try peekKind() {
            case .null, .boolean: offset += 1
            case .integer, .float: _ = try readNumber(expecting: .integer)
            case .string: _ = try readStringRange()
            case .binary:
                let first = try peek()
                offset += 1
                _ = try take(count: Int(readUnsigned(width: 1 << (first - 0xC4))))
            case .array: pending += try readArrayHeader()
            case .map: pending += 2 * (try readMapHeader())
            case .extension: _ = try readExtension()
            }
            // Each pending value takes a byte at least, so a hostile count ends here and not after many rounds.
            guard pending <= bytes.count - offset else { throw failure(.truncated) }
        }
    }

    // MARK: Numbers and bytes

    enum Number {
        case negative(Int64)
        case positive(UInt64)
        case float(Double)
    }

    /// - Parameter kind: what the caller hopes for, to be named when it is no number at all.
    mutating func readNumber(expecting kind: MessagePackKind) throws(MessagePackError) -> Number {
        let first = try peek()
        switch first {
        case 0x00...0x7F:
            offset += 1
            return .positive(UInt64(first))
        case 0xE0...0xFF:
            offset += 1
            return .negative(Int64(Int8(bitPattern: first)))
        case 0xCC...0xCF:
            offset += 1
            return .positive(try readUnsigned(width: 1 << (first - 0xCC)))
        case 0xD0...0xD3:
            offset += 1
            let width = 1 << Int(first - 0xD0)
            let shift = 64 - 8 * width
            let value = Int64(bitPattern: try readUnsigned(width: width) << shift) >> shift
            return value < 0 ? .negative(value) : .positive(UInt64(value))
        case 0xCA:
            offset += 1
            return .float(Double(Float(bitPattern: UInt32(truncatingIfNeeded: try readUnsigned(width: 4)))))
        case 0xCB:
            offset += 1
            return .float(Double(bitPattern: try readUnsigned(width: 8)))
        default: throw wrongType(kind)
        }
    }

    /// Where the bytes of the string lie that comes next; they may be anything but UTF-8.
    mutating func readStringRange() throws(MessagePackError) -> Range<Int> {
        let first = try peek()
        switch first {
        case 0xA0...0xBF:
            offset += 1
            return try take(count: Int(first & 31))
        case 0xD9, 0xDA, 0xDB:
            offset += 1
            return try take(count: Int(readUnsigned(width: 1 << (first - 0xD9))))
        default: throw wrongType(.string)
        }
    }

    private mutating func readBytesOfArray() throws(MessagePackError) -> [UInt8] {
        let count = try readArrayHeader()
        var values: [UInt8] = []
        values.reserveCapacity(count)
        for _ in 0..<count {
            let start = offset
            guard try peekKind() == .integer, case .positive(let number) = try readNumber(expecting: .integer),
                let value = UInt8(exactly: number)
            else { throw failure(.notAByte, at: start) }
            values.append(value)
        }
        return values
    }

    /// - Parameter width: 1, 2, 4 or 8 bytes.
    private mutating func readUnsigned(width: Int) throws(MessagePackError) -> UInt64 {
        var value: UInt64 = 0
        for byte in bytes[try take(count: width)] { value = value << 8 | UInt64(byte) }
        return value
    }

    /// Passes so many bytes, if they are there.
    private mutating func take(count: Int) throws(MessagePackError) -> Range<Int> {
        guard count <= bytes.count - offset else { throw failure(.truncated) }
        let range = offset..<offset + count
        offset = range.upperBound
        return range
    }

    private func peek() throws(MessagePackError) -> UInt8 {
        guard offset < bytes.count else { throw failure(.truncated) }
        return bytes[offset]
    }

    private static func kind(of first: UInt8, at offset: Int) throws(MessagePackError) -> MessagePackKind {
        switch first {
        case 0x00...0x7F, 0xE0...0xFF, 0xCC...0xCF, 0xD0...0xD3: .integer
        case 0x80...0x8F, 0xDE, 0xDF: .map
        case 0x90...0x9F, 0xDC, 0xDD: .array
        case 0xA0...0xBF, 0xD9...0xDB: .string
        case 0xC0: .null
        case 0xC2, 0xC3: .boolean
        case 0xC4...0xC6: .binary
        case 0xC7...0xC9, 0xD4...0xD8: .extension
        case 0xCA, 0xCB: .float
        default: throw MessagePackError(.reservedByte, at: offset)
        }
    }

    private func wrongType(_ expected: MessagePackKind) -> MessagePackError {
        do throws(MessagePackError) {
            return failure(.wrongType(found: try peekKind(), expected: expected))
        } catch { return error }
    }

    func failure(_ reason: MessagePackError.Reason, at start: Int? = nil) -> MessagePackError {
        MessagePackError(reason, at: start ?? offset)
    }
}
