import LatticeBus
import LatticeIdentity
import LatticeProtocol

/// What a key of the bucket `LATTICETRUST_{lattice}` stands for. Every value is a token.
/// - Source: trust rules §2.
public enum TrustBucketKey: Hashable, Sendable {
    case document
    /// An actor's own claims token, unchanged.
    case claims(ModuleKey)
    /// Grants revoked by an account, or by the operator.
    case revoked(AnyKey)
    /// Certificate of a provider process.
    case process(ClusterKey)

    /// Nil for keys that others have put there.
    public init?(_ key: MetadataKey) {
        if key.text == "document" {
            self = .document
        } else if let rest = key.text.rest(behind: "claims."), let actor = try? ModuleKey(rest) {
            self = .claims(actor)
        } else if let rest = key.text.rest(behind: "revoked."), let signer = try? AnyKey(rest),
            signer.kind == .account || signer.kind == .operator
        {
            self = .revoked(signer)
        } else if let rest = key.text.rest(behind: "process."), let cluster = try? ClusterKey(rest) {
            self = .process(cluster)
        } else {
            return nil
        }
    }

    public func metadataKey() throws(MetadataKeyError) -> MetadataKey {
        switch self {
        case .document: try MetadataKey("document")
        case .claims(let actor): try MetadataKey("claims.\(actor)")
        case .revoked(let signer): try MetadataKey("revoked.\(signer)")
        case .process(let cluster): try MetadataKey("process.\(cluster)")
        }
    }
}
