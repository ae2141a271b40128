/// Well-formed UTF-8, compared byte by byte. Used instead of `String`, whose comparison brings 100 kB of Unicode tables
/// into a module; `String(text)` and `Text(string)` lead there and back.
public struct Text: Equatable, Sendable {
    public let utf8: Bytes

    /// - Precondition: `utf8` is well-formed.
    init(wellFormed utf8: Bytes) { self.utf8 = utf8 }

    /// - Returns: nil if the bytes are not UTF-8.
    public init?(_ utf8: Bytes) {
        guard UTF8Rules.isWellFormed(utf8, 0..<utf8.count) else { return nil }
        self.utf8 = utf8
    }

    /// Bytes of unknown origin as a text to be shown: where they are not UTF-8, what is not ASCII becomes `?`.
    public init(repairing bytes: Bytes) {
        if let text = Text(bytes) {
            self = text
            return
        }
        var writer = ByteWriter(capacity: bytes.count)
        for byte in bytes { writer.append(byte < 0x80 ? byte : UInt8(ascii: "?")) }
        self.init(wellFormed: writer.finish())
    }

    /// A number in decimal.
    public init(_ number: Int64) {
        var writer = ByteWriter(capacity: 20)
        writer.append(decimal: number)
        self.init(wellFormed: writer.finish())
    }

    public init(_ string: String) {
        var string = string
        self.init(
            wellFormed: string.withUTF8 { utf8 in
                Bytes(count: utf8.count) { target in
                    for (index, byte) in utf8.enumerated() { target[index] = byte }
                }
            })
    }

    public var isEmpty: Bool { utf8.isEmpty }

    public static func + (left: Text, right: Text) -> Text {
        var writer = ByteWriter(capacity: left.utf8.count + right.utf8.count)
        writer.append(left.utf8)
        writer.append(right.utf8)
        return Text(wellFormed: writer.finish())
    }

    public func hasPrefix(_ prefix: Text) -> Bool {
        prefix.utf8.count <= utf8.count && utf8[0..<prefix.utf8.count] == prefix.utf8
    }

    /// - Precondition: both are ASCII.
    public func replacing(_ old: Unicode.Scalar, with new: Unicode.Scalar) -> Text {
        precondition(old.isASCII && new.isASCII)
        let (old, new) = (UInt8(ascii: old), UInt8(ascii: new))
        var writer = ByteWriter(capacity: utf8.count)
        for byte in utf8 { writer.append(byte == old ? new : byte) }
        return Text(wellFormed: writer.finish())
    }

    /// Whether they are the same but for the case of ASCII letters, as in names of HTTP headers.
    public func equalsIgnoringCase(_ other: Text) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        for index in 0..<utf8.count where Self.lowercase(utf8[index]) != Self.lowercase(other.utf8[index]) {
            return false
        }
        return true
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}

extension Text: ExpressibleByStringLiteral {
    public init(stringLiteral constant: StaticString) { self.init(wellFormed: Bytes(constant)) }
}

extension String {
    public init(_ text: Text) {
        self = text.utf8.withPointer { start in
            String(decoding: UnsafeBufferPointer(start: start, count: text.utf8.count), as: UTF8.self)
        }
    }
}
