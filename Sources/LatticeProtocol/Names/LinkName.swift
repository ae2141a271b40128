/// Tells the links of one actor to one contract apart, and the instances of one provider: 1–64 of `A–Z a–z 0–9 _ -`.
public struct LinkName: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public static let `default` = LinkName(checked: "default")

    public init(_ text: String) throws(NameError) {
        try PlainName.check(text, .link, lengthMax: 64)
        self.text = text
    }

    private init(checked text: String) { self.text = text }

    public var description: String { text }
}
