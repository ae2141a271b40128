/// Reads the primitives of the format out of bytes that anybody may have written. Every read is checked against the end.
struct SnapshotReader {
    // Safety: valid while `Store.restore` runs; `position <= end` always holds.
    private let bytes: UnsafeRawBufferPointer
    private let end: Int
    private(set) var position: Int
    let references: ReferenceMap
    /// What references to the exceptions of the snapshot are here.
    var exceptionReferences: [UInt64] = []

    /// Checks magic, version, length and digest.
    init(_ bytes: UnsafeRawBufferPointer, _ references: ReferenceMap) throws(SnapshotError) {
        self.bytes = bytes
        self.references = references
        position = 0
        end = max(0, bytes.count - SHA256.digestBytes)
        guard bytes.count >= SnapshotFormat.magic.count, bytes.starts(with: SnapshotFormat.magic) else {
            throw .notASnapshot
        }
        guard bytes.count >= SnapshotFormat.headerBytes else {
            throw .truncated(bytes: UInt64(bytes.count), of: UInt64(SnapshotFormat.headerBytes + SHA256.digestBytes))
        }
        position = SnapshotFormat.magic.count
        let version = load(UInt32.self)
        guard version == SnapshotFormat.version else {
            throw .version(found: version, supported: SnapshotFormat.version)
        }
        let total = load(UInt64.self)
        guard total <= bytes.count else { throw .truncated(bytes: UInt64(bytes.count), of: total) }
        guard total == bytes.count, end >= SnapshotFormat.headerBytes else {
            throw malformed("\(bytes.count) bytes where \(total) are announced")
        }
        guard SHA256.digest(UnsafeRawBufferPointer(rebasing: bytes[..<end])).elementsEqual(bytes[end...]) else {
            throw .damaged
        }
    }

    func malformed(_ what: String) -> SnapshotError { .malformed(what, offset: position) }

    /// - Precondition: that many bytes are left.
    private mutating func load<Integer: FixedWidthInteger & BitwiseCopyable>(_ type: Integer.Type) -> Integer {
        defer { position += MemoryLayout<Integer>.size }
        return Integer(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: type))
    }

    mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ type: Integer.Type
    ) throws(SnapshotError) -> Integer {
        guard end - position >= MemoryLayout<Integer>.size else { throw malformed("unexpected end") }
        return load(type)
    }

    mutating func u32() throws(SnapshotError) -> Int { Int(try integer(UInt32.self)) }

    mutating func flag() throws(SnapshotError) -> Bool {
        let byte = try integer(UInt8.self)
        guard byte <= 1 else { throw malformed("\(byte) is neither yes nor no") }
        return byte == 1
    }

    /// How many follow, of which each takes at least `bytes`: more than the rest can hold is refused at once.
    mutating func count(_ what: String, bytes: Int) throws(SnapshotError) -> Int {
        let count = try u32()
        guard count <= (end - position) / bytes else { throw malformed("\(count) \(what) do not fit the snapshot") }
        return count
    }

    /// The next `count` bytes, in place.
    mutating func slice(_ count: UInt64) throws(SnapshotError) -> UnsafeRawBufferPointer {
        guard count <= UInt64(end - position) else { throw malformed("unexpected end") }
        defer { position += Int(count) }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + Int(count))])
    }

    mutating func size() throws(SnapshotError) -> (range: SizeRange, address: AddressType) {
        let address: AddressType = try flag() ? .i64 : .i32
        let hasMaximum = try flag()
        let minimum = try integer(UInt64.self)
        let maximum = try integer(UInt64.self)
        guard hasMaximum || maximum == 0 else { throw malformed("a maximum where there is none") }
        return (SizeRange(minimum: minimum, maximum: hasMaximum ? maximum : nil), address)
    }

    mutating func type() throws(SnapshotError) -> ValueType {
        let type = ValueType(rawValue: UInt32(try integer(UInt8.self)))
        guard SnapshotFormat.bytesCount(of: type) != nil else { throw malformed("unknown type \(type)") }
        return type
    }

    mutating func reference(_ type: ValueType) throws(SnapshotError) -> UInt64 {
        let bits = try integer(UInt64.self)
        if type == .exnRef {
            guard bits <= UInt64(exceptionReferences.count) else { throw malformed("a reference to no exception") }
            return bits == 0 ? 0 : exceptionReferences[Int(bits) - 1]
        }
        guard type == .funcRef else { return bits }
        guard let reference = references.reference(bits) else { throw malformed("a reference to no function") }
        return reference
    }

    mutating func value() throws(SnapshotError) -> Value {
        let type = try type()
        switch SnapshotFormat.bytesCount(of: type) {
        case 4: return Value(type: type, bits: UInt64(try integer(UInt32.self)))
        case 16:
            let lower = try integer(UInt64.self)
            return .v128(lower: lower, upper: try integer(UInt64.self))
        default: return Value(type: type, bits: try reference(type))
        }
    }

    mutating func values(_ what: String) throws(SnapshotError) -> [Value] {
        let count = try count(what, bytes: 5)
        var values: [Value] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try value()) }
        return values
    }

    var bytesLeft: UInt64 { UInt64(end - position) }

    func requireEnd() throws(SnapshotError) {
        guard position == end else { throw malformed("\(end - position) bytes more than announced") }
    }
}
