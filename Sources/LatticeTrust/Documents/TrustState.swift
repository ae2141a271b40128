import LatticeIdentity
import LatticeProtocol

/// What one host holds of the trust document: which one it goes by, and the highest version it ever saw, which it keeps on
/// disk so that nobody can take it back to an older one.
public struct TrustState: Hashable, Sendable {
    public let operatorKey: OperatorKey
    public let lattice: LatticeName
    public private(set) var document: TrustDocument?
    public private(set) var highestVersion: UInt64

    public init(operatorKey: OperatorKey, lattice: LatticeName, highestVersion: UInt64 = 0) {
        self.operatorKey = operatorKey
        self.lattice = lattice
        self.highestVersion = highestVersion
    }

    /// What the bucket's document means for this host.
    public enum Change: Hashable, Sendable {
        /// It counts from now on.
        /// - Parameters: who is trusted no more.
        case adopted(TrustDocument, removedIssuers: Set<AccountKey>, removedClusters: Set<ClusterKey>)
        /// It is the one that counts already.
        case unchanged
        /// The bucket has an older one, or another one of this version: an enrolled host writes its own back.
        case outdated(found: UInt64)
        /// The bucket has none. An enrolled host writes its own back.
        case absent
        case refused(ProofError)
    }

    /// - Parameter text: what the bucket holds under `document`, if anything.
    public mutating func consider(_ text: String?) -> Change {
        guard let text else { return .absent }
        if text == document?.text { return .unchanged }
        let found: TrustDocument
        do throws(ProofError) {
            found = try TrustDocument(verifying: text, operatorKey: operatorKey, lattice: lattice)
        } catch { return .refused(error) }
        guard found.version > highestVersion else { return .outdated(found: found.version) }
        return adopt(found)
    }

    /// Takes back what this host itself stored, at its start: the highest version that it saw is allowed here.
    public mutating func restore(_ text: String) -> Change {
        let found: TrustDocument
        do throws(ProofError) {
            found = try TrustDocument(verifying: text, operatorKey: operatorKey, lattice: lattice)
        } catch { return .refused(error) }
        guard found.version >= highestVersion else { return .outdated(found: found.version) }
        return adopt(found)
    }

    private mutating func adopt(_ found: TrustDocument) -> Change {
        let before = document
        document = found
        highestVersion = found.version
        let issuersBefore = Set((before?.issuers ?? []) + (before?.accounts ?? []))
        let clustersBefore = Set((before?.clusters ?? []).map(\.key))
        return .adopted(
            found, removedIssuers: issuersBefore.subtracting(found.issuers + found.accounts),
            removedClusters: clustersBefore.subtracting(found.clusters.map(\.key)))
    }
}
