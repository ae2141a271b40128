/// The members of a JSON object, in order, each key once.
/// Looking one up goes through them all: meant for objects of a few dozen members.
public struct JSONObject: Hashable, Sendable {
    public struct Member: Hashable, Sendable {
        public let key: String
        public var value: JSONValue
    }

    public private(set) var members: [Member] = []

    public init() {}

    /// Of several members with one key the last one counts.
    public init(_ members: some Sequence<(String, JSONValue)>) {
        for (key, value) in members { self[key] = value }
    }

    /// - Parameter members: already found to have different keys.
    init(distinct members: [Member]) { self.members = members }

    /// Setting nil takes the member away; a new key goes to the end.
    public subscript(key: String) -> JSONValue? {
        get { index(of: key).map { members[$0].value } }
        set {
            switch (index(of: key), newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    // Byte for byte: `==` alone takes U+212A for the letter K, but where it says no it is right, and quicker.
    private func index(of key: String) -> Int? {
        members.firstIndex { $0.key == key && $0.key.hasBytes(of: key) }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// In the order of the literal; of several members with one key the last one counts.
    public init(dictionaryLiteral members: (String, JSONValue)...) { self.init(members) }
}
