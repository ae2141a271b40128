/// Reads the instructions of a function that validation has accepted.
struct CodeReader {
    // Safety: validation has read the same bytes from start to end, so no read passes the function's final `end`.
    private let start: UnsafePointer<UInt8>
    private(set) var position: Int

    init(_ bytes: ModuleBytes, at position: Int) {
        start = bytes.start
        self.position = position
    }

    @inline(__always)
    mutating func byte() -> UInt8 {
        defer { position += 1 }
        return start[position]
    }

    @inline(__always)
    mutating func u32() -> UInt32 {
        let first = start[position]
        if first < 0x80 {
            position += 1
            return UInt32(first)
        }
        return UInt32(truncatingIfNeeded: unsigned())
    }

    mutating func u64() -> UInt64 { unsigned() }

    /// The immediates of a load or store.
    mutating func memoryArgument() -> (memory: Int, offset: UInt64) {
        let memory = u32() & 0x40 == 0 ? 0 : Int(u32())
        return (memory, u64())
    }

    /// - Returns: `tag` is nil where all are caught.
    mutating func catchClause() -> (tag: Int?, takesReference: Bool, label: Int) {
        let kind = byte()
        let tag = kind < 2 ? Int(u32()) : nil
        return (tag, kind & 1 != 0, Int(u32()))
    }

    mutating func s32() -> Int32 { Int32(truncatingIfNeeded: signed()) }
    mutating func s64() -> Int64 { signed() }

    mutating func fixed32() -> UInt32 {
        defer { position += 4 }
        return UnsafeRawPointer(start + position).loadUnaligned(as: UInt32.self)
    }

    mutating func fixed64() -> UInt64 {
        defer { position += 8 }
        return UnsafeRawPointer(start + position).loadUnaligned(as: UInt64.self)
    }

    /// An opcode, or 0x100 plus what follows the prefix 0xFC, or 0x200 plus what follows 0xFD.
    @inline(__always)
    mutating func code() -> Int {
        let byte = byte()
        return byte < 0xFC ? Int(byte) : (Int(byte) - 0xFB) << 8 + Int(u32())
    }

    mutating func skip(_ count: Int) { position += count }

    private mutating func unsigned() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = byte()
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
    }

    private mutating func signed() -> Int64 {
        var value: Int64 = 0
        var shift: Int64 = 0
        while true {
            let byte = byte()
            value |= Int64(byte & 0x7F) << shift
            shift += 7
            if byte & 0x80 == 0 { return shift < 64 && byte & 0x40 != 0 ? value | (-1 << shift) : value }
        }
    }
}
