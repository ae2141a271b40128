/// The fuzzer's input as a source of decisions. Once it is used up every decision is 0, so that what is built from it
/// comes to an end.
public struct ByteSource {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    // Safety: valid as long as the buffer is: for one run of the fuzzer.
    public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    public var isEmpty: Bool { position >= bytes.count }

    public mutating func byte() -> UInt8 {
        guard position < bytes.count else { return 0 }
        defer { position += 1 }
        return bytes[position]
    }

    /// - Returns: 0 ..< `count`, for counts up to 65,536.
    public mutating func below(_ count: Int) -> Int {
        if count <= 1 { return 0 }
        if count <= 256 { return Int(byte()) % count }
        return (Int(byte()) | Int(byte()) << 8) % count
    }

    public mutating func bits(_ bytesCount: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<bytesCount { value |= UInt64(byte()) << UInt64(8 * index) }
        return value
    }

    /// True in `chances` of 256 cases.
    public mutating func chance(_ chances: Int) -> Bool { Int(byte()) >= 256 - chances }
}
