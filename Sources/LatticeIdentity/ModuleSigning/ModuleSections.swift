/// What the eight bytes at the start of a file say that it is.
public enum ModuleEncoding: String, Hashable, Sendable {
    case core
    case component

    static let headerCount = 8

    /// - Parameter range: where the module lies; it may be too short.
    init(headerOf bytes: [UInt8], in range: Range<Int>) throws(ModuleStructureError) {
        guard range.count >= 4, bytes[range].starts(with: [0x00, 0x61, 0x73, 0x6D]) else { throw .notWasm }
        guard range.count >= Self.headerCount else { throw .truncated(at: range.lowerBound) }
        let version = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[range.lowerBound + 4 + $1]) << UInt32(8 * $1) }
        // The upper half is the layer; components had other versions in the lower half before they were a standard.
        switch (version, version >> 16) {
        case (1, _): self = .core
        case (_, 1): self = .component
        default: throw .unsupportedVersion(version)
        }
    }
}

/// One section as it lies in the file.
struct ModuleSection {
    let id: UInt8
    /// From the id to the last byte of the payload.
    let whole: Range<Int>
    let payload: Range<Int>

    static let custom: UInt8 = 0
    /// In components only.
    static let nestedModule: UInt8 = 1
    static let nestedComponent: UInt8 = 4
}

/// The sections of one module or component, in order; looks at nothing inside them.
struct ModuleSections {
    private let bytes: [UInt8]
    private let end: Int
    private var position: Int

    /// - Parameter range: where the module lies, its eight bytes of header included and found good.
    init(of bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        end = range.upperBound
        position = range.lowerBound + ModuleEncoding.headerCount
    }

    mutating func next() throws(ModuleStructureError) -> ModuleSection? {
        guard position < end else { return nil }
        let start = position
        var reader = LEB128.Reader(bytes: bytes, position: start + 1, end: end)
        let length = try reader.readUInt32()
        guard length <= end - reader.position else { throw .truncated(at: start) }
        position = reader.position + Int(length)
        return ModuleSection(id: bytes[start], whole: start..<position, payload: reader.position..<position)
    }

    /// The bytes of a custom section's name, and where its contents begin.
    static func name(
        of section: ModuleSection, in bytes: [UInt8]
    ) throws(ModuleStructureError) -> (name: ArraySlice<UInt8>, contents: Range<Int>) {
        var reader = LEB128.Reader(bytes: bytes, position: section.payload.lowerBound, end: section.payload.upperBound)
        let length = try reader.readUInt32()
        let end = section.payload.upperBound
        guard length <= end - reader.position else { throw .truncated(at: section.payload.lowerBound) }
        let contents = reader.position + Int(length)
        return (bytes[reader.position..<contents], contents..<end)
    }
}
