/// Where an artifact comes from, as a person wrote it: an OCI reference, `lattice://sha256/HEX`, `file://…`, the name of a
/// bundled provider. Unjudged, 1–1,024 bytes.
public struct ArtifactReference: Hashable, Sendable, CustomStringConvertible {
    public static let bytesMax = 1_024

    public let text: String

    public init(_ text: String) throws(NameError) {
        guard (1...Self.bytesMax).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw NameError(kind: .reference, text: text)
        }
        self.text = text
    }

    init(checked text: String) { self.text = text }

    public var description: String { text }
}
