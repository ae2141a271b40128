import LatticeIdentity

/// Names one call, in its messages, in events and to `lattice why`. Writers have several styles; it is also the name of an
/// object when the payload is large, so only 1–128 of `A–Z a–z 0–9 _ -` are taken.
public struct InvocationID: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public init(_ text: String) throws(NameError) {
        try PlainName.check(text, .invocation, lengthMax: 128)
        self.text = text
    }

    /// 22 characters that no other generator makes.
    public init(from generator: NUIDGenerator) { text = generator.next() }

    public var description: String { text }
}
