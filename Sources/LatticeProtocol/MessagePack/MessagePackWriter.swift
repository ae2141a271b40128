/// Writes MessagePack in the order of its calls, each value in its smallest form. That as many elements and members follow
/// a header as it says is the caller's care.
public struct MessagePackWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init(reservingBytes bytesCount: Int = 0) { bytes.reserveCapacity(bytesCount) }

    /// Forgets what was written and keeps the memory for what comes next.
    public mutating func reset() { bytes.removeAll(keepingCapacity: true) }

    // MARK: Values

    public mutating func writeNil() { bytes.append(0xC0) }
    public mutating func write(_ value: Bool) { bytes.append(value ? 0xC3 : 0xC2) }
    public mutating func write(_ value: Int) { write(Int64(value)) }
    public mutating func write(_ value: UInt32) { write(UInt64(value)) }

    public mutating func write(_ value: Int64) {
        guard value < 0 else { return write(UInt64(value)) }
        switch value {
        case -32 ... -1: bytes.append(UInt8(truncatingIfNeeded: value))
        case Int64(Int8.min)...: append(0xD0, UInt8(truncatingIfNeeded: value))
        case Int64(Int16.min)...: append(0xD1, UInt16(truncatingIfNeeded: value))
        case Int64(Int32.min)...: append(0xD2, UInt32(truncatingIfNeeded: value))
        default: append(0xD3, UInt64(bitPattern: value))
        }
    }

    public mutating func write(_ value: UInt64) {
        switch value {
        case ...0x7F: bytes.append(UInt8(value))
        case ...0xFF: append(0xCC, UInt8(value))
        case ...0xFFFF: append(0xCD, UInt16(value))
        case ...0xFFFF_FFFF: append(0xCE, UInt32(value))
        default: append(0xCF, value)
        }
    }

    public mutating func write(_ value: Double) { append(0xCB, value.bitPattern) }

    public mutating func write(_ text: String) {
        let utf8 = text.utf8
        writeHeader(utf8.count, small: 0xA0...0xBF, byte: 0xD9, two: 0xDA, four: 0xDB)
        bytes.append(contentsOf: utf8)
    }

    /// As `bin`.
    public mutating func write(bytes value: [UInt8]) {
        writeHeader(value.count, small: nil, byte: 0xC4, two: 0xC5, four: 0xC6)
        bytes.append(contentsOf: value)
    }

    /// An application's own type; -1 is a time stamp.
    public mutating func write(extension type: Int8, bytes value: [UInt8]) {
        switch value.count {
        case 1: bytes.append(0xD4)
        case 2: bytes.append(0xD5)
        case 4: bytes.append(0xD6)
        case 8: bytes.append(0xD7)
        case 16: bytes.append(0xD8)
        default: writeHeader(value.count, small: nil, byte: 0xC7, two: 0xC8, four: 0xC9)
        }
        bytes.append(UInt8(bitPattern: type))
        bytes.append(contentsOf: value)
    }

    /// As many values have to follow.
    public mutating func writeArrayHeader(count: Int) {
        writeHeader(count, small: 0x90...0x9F, byte: nil, two: 0xDC, four: 0xDD)
    }

    /// As many pairs of key and value have to follow.
    public mutating func writeMapHeader(count: Int) {
        writeHeader(count, small: 0x80...0x8F, byte: nil, two: 0xDE, four: 0xDF)
    }

    /// A field's name: at most 31 bytes of ASCII. Its value comes with the next call.
    public mutating func writeKey(_ name: StaticString) {
        let utf8 = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        bytes.append(0xA0 | UInt8(truncatingIfNeeded: utf8.count))
        bytes.append(contentsOf: utf8)
    }

    /// A map whose keys and values are strings, in the order of its keys' bytes.
    public mutating func write(_ map: [String: String]) {
        writeMapHeader(count: map.count)
        for (key, value) in map.sortedByKeyBytes() {
            write(key)
            write(value)
        }
    }

    // MARK: Bytes

    /// - Precondition: `count` fits in 32 bits, as everything does that our limits let through.
    private mutating func writeHeader(_ count: Int, small: ClosedRange<UInt8>?, byte: UInt8?, two: UInt8, four: UInt8) {
        if let small, count <= small.count - 1 {
            bytes.append(small.lowerBound | UInt8(truncatingIfNeeded: count))
        } else if let byte, count <= 0xFF {
            append(byte, UInt8(truncatingIfNeeded: count))
        } else if count <= 0xFFFF {
            append(two, UInt16(truncatingIfNeeded: count))
        } else {
            append(four, UInt32(count))
        }
    }

    private mutating func append<Number: FixedWidthInteger>(_ code: UInt8, _ number: Number) {
        bytes.append(code)
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
