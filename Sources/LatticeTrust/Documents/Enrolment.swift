import LatticeIdentity
import LatticeProtocol

/// A host's word that a cluster key is its own: a token of its `N` key about its `C` key, sent with its ping reply.
/// - Source: trust rules §1.
public struct Enrolment: Hashable, Sendable {
    public let host: HostKey
    public let cluster: ClusterKey

    public static func signed(
        by host: HostKeyPair, cluster: ClusterKey, lattice: LatticeName, at now: TokenTime, ids: NUIDGenerator
    ) -> String {
        TokenClaims(
            id: ids.next(), subject: "\(cluster)", issuedAt: now, payload: PlainLatticeClaims(lattice: lattice.text)
        ).signed(by: host)
    }

    /// - Parameter host: who claims to have signed it.
    public init(verifying text: String, of host: HostKey, lattice: LatticeName) throws(ProofError) {
        let token = try VerifiedToken<PlainLatticeClaims>.ofLattice(text, lattice)
        guard token.issuer == AnyKey(host) else { throw .signer(token.issuer, expected: "the host \(host)") }
        do { cluster = try ClusterKey(token.claims.subject) } catch {
            throw .subject(token.claims.subject, expected: "a cluster key")
        }
        self.host = host
    }
}

/// Says the lattice and nothing more.
struct PlainLatticeClaims: LatticePayload {
    var lattice: String?

    init(lattice: String) { self.lattice = lattice }
    init(_ object: JSONObject) throws(JSONFieldError) { lattice = try object.string("lattice") }
    func writeMembers(to writer: inout JSONWriter) { writer.member("lattice", ifPresent: lattice) }
}
