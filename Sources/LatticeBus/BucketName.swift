/// The name of a metadata or object bucket: 1–128 of `A–Z a–z 0–9 _ -`.
public struct BucketName: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public init(_ text: String) throws(BucketNameError) {
        guard (1...128).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed) else {
            throw BucketNameError(text: text)
        }
        self.text = text
    }

    /// For text made of checked parts.
    package init(checked text: String) { self.text = text }

    public var description: String { text }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

public struct BucketNameError: Error, Equatable, CustomStringConvertible {
    public let text: String

    public var description: String { "'\(text)' is no bucket name: 1 to 128 letters, digits, '_' or '-'" }
}
