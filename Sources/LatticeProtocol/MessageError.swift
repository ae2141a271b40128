import LatticeIdentity

/// Why bytes are not the message that was expected: what is wrong, and where.
public enum MessageError: Error, Hashable, CustomStringConvertible {
    case json(JSONError)
    case notAnObject(found: String)
    case field(JSONFieldError)
    case key(field: String, NKeyError)
    case name(field: String, NameError)
    case messagePack(MessagePackError)
    /// A line of host data that is not padded base 64.
    case base64

    public var description: String {
        switch self {
        case .json(let error): error.description
        case .notAnObject(let found): "\(found) where a JSON object is expected"
        case .field(let error): error.description
        case .key(let field, let error): "'\(field)' is no usable key: \(error)"
        case .name(let field, let error): "'\(field)': \(error)"
        case .messagePack(let error): error.description
        case .base64: "the line is not padded base 64"
        }
    }
}
