import LatticeIdentity
import LatticeProtocol

/// An account's or the operator's word that a link may exist, with exactly these values.
/// - Source: trust rules §3.
public struct Grant: Hashable, Sendable {
    /// What a link's values are allowed to do beyond their meaning to the provider; not judged here.
    public typealias Limits = JSONObject

    /// `jti`: what a revocation names.
    public let id: String
    public let link: LinkID
    public let signer: AnyKey
    public let issuedAt: TokenTime
    public let expires: TokenTime?
    public let limits: Limits?
    public let text: String

    /// The token for a link; what the link's own `grant` says does not matter.
    public static func signed(
        for link: LinkDefinition, by granter: AnyKeyPair, lattice: LatticeName, expires: TokenTime? = nil,
        limits: Limits? = nil, at now: TokenTime, ids: NUIDGenerator
    ) -> String {
        let claims = GrantClaims(
            lattice: lattice.text, actor: "\(link.actor)", provider: "\(link.provider)", contract: link.contract.text,
            link: link.link.text, valuesHash: "\(valuesHash(link.values))", limits: limits)
        return TokenClaims(
            id: ids.next(), subject: "\(link.id)", issuedAt: now, expires: expires, payload: claims
        ).signed(by: granter)
    }

    /// Everything that does not change with time or trust: form, signature, lattice, and that it is about this very link.
    public init(verifying text: String, for link: LinkDefinition, lattice: LatticeName) throws(ProofError) {
        let token = try VerifiedToken<GrantClaims>.ofLattice(text, lattice)
        let claims = token.claims.payload
        self.link = link.id
        guard token.claims.subject == "\(link.id)" else {
            throw .subject(token.claims.subject, expected: "the link \(link.id)")
        }
        guard claims.actor == "\(link.actor)" else { throw .field("actor", expected: "the link's actor \(link.actor)") }
        guard claims.provider == "\(link.provider)" else {
            throw .field("provider", expected: "the link's provider \(link.provider)")
        }
        guard claims.contract == link.contract.text else {
            throw .field("contract", expected: "the link's contract \(link.contract)")
        }
        guard claims.link == link.link.text else {
            throw .field("link_name", expected: "the link's name '\(link.link)'")
        }
        guard claims.valuesHash == "\(Self.valuesHash(link.values))" else {
            throw .field("values_hash", expected: "that of the link's values: they are not those that were granted")
        }
        guard !token.claims.id.isEmpty else { throw .field("jti", expected: "there, so it could not be revoked") }
        id = token.claims.id
        signer = token.issuer
        issuedAt = token.claims.issuedAt
        expires = token.claims.expires
        limits = claims.limits
        self.text = text
    }

    /// SHA-256 over the values in the order of their keys' bytes, each key and value with its length before it.
    public static func valuesHash(_ values: [String: String]) -> SHA256Digest {
        var bytes: [UInt8] = []
        for (key, value) in values.sortedByKeyBytes() {
            bytes.appendWithLength(key)
            bytes.appendWithLength(value)
        }
        return SHA256Digest(of: bytes)
    }
}

/// The `wascap` object of a grant.
struct GrantClaims: LatticePayload {
    var lattice: String?
    var actor: String
    var provider: String
    var contract: String
    var link: String
    var valuesHash: String
    var limits: JSONObject?

    init(
        lattice: String, actor: String, provider: String, contract: String, link: String, valuesHash: String,
        limits: JSONObject?
    ) {
        self.lattice = lattice
        self.actor = actor
        self.provider = provider
        self.contract = contract
        self.link = link
        self.valuesHash = valuesHash
        self.limits = limits
    }

    init(_ object: JSONObject) throws(JSONFieldError) {
        lattice = try object.string("lattice")
        actor = try object.required("actor", object.string)
        provider = try object.required("provider", object.string)
        contract = try object.required("contract", object.string)
        link = try object.required("link_name", object.string)
        valuesHash = try object.required("values_hash", object.string)
        limits = try object.object("limits")
    }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("lattice", ifPresent: lattice)
        writer.member("actor", actor)
        writer.member("provider", provider)
        writer.member("contract", contract)
        writer.member("link_name", link)
        writer.member("values_hash", valuesHash)
        writer.member("limits", ifPresent: limits)
    }
}
