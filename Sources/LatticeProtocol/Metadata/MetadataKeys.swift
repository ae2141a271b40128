import LatticeBus
import LatticeIdentity

/// What a key of the bucket `LATTICEDATA_{lattice}` stands for.
/// - Source: lattice protocol §9.2.
public enum LatticeDataKey: Hashable, Sendable {
    /// `LINKDEF_{id}` → `LinkDefinition`
    case link(LinkID)
    /// `CLAIMS_{public key}` → `ClaimsEntry`
    case claims(AnyKey)
    /// `REFMAP_{base64url of the reference}` → `ReferenceEntry`
    case reference(String)

    private static let linkPrefix = "LINKDEF_"
    private static let claimsPrefix = "CLAIMS_"
    private static let referencePrefix = "REFMAP_"

    /// Nil for keys that others have put there.
    public init?(_ key: MetadataKey) {
        if let rest = key.text.rest(behind: Self.linkPrefix) {
            guard let id = try? LinkID(rest) else { return nil }
            self = .link(id)
        } else if let rest = key.text.rest(behind: Self.claimsPrefix) {
            guard let subject = try? AnyKey(rest) else { return nil }
            self = .claims(subject)
        } else if let rest = key.text.rest(behind: Self.referencePrefix) {
            guard let bytes = Base64.url.decode(rest.utf8), let text = String(validating: bytes, as: UTF8.self) else {
                return nil
            }
            self = .reference(text)
        } else {
            return nil
        }
    }

    /// - Throws: for a reference that is too long for a key.
    public func metadataKey() throws(MetadataKeyError) -> MetadataKey {
        switch self {
        case .link(let id): try MetadataKey(Self.linkPrefix + "\(id)")
        case .claims(let subject): try MetadataKey(Self.claimsPrefix + "\(subject)")
        case .reference(let text): try MetadataKey(Self.referencePrefix + Base64.url.encode(Array(text.utf8)))
        }
    }
}

/// Which key an artifact's reference stood for when somebody started it.
public struct ReferenceEntry: JSONBody, Hashable {
    public var reference: String
    public var key: AnyKey

    public init(reference: String, key: AnyKey) {
        self.reference = reference
        self.key = key
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        reference = try fields.required("oci_url", fields.string("oci_url"))
        let text = try fields.required("public_key", fields.string("public_key"))
        do { key = try AnyKey(text) } catch { throw .key(field: "public_key", error) }
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("oci_url", reference)
            writer.member("public_key", key)
        }
    }
}

extension String {
    /// What follows the prefix; nil when it doesn't stand there. Byte for byte.
    package func rest(behind prefix: String) -> String? {
        utf8.starts(with: prefix.utf8) ? String(decoding: utf8.dropFirst(prefix.utf8.count), as: UTF8.self) : nil
    }
}
