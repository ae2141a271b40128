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
        let wholeGroups = bytes.count / 3
        let rest = bytes.count - wholeGroups * 3
        let start = text.count
        let lastCount = rest == 0 ? 0 : isPadded ? 4 : rest + 1
        text.append(contentsOf: repeatElement(Self.padding, count: wholeGroups * 4 + lastCount))
        // Each invocation passes about 700 bytes through here; checked subscripts cost a microsecond of it.
        // Safety: `text` was just lengthened to hold all groups, and no index into the alphabet is above 63.
        text.withUnsafeMutableBufferPointer { text in
            alphabet.withUnsafeBufferPointer { alphabet in
                var output = text.baseAddress.map { $0 + start }
                func write(_ group: UInt32, characters: Int) {
                    for place in 0..<characters { output?[place] = alphabet[Int(group >> UInt32(18 - 6 * place) & 63)] }
                    output = output.map { $0 + characters }
                }
                bytes.withUnsafeBufferPointer { bytes in
                    for index in stride(from: 0, to: wholeGroups * 3, by: 3) {
                        let pair = UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8
                        write(pair | UInt32(bytes[index + 2]), characters: 4)
                    }
                    guard rest > 0 else { return }
                    let second = rest == 2 ? UInt32(bytes[bytes.count - 1]) : 0
                    write(UInt32(bytes[wholeGroups * 3]) << 16 | second << 8, characters: rest + 1)
                }
            }
        }
    }

    /// Nil for anything but canonical text.
    public func decode(_ text: some BidirectionalCollection<UInt8>) -> [UInt8]? {
        if let bytes = text.withContiguousStorageIfAvailable(decode(contiguous:)) { return bytes }
        return Array(text).withUnsafeBufferPointer(decode(contiguous:))
    }

    private func decode(contiguous text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var count = text.count
        if isPadded {
            guard count.isMultiple(of: 4) else { return nil }
            for _ in 0..<2 where count > 0 && text[count - 1] == Self.padding { count -= 1 }
        }
        let rest = count % 4
        // A single character left over carries six bits, which is no byte.
        guard rest != 1 else { return nil }
        // Gathers the bits of all values: bit 7 is set by a character that is outside the alphabet.
        var seen: UInt8 = 0
        var strayBits: UInt32 = 0
        // Safety: every group of four characters writes three bytes, the rest one or two, as the capacity says.
        let bytes = [UInt8](unsafeUninitializedCapacity: count * 3 / 4) { output, written in
            values.withUnsafeBufferPointer { values in
                func value(_ index: Int) -> UInt32 {
                    let value = values[Int(text[index])]
                    seen |= value
                    return UInt32(value & 63)
                }
                func write(_ byte: UInt32) {
                    output[written] = UInt8(truncatingIfNeeded: byte)
                    written += 1
                }
                for index in stride(from: 0, to: count - rest, by: 4) {
                    let group = value(index) << 18 | value(index + 1) << 12 | value(index + 2) << 6 | value(index + 3)
                    write(group >> 16)
                    write(group >> 8)
                    write(group)
                }
                guard rest > 0 else { return }
                let start = count - rest
                let group = value(start) << 18 | value(start + 1) << 12 | (rest == 3 ? value(start + 2) << 6 : 0)
                write(group >> 16)
                if rest == 3 { write(group >> 8) }
                strayBits = group & (rest == 3 ? 0xFF : 0xFFFF)
            }
        }
        return seen < 0x80 && strayBits == 0 ? bytes : nil
    }
}
