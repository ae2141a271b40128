import ArgumentParser

/// The name under which a key is kept: 1 to 64 characters, none of them a control character.
struct KeyName: Hashable, Comparable, ExpressibleByArgument, CustomStringConvertible {
    let description: String

    static let charactersMax = 64

    /// What a key is called when nobody says otherwise.
    static let unnamed = KeyName(checked: "default")

    private init(checked text: String) { description = text }

    init?(argument: String) { self.init(argument) }

    init?(_ text: String) {
        let controls = text.unicodeScalars.contains { $0.properties.generalCategory == .control }
        guard (1...Self.charactersMax).contains(text.unicodeScalars.count), !controls, text == text.trimmed else {
            return nil
        }
        description = text
    }

    static func < (one: KeyName, other: KeyName) -> Bool { one.description < other.description }

    /// A safe name for a file: letters, digits, space, `-` and `_` stay, any other byte becomes `%` and two digits.
    var fileStem: String {
        let digits = Array("0123456789ABCDEF")
        return description.utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            if byte < 0x80, character.isLetter || character.isNumber || " -_".contains(character) {
                return String(character)
            }
            return "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }.joined()
    }

    /// Nil for what `fileStem` never gives.
    init?(fileStem: some StringProtocol) {
        var bytes: [UInt8] = []
        var rest = Array(fileStem.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            rest = rest.dropFirst(2)
            bytes.append(value)
        }
        guard let text = String(validating: bytes, as: UTF8.self), let name = KeyName(text),
            name.fileStem == fileStem
        else { return nil }
        self = name
    }
}
