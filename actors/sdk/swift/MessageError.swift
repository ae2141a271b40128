/// Why bytes are not the MessagePack value that was expected, and where in them.
public struct MessageError: Error {
    public enum Problem: Sendable {
        /// The bytes end before the value does.
        case truncated
        case expected(StaticString)
        /// An integer that does not fit the field.
        case outOfRange
        case notUTF8
        case missingField(StaticString)
        /// Bytes after the value.
        case trailing
        /// Marked as another encoding than MessagePack.
        case otherEncoding
    }

    public let problem: Problem
    /// Bytes from the start of the message.
    public let offset: Int

    public var text: Text {
        let what: Text =
            switch problem {
            case .truncated: "it ends too early"
            case .expected(let what): ("expected " as Text) + Text(stringLiteral: what)
            case .outOfRange: "the integer is out of range"
            case .notUTF8: "the text is not UTF-8"
            case .missingField(let name): ("there is no field " as Text) + Text(stringLiteral: name)
            case .trailing: "it should end here"
            case .otherEncoding: "it is not MessagePack"
            }
        return what + " (at byte " + Text(Int64(offset)) + ")"
    }
}
