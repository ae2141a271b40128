import LatticeIdentity
import LatticeProtocol

/// The grants that one account (its own) or the operator (any) took back.
/// - Source: trust rules §2.
public struct RevocationList: Hashable, Sendable {
    public let signer: AnyKey
    public let version: UInt64
    /// Ids of grants that have not expired.
    public let grants: Set<String>
    public let text: String

    public static func signed(
        by signer: AnyKeyPair, lattice: LatticeName, version: UInt64, grants: Set<String>, at now: TokenTime,
        ids: NUIDGenerator
    ) -> String {
        let claims = RevocationClaims(lattice: lattice.text, version: version, grants: grants.sorted())
        return TokenClaims(
            id: ids.next(), subject: "\(signer.publicKey)", issuedAt: now, payload: claims
        ).signed(by: signer)
    }

    /// - Parameter signer: under whose key it stands in the bucket.
    public init(verifying text: String, of signer: AnyKey, lattice: LatticeName) throws(ProofError) {
        let token = try VerifiedToken<RevocationClaims>.ofLattice(text, lattice)
        guard token.issuer == signer else { throw .signer(token.issuer, expected: "\(signer)") }
        self.signer = signer
        version = token.claims.payload.version
        grants = Set(token.claims.payload.grants)
        self.text = text
    }
}

/// All lists that are known. Never takes an older list for a newer one.
public struct Revocations: Hashable, Sendable {
    private var lists: [AnyKey: RevocationList] = [:]

    public init() {}

    /// - Returns: whether something changed.
    @discardableResult
    public mutating func adopt(_ list: RevocationList) -> Bool {
        if let known = lists[list.signer], known.version >= list.version { return false }
        lists[list.signer] = list
        return true
    }

    public func list(of signer: AnyKey) -> RevocationList? { lists[signer] }

    /// Only the lattice's own operator can take back what others granted.
    public func isRevoked(_ grant: Grant, operatorKey: OperatorKey?) -> Bool {
        if lists[grant.signer]?.grants.contains(grant.id) ?? false { return true }
        return operatorKey.flatMap { lists[AnyKey($0)] }?.grants.contains(grant.id) ?? false
    }
}

/// The `wascap` object of a list of revoked grants.
struct RevocationClaims: LatticePayload {
    var lattice: String?
    var version: UInt64
    var grants: [String]

    init(lattice: String, version: UInt64, grants: [String]) {
        self.lattice = lattice
        self.version = version
        self.grants = grants
    }

    init(_ object: JSONObject) throws(JSONFieldError) {
        lattice = try object.string("lattice")
        version = try object.required("version") { key throws(JSONFieldError) in try object.integer(key) }
        grants = try object.strings("grants") ?? []
    }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("lattice", ifPresent: lattice)
        writer.member("version", version)
        writer.member("grants", grants)
    }
}
