/// RFC 4648 base 32, upper case, without padding, and only its one canonical form: the bits left over are zero.
enum Base32 {
    enum Failure: Error, Equatable {
        /// A character that is not in `A–Z2–7`, and how many stand before it.
        case character(at: Int)
        /// No number of bytes gives this many characters, or bits are set that belong to no byte.
        case notCanonical
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

    /// The value of each byte, or 0xFF.
    private static let values: [UInt8] = (0..<256).map { byte in
        alphabet.firstIndex(of: UInt8(byte)).map(UInt8.init) ?? 0xFF
    }

    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 8 + 4) / 5)
        var bits: UInt32 = 0
        var bitsCount = 0
        let alphabet = alphabet
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            bitsCount += 8
            while bitsCount >= 5 {
                bitsCount -= 5
                text.append(alphabet[Int(bits >> bitsCount & 31)])
            }
            bits &= (1 << bitsCount) - 1
        }
        if bitsCount > 0 { text.append(alphabet[Int(bits << (5 - bitsCount) & 31)]) }
        return text
    }

    static func decode(_ text: some Collection<UInt8>) throws(Failure) -> [UInt8] {
        let decoded = text.withContiguousStorageIfAvailable(decode(contiguous:))
        return try (decoded ?? Array(text).withUnsafeBufferPointer(decode(contiguous:))).get()
    }

    private static func decode(contiguous text: UnsafeBufferPointer<UInt8>) -> Result<[UInt8], Failure> {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 5 / 8)
        var bits: UInt32 = 0
        var bitsCount = 0
        let values = values
        for position in text.indices {
            let value = values[Int(text[position])]
            guard value != 0xFF else { return .failure(.character(at: position)) }
            bits = bits << 5 | UInt32(value)
            bitsCount += 5
            if bitsCount >= 8 {
                bitsCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> bitsCount))
            }
            bits &= (1 << bitsCount) - 1
        }
        guard bitsCount < 5, bits == 0 else { return .failure(.notCanonical) }
        return .success(bytes)
    }
}
