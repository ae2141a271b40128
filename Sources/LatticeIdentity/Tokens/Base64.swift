/// Base 64 (RFC 4648) in the forms that the lattice uses. Decoding takes only the one canonical form of the chosen
/// kind: right alphabet, padding present or absent as said, no stray bits, no white space.
public struct Base64: Sendable {
    /// With padding and `+/`: host data of providers.
    public static let standard = Base64(characters: "+/", isPadded: true)
    /// Without padding and with `-_`: the segments of tokens.
    public static let url = Base64(characters: "-_", isPadded: false)
    /// With padding and `-_`: names of objects, digests.
    public static let paddedURL = Base64(characters: "-_", isPadded: true)

    private let alphabet: [UInt8]
    /// The value of each byte, or 0xFF.
    private let values: [UInt8]
    private let isPadded: Bool

    private static let padding = UInt8(ascii: "=")

    private init(characters last: String, isPadded: Bool) {
        alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789\(last)".utf8)
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        self.values = values
        self.isPadded = isPadded
    }

    public func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        append(bytes, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the text of `bytes` as ASCII.
    public func append(_ bytes: [UInt8], to text: inout [UInt8]) {
        text.reserveCapacity(text.count + (bytes.count + 2) / 3 * 4)
        var index = 0
        while index + 3 <= bytes.count {
            let group = UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2])
            append(group, characters: 4, to: &text)
            index += 3
        }
        let rest = bytes.count - index
        guard rest > 0 else { return }
        let second = rest == 2 ? UInt32(bytes[index + 1]) : 0
        append(UInt32(bytes[index]) << 16 | second << 8, characters: rest + 1, to: &text)
        if isPadded { text.append(contentsOf: repeatElement(Self.padding, count: 3 - rest)) }
    }

    private func append(_ group: UInt32, characters: Int, to text: inout [UInt8]) {
        for place in 0..<characters { text.append(alphabet[Int(group >> UInt32(18 - 6 * place) & 63)]) }
    }

    /// Nil for anything but canonical text.
    public func decode(_ text: some BidirectionalCollection<UInt8>) -> [UInt8]? {
        var text = text[...]
        if isPadded {
            guard text.count.isMultiple(of: 4) else { return nil }
            for _ in 0..<2 where text.last == Self.padding { text.removeLast() }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var bits: UInt32 = 0
        var bitsCount = 0
        for character in text {
            let value = values[Int(character)]
            guard value != 0xFF else { return nil }
            bits = bits << 6 | UInt32(value)
            bitsCount += 6
            if bitsCount >= 8 {
                bitsCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> bitsCount))
                bits &= (1 << bitsCount) - 1
            }
        }
        // A single character left over carries six bits, canonical endings two or four zero ones.
        guard bitsCount < 6, bits == 0 else { return nil }
        return bytes
    }
}
