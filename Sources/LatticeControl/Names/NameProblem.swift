import LatticeIdentity

/// Why a word does not stand for exactly one thing of the lattice.
public enum NameProblem: Error, Hashable, CustomStringConvertible {
    case unknown(String, NKeyKind)
    /// A key of another kind.
    case wrongKind(AnyKey, expected: NKeyKind)
    /// Every key that it could be, in full, and what each is called.
    case ambiguous(String, [Candidate])

    public struct Candidate: Hashable, Sendable {
        public let key: AnyKey
        public let name: String?

        public init(key: AnyKey, name: String?) {
            self.key = key
            self.name = name
        }
    }

    public var description: String {
        switch self {
        case .unknown(let text, let kind): "no \(Self.word(kind)) is called '\(text.prefix(256))'"
        case .wrongKind(let key, let expected):
            "\(key) is the key of kind \(key.kind.name), where that of \(Self.article(expected)) is wanted"
        case .ambiguous(let text, let candidates):
            "'\(text)' could be "
                + candidates.map { "\($0.key)" + ($0.name.map { " (\($0))" } ?? "") }.joined(separator: " or ")
                + ": use the key"
        }
    }

    private static func word(_ kind: NKeyKind) -> String { kind == .module ? "actor" : kind.name }

    private static func article(_ kind: NKeyKind) -> String {
        let word = word(kind)
        return ("aeiou".contains(word.first ?? "x") ? "an " : "a ") + word
    }
}
