/// Why a text is not the key it should be. Never carries a character of the text, which may be a secret.
public enum NKeyError: Error, Hashable, CustomStringConvertible {
    /// A public key has 56 characters, a seed 58.
    case length(Int, expected: Int)
    /// A character outside `A–Z2–7` after `position` good ones. Lower case is outside.
    case alphabet(position: Int)
    /// Bits are set that belong to no byte: another text already means these bytes.
    case notCanonical
    case checksum
    /// The first byte belongs to no kind of key that is known here.
    case unknownPrefix(UInt8)
    /// Right length and checksum, but the first byte does not mark a seed.
    case notASeed
    case wrongKind(found: NKeyKind, expected: NKeyKind)

    public var description: String {
        switch self {
        case .length(let length, let expected): "a key of \(length) characters where \(expected) are expected"
        case .alphabet(let position): "character \(position + 1) of the key is not one of A–Z and 2–7"
        case .notCanonical: "the last character of the key carries bits that mean nothing"
        case .checksum: "the key's checksum is wrong: a character is mistyped or missing"
        case .unknownPrefix(let prefix): "no kind of key starts with byte \(prefix)"
        case .notASeed: "the text is not a seed"
        case .wrongKind(let found, let expected):
            "the key of kind \(found.name) (\(found.letter)…) stands where one of kind "
                + "\(expected.name) (\(expected.letter)…) is expected"
        }
    }
}
