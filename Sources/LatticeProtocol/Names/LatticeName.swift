/// The name of a lattice: 1–64 of `A–Z a–z 0–9 _ -`, as it becomes a subject's token and part of a bucket's name.
public struct LatticeName: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public static let `default` = LatticeName(checked: "default")

    public init(_ text: String) throws(NameError) {
        try PlainName.check(text, .lattice, lengthMax: 64)
        self.text = text
    }

    private init(checked text: String) { self.text = text }

    public var description: String { text }
}
