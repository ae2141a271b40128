/// Thirty-two bytes kept in place (a public key, a digest): no allocation, quick to compare and to hash.
/// Ordered as its bytes are.
public struct Bytes32: Hashable, Sendable {
    /// How many bytes one holds.
    public static let count = 32

    // Big endian words, so that their order is the order of the bytes.
    private let word0: UInt64
    private let word1: UInt64
    private let word2: UInt64
    private let word3: UInt64

    /// Nil unless there are exactly 32 bytes.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.count else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
        (word0, word1, word2, word3) = (
            UInt64(bigEndian: words.0), UInt64(bigEndian: words.1), UInt64(bigEndian: words.2),
            UInt64(bigEndian: words.3)
        )
    }

    /// The bytes that `fill` writes.
    init(filling fill: (UnsafeMutablePointer<UInt8>) -> Void) {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        // Safety: the tuple is 32 bytes long, and `fill` writes no more than that.
        withUnsafeMutableBytes(of: &words) { fill($0.baseAddress!.assumingMemoryBound(to: UInt8.self)) }
        (word0, word1, word2, word3) = (
            UInt64(bigEndian: words.0), UInt64(bigEndian: words.1), UInt64(bigEndian: words.2),
            UInt64(bigEndian: words.3)
        )
    }

    public var bytes: [UInt8] { withPointer { Array(UnsafeBufferPointer(start: $0, count: Self.count)) } }

    /// The pointer is valid only during the call.
    func withPointer<Result>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
        let words = (word0.bigEndian, word1.bigEndian, word2.bigEndian, word3.bigEndian)
        // Safety: the tuple is 32 bytes long and is not empty.
        return withUnsafeBytes(of: words) { body($0.baseAddress!.assumingMemoryBound(to: UInt8.self)) }
    }
}

extension Bytes32: Comparable {
    public static func < (one: Bytes32, other: Bytes32) -> Bool {
        (one.word0, one.word1, one.word2, one.word3) < (other.word0, other.word1, other.word2, other.word3)
    }
}
