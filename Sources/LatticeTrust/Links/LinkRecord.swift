import LatticeIdentity
import LatticeProtocol

/// A link as the bucket has it, with what could be proven about its grant once and for all.
public struct LinkRecord: Hashable, Sendable {
    public enum Proof: Hashable, Sendable {
        case grant(Grant)
        case none
        case refused(ProofError)
    }

    public let definition: LinkDefinition
    public let proof: Proof

    /// Checks the grant's signature: about 50 µs.
    public init(_ definition: LinkDefinition, lattice: LatticeName) {
        self.definition = definition
        guard let text = definition.grant else {
            proof = .none
            return
        }
        do throws(ProofError) {
            proof = .grant(try Grant(verifying: text, for: definition, lattice: lattice))
        } catch { proof = .refused(error) }
    }

    /// Who signed a grant that could be read.
    public var grantedBy: AnyKey? {
        if case .grant(let grant) = proof { grant.signer } else { nil }
    }

    public var expires: TokenTime? {
        if case .grant(let grant) = proof { grant.expires } else { nil }
    }

    /// Whether the link counts now.
    /// - Throws: `no-grant` or `grant-revoked`.
    public func check(_ basis: TrustBasis, _ revocations: Revocations, at now: TokenTime) throws(Refusal) {
        if case .classic = basis.settings.links { return }
        switch proof {
        case .none: throw refusal(.noGrant, "nobody granted it")
        case .refused(let error): throw refusal(.noGrant, "its grant does not count: \(error)")
        case .grant(let grant):
            guard basis.trustsGranter(grant.signer) else {
                throw refusal(.noGrant, "its grant is signed by \(grant.signer), whom this lattice does not trust")
            }
            guard !revocations.isRevoked(grant, operatorKey: basis.operatorKey) else {
                throw refusal(.grantRevoked, "its grant was revoked")
            }
            if let expires = grant.expires, expires < now {
                throw refusal(.noGrant, "its grant expired at \(expires), \(expires.relative(to: now))")
            }
        }
    }

    private func refusal(_ code: RefusalCode, _ reason: String) -> Refusal {
        Refusal(
            code,
            "the link '\(definition.link)' from actor \(definition.actor) to provider \(definition.provider) for "
                + "\(definition.contract) is not in force: \(reason)",
            RefusalFacts(
                actor: definition.actor, provider: definition.provider, contract: definition.contract,
                link: definition.link))
    }
}
