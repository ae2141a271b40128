/// Why bytes are not JSON (RFC 8259), and how many bytes stand before the place.
public struct JSONError: Error, Hashable, CustomStringConvertible {
    public enum Reason: Hashable, Sendable {
        case tooLong(limit: Int)
        case tooDeep(limit: Int)
        case unexpectedEnd
        case unexpectedByte
        case badNumber
        case badEscape
        /// Half of a surrogate pair.
        case loneSurrogate
        case controlCharacter
        case notUTF8
        /// Two readers could understand two different things.
        case duplicateKey
        case trailingBytes
    }

    public let reason: Reason
    public let offset: Int

    public var description: String { "not JSON at byte \(offset): \(sentence)" }

    private var sentence: String {
        switch reason {
        case .tooLong(let limit): "longer than the \(limit) bytes allowed here"
        case .tooDeep(let limit): "nested deeper than the \(limit) levels allowed here"
        case .unexpectedEnd: "it ends too early"
        case .unexpectedByte: "this byte can't stand here"
        case .badNumber: "this is not how a number is written"
        case .badEscape: "unknown escape"
        case .loneSurrogate: "half of a surrogate pair"
        case .controlCharacter: "a control character within a string"
        case .notUTF8: "the string is not UTF-8"
        case .duplicateKey: "this key stands twice in one object"
        case .trailingBytes: "something follows the value"
        }
    }
}
