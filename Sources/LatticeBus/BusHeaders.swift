/// Names and values that travel beside a payload. Names keep their case and may occur more than once.
///
/// Anything can be put in; a bus refuses on sending what cannot travel (`firstUnsendableName`).
public struct BusHeaders: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    public struct Field: Hashable, Sendable {
        public let name: String
        public let value: String
    }

    public private(set) var fields: [Field] = []

    public init() {}

    public init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { append(name, value) }
    }

    public var isEmpty: Bool { fields.isEmpty }

    /// Adds a value beside those that the name already has. Spaces around the value are dropped: the wire does not keep
    /// them.
    public mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: Self.trimmed(value)))
    }

    /// The first value under exactly this name; setting replaces all of them, and nil takes them away.
    public subscript(name: String) -> String? {
        get { fields.first { $0.name == name }?.value }
        set {
            fields.removeAll { $0.name == name }
            if let newValue { append(name, newValue) }
        }
    }

    public func values(_ name: String) -> [String] {
        fields.filter { $0.name == name }.map(\.value)
    }

    /// The first name that is empty, holds a colon, a space or a control character, or whose value is empty or holds a
    /// control character other than a tab: it would end the field early and let its author write fields of his own, or
    /// be read together with the next one.
    public var firstUnsendableName: String? {
        fields.first { field in
            let name = field.name.utf8
            return name.isEmpty || name.contains { $0 <= 0x20 || $0 == 0x7F || $0 == UInt8(ascii: ":") }
                || field.value.isEmpty || field.value.utf8.contains { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }
        }?.name
    }

    private static func trimmed(_ value: String) -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard value.first.map(isSpace) == true || value.last.map(isSpace) == true else { return value }
        var rest = value[...].drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return String(rest)
    }
}
