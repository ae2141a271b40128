import LatticeIdentity

/// Why bytes are not the MessagePack that a reader wants, and how many bytes stand before the place.
public struct MessagePackError: Error, Hashable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        /// Something declares more bytes, elements or members than there are bytes left.
        case truncated
        case trailingBytes
        /// 0xC1, which means nothing.
        case reservedByte
        case wrongType(found: MessagePackKind, expected: MessagePackKind)
        /// An integer that does not fit where it stands.
        case integerOutOfRange
        /// An array that stands for bytes holds something else.
        case notAByte
        case notUTF8
        case missing(field: String)
        /// Two readers could understand two different things.
        case duplicate(field: String)
        case name(field: String, NameError)
        case key(field: String, NKeyError)
        case tooDeep(limit: Int)
        case tooManyValues(limit: Int)
        case tooLong(limit: Int)
    }

    public let reason: Reason
    public let offset: Int

    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    public var description: String { "not the expected MessagePack at byte \(offset): \(sentence)" }

    private var sentence: String {
        switch reason {
        case .truncated: "it ends too early"
        case .trailingBytes: "something follows the value"
        case .reservedByte: "0xC1 means nothing"
        case .wrongType(let found, let expected): "\(found.words) where \(expected.words) is expected"
        case .integerOutOfRange: "the integer is out of range"
        case .notAByte: "an array that stands for bytes holds something else than 0 to 255"
        case .notUTF8: "the string is not UTF-8"
        case .missing(let field): "'\(field)' is missing"
        case .duplicate(let field): "'\(field)' stands there twice"
        case .name(let field, let error): "'\(field)': \(error)"
        case .key(let field, let error): "'\(field)' is no usable key: \(error)"
        case .tooDeep(let limit): "nested deeper than the \(limit) levels allowed here"
        case .tooManyValues(let limit): "more than the \(limit) values allowed here"
        case .tooLong(let limit): "longer than the \(limit) bytes allowed here"
        }
    }
}

/// What a value is, as its first byte tells.
public enum MessagePackKind: Hashable, Sendable {
    case null, boolean, integer, float, string, binary, array, map, `extension`

    /// What a person calls it.
    var words: String {
        switch self {
        case .null: "nil"
        case .boolean: "a boolean"
        case .integer: "an integer"
        case .float: "a float"
        case .string: "a string"
        case .binary: "bytes"
        case .array: "an array"
        case .map: "a map"
        case .extension: "an extension"
        }
    }
}
