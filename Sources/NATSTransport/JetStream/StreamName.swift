import LatticeBus

/// A stream and the subjects that go with it.
///
/// All parts are names that were checked when they were made, so joining them with dots makes valid subjects.
struct StreamName: Hashable, Sendable {
    let text: String
    /// What all subjects of the stream begin with, without the dot.
    private let base: String

    /// Source: protocol §9.1.
    static func metadata(_ bucket: BucketName) -> StreamName {
        StreamName(text: "KV_\(bucket)", base: "$KV.\(bucket)")
    }

    /// Source: protocol §4.6.
    static func objects(_ bucket: BucketName) -> StreamName {
        StreamName(text: "OBJ_\(bucket)", base: "$O.\(bucket)")
    }

    /// Every subject below `tail`.
    func pattern(_ tail: String = "") -> String { tail.isEmpty ? "\(base).>" : "\(base).\(tail).>" }

    /// One subject of this stream, as it is stored.
    func subject(_ tail: String) -> String { "\(base).\(tail)" }

    /// What follows the base in a subject that came from the stream; nil for a stranger's.
    func tail(of subject: Subject) -> String? {
        guard subject.text.hasPrefix(base + ".") else { return nil }
        return String(subject.text.dropFirst(base.count + 1))
    }
}
