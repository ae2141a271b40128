/// Why a text is not the name it should be.
public struct NameError: Error, Hashable, CustomStringConvertible {
    public enum Kind: String, Hashable, Sendable {
        case lattice = "lattice name"
        case link = "link name"
        case contract = "contract id"
        case invocation = "invocation id"
        case linkID = "link id"
        case reference
    }

    public let kind: Kind
    public let text: String

    /// At most 80 characters of the text are shown.
    public var description: String { "'\(text.prefix(80))' is no \(kind.rawValue): \(rule)" }

    private var rule: String {
        switch kind {
        case .lattice, .link: "1 to 64 letters, digits, '_' or '-'"
        case .contract: "1 to 256 characters with a ':' and without white space, commas or control characters"
        case .invocation: "1 to 128 letters, digits, '_' or '-'"
        case .reference: "1 to 1024 bytes without control characters"
        case .linkID: "64 upper-case hexadecimal digits"
        }
    }
}

/// The characters that can be a token of a subject, a part of a bucket's name and of a key.
enum PlainName {
    static func check(_ text: String, _ kind: NameError.Kind, lengthMax: Int) throws(NameError) {
        let bytes = text.utf8
        guard (1...lengthMax).contains(bytes.count), bytes.allSatisfy(isPlain) else {
            throw NameError(kind: kind, text: text)
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
