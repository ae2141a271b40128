import LatticeIdentity
import LatticeProtocol

/// What is known of an actor's claims. Where they come from decides whether they count.
public struct ActorRecord: Hashable, Sendable {
    public let key: ModuleKey
    public let issuer: AnyKey
    public let name: String?
    /// Never one with a `:`, which would stand in the way of a contract.
    public let callAlias: CallAlias?
    public let capabilities: Set<String>
    public let expires: TokenTime?
    public let notBefore: TokenTime?

    /// - Parameter text: the actor's own token, from its module or from the trust bucket.
    /// - Throws: when its issuer did not sign it, or it is about another actor.
    public init(verifying text: String, of key: ModuleKey) throws(ProofError) {
        let token: VerifiedToken<ActorClaims>
        do { token = try ReceivedToken<ActorClaims>(text).verified() } catch { throw .token(error) }
        guard token.claims.subject == "\(key)" else {
            throw .subject(token.claims.subject, expected: "the actor \(key)")
        }
        self.init(key, token.issuer, token.claims)
    }

    /// Of a module that was checked.
    public init(_ module: VerifiedModule) { self.init(module.key, module.issuer, module.claims) }

    /// Of the classic bucket, where anybody may have written it: for the classic profile only. Nil for a provider's entry,
    /// and for an issuer that is no key.
    public init?(classic entry: ClaimsEntry) {
        guard case .actor(let key) = entry.subject, let issuer = try? AnyKey(entry.issuer) else { return nil }
        self.key = key
        self.issuer = issuer
        name = entry.name.isEmpty ? nil : entry.name
        callAlias = CallAlias(signed: entry.callAlias).flatMap(Self.usable)
        capabilities = Set(entry.capabilities)
        expires = nil
        notBefore = nil
    }

    private init(_ key: ModuleKey, _ issuer: AnyKey, _ claims: TokenClaims<ActorClaims>) {
        self.key = key
        self.issuer = issuer
        name = claims.payload.name
        callAlias = claims.payload.callAlias.flatMap(Self.usable)
        capabilities = Set(claims.payload.capabilities ?? [])
        expires = claims.expires
        notBefore = claims.notBefore
    }

    private static func usable(_ alias: CallAlias) -> CallAlias? {
        alias.description.utf8.contains(UInt8(ascii: ":")) ? nil : alias
    }

    public func names(_ contract: ContractID) -> Bool { capabilities.contains(contract.text) }

    /// Whether the actor counts now at all.
    /// - Throws: `untrusted-issuer`, `expired` or `not-yet-valid`.
    public func check(_ basis: TrustBasis, at now: TokenTime) throws(Refusal) {
        let facts = RefusalFacts(actor: key, issuer: issuer)
        guard basis.trustsIssuer(issuer) else {
            throw Refusal(.untrustedIssuer, "actor \(key) is signed by \(issuer), whom nobody here trusts", facts)
        }
        if let expires, expires < now {
            throw Refusal(
                .expired, "the claims of actor \(key) expired at \(expires), \(expires.relative(to: now))", facts)
        }
        if let notBefore, now < notBefore {
            throw Refusal(
                .notYetValid,
                "the claims of actor \(key) are not valid before \(notBefore), \(notBefore.relative(to: now))", facts)
        }
    }

    /// Contract ids for a remedy: what can't be one is left out.
    var contracts: [ContractID] { capabilities.sorted().compactMap { try? ContractID($0) } }
}
