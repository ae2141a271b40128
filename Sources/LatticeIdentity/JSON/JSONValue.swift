/// A JSON value as it was read: objects keep the order of their keys, numbers the digits that were written.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// What a person calls this kind of value.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

// Not by `nil`: an optional value that is absent would turn into one that is null without anybody saying so.
extension JSONValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .number(JSONNumber(value)) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral members: (String, JSONValue)...) { self = .object(JSONObject(members)) }
}

/// A number as its digits: nothing is lost between reading and writing, whatever its size.
public struct JSONNumber: Hashable, Sendable {
    /// Follows JSON's grammar for numbers.
    public let literal: String

    /// - Parameter literal: already found to follow the grammar.
    init(checked literal: String) { self.literal = literal }

    public init(_ value: some FixedWidthInteger) { literal = "\(value)" }

    /// Nil for infinities and what is not a number: JSON has no words for them.
    public init?(_ value: Double) {
        guard value.isFinite else { return nil }
        literal = "\(value)"
    }

    /// Nil when it has a fraction or an exponent, or does not fit.
    public func integer<Integer: FixedWidthInteger>(as type: Integer.Type = Integer.self) -> Integer? {
        Integer(literal)
    }

    /// The nearest double; nil when it is beyond all of them.
    public var double: Double? { Double(literal).flatMap { $0.isFinite ? $0 : nil } }
}
