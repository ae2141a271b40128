/// Why an object is not of the shape that a reader wants.
public enum JSONFieldError: Error, Hashable, CustomStringConvertible {
    case missing(key: String)
    /// - Parameter expected: such as `a string`.
    case wrongType(key: String, found: String, expected: String)

    public var description: String {
        switch self {
        case .missing(let key): "'\(key)' is missing"
        case .wrongType(let key, let found, let expected): "'\(key)' is \(found) where \(expected) is expected"
        }
    }
}

/// Typed members. A member that is absent or null is nil everywhere; one of another type is always an error.
extension JSONObject {
    public func string(_ key: String) throws(JSONFieldError) -> String? {
        switch self[key] {
        case nil, .null?: nil
        case .string(let text)?: text
        case let other?: throw .wrongType(key: key, found: other.kind, expected: "a string")
        }
    }

    public func bool(_ key: String) throws(JSONFieldError) -> Bool? {
        switch self[key] {
        case nil, .null?: nil
        case .bool(let value)?: value
        case let other?: throw .wrongType(key: key, found: other.kind, expected: "a boolean")
        }
    }

    /// A number with a fraction, with an exponent or out of range is of the wrong type.
    public func integer<Integer: FixedWidthInteger>(
        _ key: String, as type: Integer.Type = Integer.self
    ) throws(JSONFieldError) -> Integer? {
        switch self[key] {
        case nil, .null?: return nil
        case .number(let number)?:
            if let value = number.integer(as: type) { return value }
            throw .wrongType(
                key: key, found: "the number \(number.literal.prefix(40))",
                expected: "an integer from \(Integer.min) to \(Integer.max)")
        case let other?: throw .wrongType(key: key, found: other.kind, expected: "an integer")
        }
    }

    public func array(_ key: String) throws(JSONFieldError) -> [JSONValue]? {
        switch self[key] {
        case nil, .null?: nil
        case .array(let values)?: values
        case let other?: throw .wrongType(key: key, found: other.kind, expected: "an array")
        }
    }

    public func object(_ key: String) throws(JSONFieldError) -> JSONObject? {
        switch self[key] {
        case nil, .null?: nil
        case .object(let object)?: object
        case let other?: throw .wrongType(key: key, found: other.kind, expected: "an object")
        }
    }

    /// An array of strings; a null among them is of the wrong type.
    public func strings(_ key: String) throws(JSONFieldError) -> [String]? {
        guard let values = try array(key) else { return nil }
        var strings: [String] = []
        strings.reserveCapacity(values.count)
        for value in values {
            guard case .string(let text) = value else {
                throw .wrongType(key: key, found: "an array with \(value.kind)", expected: "an array of strings")
            }
            strings.append(text)
        }
        return strings
    }

    /// An object whose values are all strings, in its order.
    public func stringMembers(_ key: String) throws(JSONFieldError) -> [(key: String, value: String)]? {
        guard let object = try object(key) else { return nil }
        var strings: [(key: String, value: String)] = []
        strings.reserveCapacity(object.members.count)
        for member in object.members {
            guard case .string(let text) = member.value else {
                throw .wrongType(
                    key: key, found: "an object with \(member.value.kind)", expected: "an object of strings")
            }
            strings.append((member.key, text))
        }
        return strings
    }

    public func requiredString(_ key: String) throws(JSONFieldError) -> String {
        guard let text = try string(key) else { throw .missing(key: key) }
        return text
    }

    /// What a typed member gave, which has to be there: `try object.required("hash", object.string)`.
    public func required<Value>(
        _ key: String, _ member: (String) throws(JSONFieldError) -> Value?
    ) throws(JSONFieldError) -> Value {
        guard let value = try member(key) else { throw .missing(key: key) }
        return value
    }
}
