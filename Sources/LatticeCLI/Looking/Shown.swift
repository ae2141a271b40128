import LatticeIdentity

/// How tables show what would make them too wide. JSON, errors and commands to paste always have it whole.
enum Shown {
    /// The beginning of a key: enough to be typed for the whole one.
    static func key(_ key: some CustomStringConvertible) -> String { String("\(key)".prefix(8)) }

    static func keyText(_ text: String) -> String { String(text.prefix(8)) }

    /// The short name of a contract, if it has one.
    static func contract(_ id: String) -> String { ContractArgument.shortName(of: id) ?? id }

    static func pairs(_ map: [String: String]) -> String {
        map.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    static func object(_ map: [String: String]) -> JSONValue {
        .object(JSONObject(map.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }

    static func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

    static func number(_ number: some FixedWidthInteger) -> JSONValue { .number(JSONNumber(number)) }

    /// `3d 4h`, the two largest units.
    static func span(seconds: UInt64) -> String {
        let parts = [
            (seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s"),
        ]
        let shown = parts.drop { $0.0 == 0 }.prefix(2).filter { $0.0 > 0 }
        return shown.isEmpty ? "0s" : shown.map { "\($0.0)\($0.1)" }.joined(separator: " ")
    }
}
