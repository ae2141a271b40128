import LatticeIdentity

/// Values of settings: JSON has numbers and booleans, a link only text that says the same.
extension HTTPServerSettings.Member {
    func string() throws(HTTPSettingsError) -> String {
        guard case .string(let text) = value else { throw failure(expected: "a string") }
        return text
    }

    func integer(_ range: ClosedRange<Int>) throws(HTTPSettingsError) -> Int {
        let number: Int? =
            switch value {
            case .string(let text) where text.utf8.allSatisfy { (0x30...0x39).contains($0) }: Int(text)
            case .number(let number): number.integer(as: Int.self)
            default: nil
            }
        guard let number, range.contains(number) else {
            throw failure(expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func bool() throws(HTTPSettingsError) -> Bool {
        switch value {
        case .bool(let value): return value
        case .string(let text) where ["true", "false"].contains(text.lowercased()): return text.lowercased() == "true"
        default: throw failure(expected: "true or false")
        }
    }

    /// `100M`, `512K`, `1G`, `1024`: powers of 1000; `Ki`, `Mi`, `Gi` are powers of 1024. A `B` may follow.
    func bytesCount() throws(HTTPSettingsError) -> Int {
        if case .number = value { return try integer(0...Self.bytesCountMax) }
        let text = try string()
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        var unit = text.dropFirst(digits.count).drop { $0 == " " }.uppercased()
        if unit.hasSuffix("B") { unit.removeLast() }
        let units = [
            "": 1, "K": 1_000, "M": 1_000_000, "G": 1_000_000_000, "KI": 1 << 10, "MI": 1 << 20, "GI": 1 << 30,
        ]
        guard let factor = units[unit], let count = Int(digits),
            case (let bytesCount, false) = count.multipliedReportingOverflow(by: factor),
            bytesCount <= Self.bytesCountMax
        else { throw failure(expected: "a size up to 4G, such as 100M") }
        return bytesCount
    }

    private static let bytesCountMax = 4_000_000_000

    /// Text that may stand in a header field.
    func fieldValue() throws(HTTPSettingsError) -> String {
        let text = try string()
        guard ResponseEncoder.isFieldValue(text) else { throw failure(expected: "the value of a header field") }
        return text
    }

    func fieldValues() throws(HTTPSettingsError) -> [String] {
        guard case .array(let values) = value else { throw failure(expected: "a list of strings") }
        var texts: [String] = []
        for element in values {
            texts.append(try HTTPServerSettings.Member(key: key, name: name, value: element).fieldValue())
        }
        return texts
    }
}

extension CORSPolicy {
    /// - Parameters:
    ///   - member: a JSON object, or the text of one.
    ///   - ignoredKeys: gets the keys that mean nothing here.
    init(_ member: HTTPServerSettings.Member, ignoredKeys: inout [String]) throws(HTTPSettingsError) {
        self.init()
        var value = member.value
        if case .string(let text) = value {
            guard let parsed = try? JSONValue(parsing: Array(text.utf8)) else {
                throw member.failure(expected: "a JSON object")
            }
            value = parsed
        }
        guard case .object(let object) = value else { throw member.failure(expected: "a JSON object") }
        for found in object.members where found.value != .null {
            let inner = HTTPServerSettings.Member(
                key: HTTPFields.lowercase(found.key), name: "\(member.name).\(found.key)", value: found.value)
            switch inner.key {
            case "allowed_origins":
                let list = try inner.fieldValues()
                origins = list.isEmpty || list.contains("*") ? .any : .only(list)
            case "allowed_headers": allowedHeaders = try inner.fieldValues().map(HTTPFields.lowercase)
            case "allowed_methods": allowedMethods = try inner.fieldValues().map { $0.uppercased() }
            case "exposed_headers": exposedHeaders = try inner.fieldValues()
            case "max_age_secs": maxAgeSeconds = try inner.integer(0...31_536_000)
            default: ignoredKeys.append(inner.name)
            }
        }
    }
}
