import LatticeIdentity
import LatticeProtocol

/// Says for ten minutes at most what a fresh cluster key stands for: a provider process, or a client.
/// - Source: trust rules §2, §4.
public struct Certificate: Hashable, Sendable {
    public enum Holder: Hashable, Sendable {
        case provider(ProviderKey, LinkName, ProviderForm)
        /// A person or program, vouched for by an account or the operator.
        case client
    }

    /// How the provider signs.
    public enum ProviderForm: String, Hashable, Sendable {
        case strict, classic
    }

    public static let lifetimeMax = Duration.seconds(600)

    public let key: ClusterKey
    public let holder: Holder
    public let expires: TokenTime
    /// The host that certified a provider process; nil where it is known by configuration only.
    public let host: HostKey?
    /// Who signed it; it ends with the trust in that key.
    public let signer: AnyKey
    public let text: String

    /// - Parameter lifetime: at most `lifetimeMax`.
    public static func signed(
        provider: ProviderKey, _ link: LinkName, _ form: ProviderForm, key: ClusterKey, by host: ClusterKeyPair,
        lattice: LatticeName, lifetime: Duration = lifetimeMax, at now: TokenTime, ids: NUIDGenerator
    ) -> String {
        let claims = CertificateClaims(
            lattice: lattice.text, form: form.rawValue, provider: "\(provider)", link: link.text)
        return TokenClaims(
            id: ids.next(), subject: "\(key)", issuedAt: now, expires: now.advanced(by: min(lifetime, lifetimeMax)),
            payload: claims
        ).signed(by: host)
    }

    /// - Parameters:
    ///   - granter: an account or operator.
    ///   - lifetime: at most `lifetimeMax`.
    public static func signed(
        client key: ClusterKey, by granter: AnyKeyPair, lattice: LatticeName, lifetime: Duration = lifetimeMax,
        at now: TokenTime, ids: NUIDGenerator
    ) -> String {
        let claims = CertificateClaims(
            lattice: lattice.text, form: CertificateClaims.clientForm, provider: nil, link: nil)
        return TokenClaims(
            id: ids.next(), subject: "\(key)", issuedAt: now, expires: now.advanced(by: min(lifetime, lifetimeMax)),
            payload: claims
        ).signed(by: granter)
    }

    public init(verifying text: String, by basis: TrustBasis, at now: TokenTime) throws(ProofError) {
        let token = try VerifiedToken<CertificateClaims>.ofLattice(text, basis.lattice)
        expires = try token.expiry(within: Self.lifetimeMax, at: now)
        do { key = try ClusterKey(token.claims.subject) } catch {
            throw .subject(token.claims.subject, expected: "a cluster key")
        }
        signer = token.issuer
        self.text = text
        let claims = token.claims.payload
        if claims.form == CertificateClaims.clientForm {
            holder = .client
            host = nil
        } else {
            guard let form = ProviderForm(rawValue: claims.form) else {
                throw .field("form", expected: "strict, classic or client")
            }
            guard let provider = claims.provider.flatMap({ try? ProviderKey($0) }) else {
                throw .field("provider", expected: "a provider's key")
            }
            guard let link = claims.link.flatMap({ try? LinkName($0) }) else {
                throw .field("link_name", expected: "a link name")
            }
            holder = .provider(provider, link, form)
            host = basis.hostBehind(token.issuer)
        }
        try check(basis, at: now)
    }

    /// Whether its signer may still vouch for it, and its time is not over.
    func check(_ basis: TrustBasis, at now: TokenTime) throws(ProofError) {
        guard now <= expires.advanced(by: ClockTolerance.duration) else { throw .token(.expired(expires, now: now)) }
        switch holder {
        case .client:
            guard basis.trustsGranter(signer) else {
                throw .signer(signer, expected: "a trusted account or the operator")
            }
        case .provider:
            guard let cluster = try? ClusterKey(signer), basis.isEnrolled(cluster) else {
                throw .signer(signer, expected: "the cluster key of an enrolled host")
            }
        }
    }
}

extension TrustBasis {
    fileprivate func hostBehind(_ signer: AnyKey) -> HostKey? {
        guard let cluster = try? ClusterKey(signer), case .enrolled(let host) = standing(of: cluster) else {
            return nil
        }
        return host
    }
}

/// The `wascap` object of a certificate.
struct CertificateClaims: LatticePayload {
    static let clientForm = "client"

    var lattice: String?
    var form: String
    var provider: String?
    var link: String?

    init(lattice: String, form: String, provider: String?, link: String?) {
        self.lattice = lattice
        self.form = form
        self.provider = provider
        self.link = link
    }

    init(_ object: JSONObject) throws(JSONFieldError) {
        lattice = try object.string("lattice")
        form = try object.required("form", object.string)
        provider = try object.string("provider")
        link = try object.string("link_name")
    }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("lattice", ifPresent: lattice)
        writer.member("provider", ifPresent: provider)
        writer.member("link_name", ifPresent: link)
        writer.member("form", form)
    }
}
