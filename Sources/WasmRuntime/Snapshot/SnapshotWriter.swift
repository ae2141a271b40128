/// Appends the primitives of the format.
struct SnapshotWriter {
    private(set) var bytes: [UInt8] = []
    let references: ReferenceMap
    let exceptions: StoredExceptions

    init(_ references: ReferenceMap, _ exceptions: StoredExceptions) {
        self.references = references
        self.exceptions = exceptions
        bytes += SnapshotFormat.magic
        integer(SnapshotFormat.version)
        integer(UInt64(0))
    }

    mutating func integer(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func count(_ count: Int) { integer(UInt32(count)) }
    mutating func flag(_ flag: Bool) { bytes.append(flag ? 1 : 0) }
    mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    mutating func type(_ type: ValueType) { bytes.append(UInt8(truncatingIfNeeded: type.rawValue)) }

    /// The declared size of a memory or a table.
    mutating func size(_ range: SizeRange, _ address: AddressType) {
        flag(address == .i64)
        flag(range.maximum != nil)
        integer(range.minimum)
        integer(range.maximum ?? 0)
    }

    /// A reference of a type: a function's or an exception's is translated, the host's own number stays.
    mutating func reference(_ bits: UInt64, _ type: ValueType) throws(SnapshotError) {
        if type == .exnRef { return integer(exceptions.portable(bits)) }
        guard type == .funcRef else { return integer(bits) }
        guard let portable = references.portable(bits) else {
            throw .notPortable("a reference to a host function that no instance imports")
        }
        integer(portable)
    }

    mutating func value(_ value: Value) throws(SnapshotError) {
        type(value.type)
        switch SnapshotFormat.bytesCount(of: value.type) {
        case 4: integer(UInt32(truncatingIfNeeded: value.bits))
        case 8: try reference(value.bits, value.type)
        case 16:
            integer(value.bits)
            integer(value.upperBits)
        default: throw .notPortable("a value of type \(value.type)")
        }
    }

    mutating func values(_ values: [Value]) throws(SnapshotError) {
        count(values.count)
        for value in values { try self.value(value) }
    }

    /// Fills in the length and appends the digest.
    mutating func seal() -> [UInt8] {
        let total = UInt64(bytes.count + SHA256.digestBytes).littleEndian
        withUnsafeBytes(of: total) { total in
            for (index, byte) in total.enumerated() { bytes[SnapshotFormat.headerBytes - 8 + index] = byte }
        }
        bytes += bytes.withUnsafeBytes(SHA256.digest)
        return bytes
    }
}
