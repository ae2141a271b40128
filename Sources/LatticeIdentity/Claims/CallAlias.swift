/// A name that stands for an actor's key in calls from other actors. Never empty.
public struct CallAlias: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    /// Normalizes what a person typed: trimmed, in lower case, without what is not ASCII; space, `-` and `.` become
    /// `_`. Nil when nothing is left.
    /// - Source: lattice protocol §2.2.
    public init?(normalizing text: String) {
        let lowered = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        let ascii = String(lowered).lowercased().unicodeScalars.filter(\.isASCII)
        let normalized = ascii.map { " -.".unicodeScalars.contains($0) ? "_" : String($0) }.joined()
        guard !normalized.isEmpty else { return nil }
        description = normalized
    }

    /// Takes an alias as a token carries it, byte for byte. Nil for the empty string, which older writers put for none.
    public init?(signed text: String) {
        guard !text.isEmpty else { return nil }
        description = text
    }
}
