/// Writes MessagePack, each value in its smallest form.
public struct MessageWriter: ~Copyable {
    private var out: ByteWriter

    /// - Parameter capacity: bytes that it takes before it has to grow.
    public init(capacity: Int = 128) { out = ByteWriter(capacity: capacity) }

    public consuming func finish() -> Bytes { out.finish() }

    /// A message that is one text.
    public static func message(_ text: Text) -> Bytes {
        var writer = MessageWriter(capacity: text.utf8.count + 5)
        writer.write(text)
        return writer.finish()
    }

    public mutating func writeNil() { out.append(0xC0) }

    public mutating func write(_ bool: Bool) { out.append(bool ? 0xC3 : 0xC2) }

    public mutating func write(_ integer: Int64) {
        switch integer {
        case -32...0x7F: out.append(UInt8(truncatingIfNeeded: integer))
        case 0x80...0xFF: writeNumber(0xCC, UInt8(truncatingIfNeeded: integer))
        case 0x100...0xFFFF: writeNumber(0xCD, UInt16(truncatingIfNeeded: integer))
        case 0x1_0000...0xFFFF_FFFF: writeNumber(0xCE, UInt32(truncatingIfNeeded: integer))
        case 0x1_0000_0000...: writeNumber(0xCF, integer)
        case -0x80 ..< -32: writeNumber(0xD0, UInt8(truncatingIfNeeded: integer))
        case -0x8000 ..< -0x80: writeNumber(0xD1, UInt16(truncatingIfNeeded: integer))
        case -0x8000_0000 ..< -0x8000: writeNumber(0xD2, UInt32(truncatingIfNeeded: integer))
        default: writeNumber(0xD3, integer)
        }
    }

    private mutating func writeNumber<Integer: FixedWidthInteger & BitwiseCopyable>(_ type: UInt8, _ number: Integer) {
        out.append(type)
        out.append(bigEndian: number)
    }

    public mutating func write(_ text: Text) {
        writeHeader(text.utf8.count, short: 0xA0, shortMax: 31, byte: 0xD9, long: 0xDA)
        out.append(text.utf8)
    }

    /// A blob.
    public mutating func write(_ bytes: Bytes) {
        writeHeader(bytes.count, short: 0, shortMax: -1, byte: 0xC4, long: 0xC5)
        out.append(bytes)
    }

    public mutating func writeArrayCount(_ count: Int) {
        writeHeader(count, short: 0x90, shortMax: 15, byte: nil, long: 0xDC)
    }

    /// - Parameter count: pairs of values that follow.
    public mutating func writeMapCount(_ count: Int) {
        writeHeader(count, short: 0x80, shortMax: 15, byte: nil, long: 0xDE)
    }

    public mutating func write(_ texts: [Text]) {
        writeArrayCount(texts.count)
        for text in texts { write(text) }
    }

    /// - Parameters:
    ///   - short: the header up to `shortMax`, its lower bits the count.
    ///   - byte: the header where the count takes one byte, if there is such a form.
    ///   - long: the header where it takes two; the next header is for four.
    private mutating func writeHeader(_ count: Int, short: UInt8, shortMax: Int, byte: UInt8?, long: UInt8) {
        if count <= shortMax {
            out.append(short | UInt8(truncatingIfNeeded: count))
        } else if let byte, count <= 0xFF {
            writeNumber(byte, UInt8(truncatingIfNeeded: count))
        } else if count <= 0xFFFF {
            writeNumber(long, UInt16(truncatingIfNeeded: count))
        } else {
            writeNumber(long + 1, UInt32(truncatingIfNeeded: count))
        }
    }
}
