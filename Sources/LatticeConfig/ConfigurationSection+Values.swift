extension ConfigurationSection {
    public mutating func integer(_ key: String, default: Int, in range: ClosedRange<Int>) -> Int {
        value(key, default: `default`, wanted: "a whole number from \(range.lowerBound) to \(range.upperBound)") {
            text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// Like `integer`, for what may be more than an `Int` holds.
    public mutating func count(_ key: String, default: UInt64, in range: ClosedRange<UInt64>) -> UInt64 {
        value(key, default: `default`, wanted: "a whole number from \(range.lowerBound) to \(range.upperBound)") {
            text in
            UInt64(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// Whole seconds; the key says so in its name.
    public mutating func seconds(_ key: String, default: Int, in range: ClosedRange<Int>) -> Duration {
        .seconds(integer(key, default: `default`, in: range))
    }

    /// Whole milliseconds; the key says so in its name.
    public mutating func milliseconds(_ key: String, default: Int, in range: ClosedRange<Int>) -> Duration {
        .milliseconds(integer(key, default: `default`, in: range))
    }

    public mutating func size(_ key: String, default: ByteSize, in range: ClosedRange<ByteSize>) -> ByteSize {
        let wanted = "a size from \(range.lowerBound) to \(range.upperBound), such as '64 MiB',"
        return value(key, default: `default`, wanted: wanted) { text in
            ByteSize(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    public mutating func flag(_ key: String, default: Bool) -> Bool {
        value(key, default: `default`, wanted: "true or false") { text in
            switch text {
            case "true": true
            case "false": false
            default: nil
            }
        }
    }

    /// One of the words of an enumeration.
    public mutating func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ key: String, default: Choice
    ) -> Choice {
        let words = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        return value(key, default: `default`, wanted: "one of \(words)") { Choice(rawValue: $0) }
    }

    /// Text that need not be there; nil when it is not, or empty.
    public mutating func text(_ key: String, shortName: String? = nil, wanted: String = "a text") -> String? {
        value(key, shortName: shortName, default: nil, wanted: wanted) { text -> String?? in
            text.utf8.contains { $0 < 0x20 || $0 == 0x7F } ? .none : .some(text.isEmpty ? nil : text)
        }
    }

    /// A name that may become a token of a subject or part of a bucket's name.
    public mutating func name(_ key: String, shortName: String? = nil, default: String) -> String {
        value(key, shortName: shortName, default: `default`, wanted: "1 to 64 letters, digits, '-' or '_'") { text in
            ConfigurationSection.isName(text) ? text : nil
        }
    }

    /// Public keys of one kind, told by their first letter. Whether they are sound is for those who use them to find
    /// out.
    public mutating func publicKeys(_ key: String, kinds: Set<Character>) -> [String] {
        let wanted = ConfigurationSection.wantedKey(kinds)
        return list(key, wanted: wanted) { ConfigurationSection.isPublicKey($0, kinds: kinds) ? $0 : nil }
    }

    public mutating func publicKey(_ key: String, kinds: Set<Character>) -> String? {
        let wanted = ConfigurationSection.wantedKey(kinds)
        return value(key, default: nil, wanted: wanted) { text -> String?? in
            ConfigurationSection.isPublicKey(text, kinds: kinds) ? .some(text) : .none
        }
    }

    private static func wantedKey(_ kinds: Set<Character>) -> String {
        let letters = kinds.sorted().map { "\($0)…" }.joined(separator: " or ")
        return "a public key of 56 letters and digits (\(letters))"
    }

    static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    private static func isPublicKey(_ text: String, kinds: Set<Character>) -> Bool {
        text.utf8.count == 56 && text.first.map(kinds.contains) == true
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "2")...UInt8(ascii: "7")).contains(byte)
            }
    }
}
