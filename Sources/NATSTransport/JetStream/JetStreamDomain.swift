import LatticeBus

/// Names the JetStream of another cluster, such as the hub behind a leaf node. One token of a subject.
public struct JetStreamDomain: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    public init(_ text: String) throws(SubjectError) {
        self.text = try Subject(tokens: [text]).text
    }

    public var description: String { text }
}
