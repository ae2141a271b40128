import LatticeIdentity
import LatticeProtocol

/// A host's word, for a minute, that one of its provider processes shall end.
/// - Source: trust rules §4, "Control requests".
public enum ShutdownOrder {
    public static let lifetime = Duration.seconds(60)

    /// Goes into the field `claims` of a `ShutdownRequest`.
    /// - Parameter cluster: of the host.
    public static func signed(
        for provider: ProviderKey, _ link: LinkName, by cluster: ClusterKeyPair, lattice: LatticeName,
        at now: TokenTime, ids: NUIDGenerator
    ) -> String {
        TokenClaims(
            id: ids.next(), subject: "\(provider)", issuedAt: now, expires: now.advanced(by: lifetime),
            payload: ShutdownClaims(lattice: lattice.text, link: link.text)
        ).signed(by: cluster)
    }

    /// Whether a provider process has to obey.
    /// - Parameter host: the one that started it.
    public static func verify(
        _ text: String, for provider: ProviderKey, _ link: LinkName, of host: HostKey, by basis: TrustBasis,
        at now: TokenTime
    ) throws(ProofError) {
        let token = try VerifiedToken<ShutdownClaims>.ofLattice(text, basis.lattice)
        _ = try token.expiry(within: lifetime, at: now)
        guard token.claims.subject == "\(provider)" else {
            throw .subject(token.claims.subject, expected: "the provider \(provider)")
        }
        guard token.claims.payload.link == link.text else {
            throw .field("link_name", expected: "the provider's link name '\(link)'")
        }
        guard let cluster = try? ClusterKey(token.issuer), speaks(cluster, for: host, basis) else {
            throw .signer(token.issuer, expected: "the cluster key of the host \(host)")
        }
    }

    private static func speaks(_ cluster: ClusterKey, for host: HostKey, _ basis: TrustBasis) -> Bool {
        switch basis.standing(of: cluster) {
        case .enrolled(let found): found == host
        // Which host it is isn't known; that it is trusted is.
        case .configured: true
        case .classic, .unknown: false
        }
    }
}

/// The `wascap` object of a shutdown order.
struct ShutdownClaims: LatticePayload {
    var lattice: String?
    var link: String

    init(lattice: String, link: String) {
        self.lattice = lattice
        self.link = link
    }

    init(_ object: JSONObject) throws(JSONFieldError) {
        lattice = try object.string("lattice")
        link = try object.required("link_name", object.string)
    }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("lattice", ifPresent: lattice)
        writer.member("link_name", link)
    }
}
