/// Reads the binary format's primitives out of a module's bytes. Every read is checked against `end`.
struct ByteReader {
    // Safety: `start` is owned by a `ModuleBytes` that outlives the reader; `position <= end` always holds.
    private let start: UnsafePointer<UInt8>
    private(set) var position: Int
    let end: Int

    init(_ bytes: ModuleBytes) { self.init(bytes, 0..<bytes.count) }

    init(_ bytes: ModuleBytes, _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        start = bytes.start
        position = range.lowerBound
        end = range.upperBound
    }

    /// A reader of the next `count` bytes, which this one then has behind it.
    mutating func slice(_ count: Int) throws(ModuleError) -> ByteReader {
        guard count <= end - position else { throw malformed("length out of bounds") }
        var inner = self
        inner = ByteReader(start: start, position: position, end: position + count)
        position += count
        return inner
    }

    private init(start: UnsafePointer<UInt8>, position: Int, end: Int) {
        self.start = start
        self.position = position
        self.end = end
    }

    /// Where the next byte and the last byte's neighbour stand, for those who check their reads themselves.
    var next: UnsafePointer<UInt8> { start + position }
    var limit: UnsafePointer<UInt8> { start + end }

    /// Goes on at a place between `next` and `limit`.
    mutating func advance(to place: UnsafePointer<UInt8>) {
        let target = place - start
        precondition(target >= position && target <= end)
        position = target
    }

    var isAtEnd: Bool { position == end }
    var bytesLeft: Int { end - position }

    mutating func skip(_ count: Int) throws(ModuleError) {
        guard count <= end - position else { throw unexpectedEnd() }
        position += count
    }

    /// Goes back to a position that was read before.
    mutating func rewind(to earlier: Int) {
        precondition(earlier <= position)
        position = earlier
    }

    func peek() throws(ModuleError) -> UInt8 {
        guard position < end else { throw unexpectedEnd() }
        return start[position]
    }

    mutating func byte() throws(ModuleError) -> UInt8 {
        guard position < end else { throw unexpectedEnd() }
        defer { position += 1 }
        return start[position]
    }

    /// LEB128 of at most 32 bits, not longer than it may be.
    mutating func u32() throws(ModuleError) -> UInt32 {
        guard position < end else { throw unexpectedEnd() }
        let first = start[position]
        if first < 0x80 {
            position += 1
            return UInt32(first)
        }
        return UInt32(truncatingIfNeeded: try unsignedLEB(bits: 32))
    }

    mutating func u64() throws(ModuleError) -> UInt64 { try unsignedLEB(bits: 64) }

    /// A size or offset of a memory or table. One that only 64-bit memories could have is not malformed.
    mutating func size(
        _ what: StaticString, _ address: AddressType, features: WasmFeatures
    ) throws(ModuleError) -> UInt64 {
        let at = position
        let size = try u64()
        guard features.contains(.memory64) else {
            guard size <= UInt64(UInt32.max) else {
                throw ModuleError(.unsupported, "\(what) beyond 32 bits: 64-bit memories and tables are off", at: at)
            }
            guard position - at <= 5 else {
                throw ModuleError(.malformed, "integer representation too long", at: at)
            }
            return size
        }
        guard address == .i64 || size <= UInt64(UInt32.max) else {
            throw ModuleError(.invalid, "\(what) out of range: more than 32 bits", at: at)
        }
        return size
    }

    mutating func s32() throws(ModuleError) -> Int32 { Int32(truncatingIfNeeded: try signedLEB(bits: 32)) }
    mutating func s33() throws(ModuleError) -> Int64 { try signedLEB(bits: 33) }
    mutating func s64() throws(ModuleError) -> Int64 { try signedLEB(bits: 64) }

    mutating func fixed32() throws(ModuleError) -> UInt32 {
        guard end - position >= 4 else { throw unexpectedEnd() }
        defer { position += 4 }
        return UnsafeRawPointer(start + position).loadUnaligned(as: UInt32.self)
    }

    mutating func fixed64() throws(ModuleError) -> UInt64 {
        guard end - position >= 8 else { throw unexpectedEnd() }
        defer { position += 8 }
        return UnsafeRawPointer(start + position).loadUnaligned(as: UInt64.self)
    }

    /// A vector's length. Each element takes at least one byte, so a length beyond the bytes left is refused at once.
    mutating func count(_ what: StaticString, max: Int) throws(ModuleError) -> Int {
        let at = position
        let count = Int(try u32())
        guard count <= max else { throw ModuleError(.tooLarge, "\(count) \(what), at most \(max) allowed", at: at) }
        guard count <= bytesLeft else { throw ModuleError(.malformed, "unexpected end of section", at: at) }
        return count
    }

    mutating func name() throws(ModuleError) -> String {
        let at = position
        let length = Int(try u32())
        guard length <= end - position else { throw malformed("length out of bounds") }
        let bytes = UnsafeBufferPointer(start: start + position, count: length)
        position += length
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ModuleError(.malformed, "malformed UTF-8 encoding", at: at)
        }
        return text
    }

    private mutating func unsignedLEB(bits: Int) throws(ModuleError) -> UInt64 {
        var value: UInt64 = 0
        var shift = 0
        while true {
            let byte = try byte()
            let payload = UInt64(byte & 0x7F)
            if shift + 7 > bits {
                guard byte & 0x80 == 0 else { throw malformed("integer representation too long") }
                guard payload >> UInt64(bits - shift) == 0 else { throw malformed("integer too large") }
            }
            value |= payload << UInt64(shift)
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
    }

    private mutating func signedLEB(bits: Int) throws(ModuleError) -> Int64 {
        var value: Int64 = 0
        var shift = 0
        while true {
            let byte = try byte()
            let payload = Int64(byte & 0x7F)
            if shift + 7 >= bits {
                guard byte & 0x80 == 0 else { throw malformed("integer representation too long") }
                // All bits beyond the value's own must repeat its sign.
                let used = bits - shift
                let rest = (payload << 57) >> Int64(57 + used - 1)
                guard rest == 0 || rest == -1 else { throw malformed("integer too large") }
            }
            value |= payload << Int64(shift)
            shift += 7
            if byte & 0x80 == 0 {
                return shift < 64 && byte & 0x40 != 0 ? value | (-1 << Int64(shift)) : value
            }
        }
    }

    @inline(never)
    func malformed(_ message: String) -> ModuleError { ModuleError(.malformed, message, at: position) }
    @inline(never)
    func unexpectedEnd() -> ModuleError { ModuleError(.malformed, "unexpected end", at: position) }
}
