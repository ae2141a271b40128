import Glibc

/// A path as a guest gave it: relative to a descriptor, 1–4,095 bytes of UTF-8, no zero byte.
struct GuestPath {
    let bytes: [UInt8]

    static let bytesMax = 4_095

    init(_ bytes: [UInt8]) throws(WASIErrno) {
        guard !bytes.isEmpty else { throw .noent }
        guard bytes.count <= Self.bytesMax else { throw .nametoolong }
        guard !bytes.contains(0) else { throw .inval }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .ilseq }
        self.bytes = bytes
    }

    init(_ memory: GuestMemory, _ address: UInt32, _ count: UInt32) throws(WASIErrno) {
        try self.init(memory.read(address, count, countMax: Self.bytesMax))
    }

    var isAbsolute: Bool { bytes.first == Self.slash }
    var hasTrailingSlash: Bool { bytes.last == Self.slash }

    static let slash = UInt8(ascii: "/")

    /// The names between slashes. Where a slash ends the path, `.` follows: what is before must be a directory.
    static func components(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        let names = bytes.split(separator: slash)
        return bytes.last == slash ? names + [[UInt8(ascii: ".")]] : names
    }
}

extension Collection<UInt8> {
    /// - Precondition: no zero byte.
    func withCPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        var characters = ContiguousArray<CChar>()
        characters.reserveCapacity(count + 1)
        for byte in self { characters.append(CChar(bitPattern: byte)) }
        characters.append(0)
        return characters.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
}
