/// Header fields in the order in which they came; their names are lower case.
public struct HTTPFields: Sendable, Equatable {
    public struct Field: Sendable, Equatable {
        public let name: String
        public let value: String
    }

    public private(set) var fields: [Field] = []

    public init() {}

    /// The form that the contract carries: name → values.
    public init(_ grouped: some Sequence<(key: String, value: [String])>) {
        for (name, values) in grouped {
            for value in values { append(name, value) }
        }
    }

    public mutating func reserveCapacity(_ count: Int) { fields.reserveCapacity(count) }

    /// - Parameter name: in any case.
    public mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: Self.lowercase(name), value: value))
    }

    /// - Parameter name: lower case.
    public func first(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// - Parameter name: lower case.
    public func contains(_ name: String) -> Bool { fields.contains { $0.name == name } }

    /// - Parameter name: lower case.
    public func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    /// Each name once, in the order of its first field, with its values in order.
    public var grouped: [(name: String, values: [String])] {
        var groups: [(name: String, values: [String])] = []
        groups.reserveCapacity(fields.count)
        var indices: [String: Int] = [:]
        for field in fields {
            if let index = indices[field.name] {
                groups[index].values.append(field.value)
            } else {
                indices[field.name] = groups.count
                groups.append((field.name, [field.value]))
            }
        }
        return groups
    }

    /// ASCII only, as the grammar of names is; most names come in lower case or are too short to need memory.
    static func lowercase(_ name: String) -> String {
        name.utf8.contains { (0x41...0x5A).contains($0) } ? name.lowercased() : name
    }
}

extension HTTPFields: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral fields: (String, String)...) {
        for (name, value) in fields { append(name, value) }
    }
}
