import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// What the lattice's records say at one moment about the links of one running provider. A value: the time is an input.
struct LinkVerdicts: Sendable {
    /// A link in the bucket, and why it does not count, if it doesn't.
    struct Verdict: Hashable, Sendable {
        let link: LinkDefinition
        let refusal: Refusal?
    }

    private(set) var all: [LinkID: Verdict] = [:]
    /// When time alone changes one of them: an expiry, or the beginning of an actor's claims.
    private(set) var nextChange: TokenTime?

    /// - Parameter now: of this judgement.
    init(_ records: LatticeRecords, _ basis: TrustBasis, for place: ProviderPlace, at now: TokenTime) {
        for record in records.allLinks {
            let link = record.definition
            guard link.provider == place.provider, link.link == place.link else { continue }
            let actor = records.actor(link.actor)
            var refusal: Refusal?
            do throws(Refusal) {
                try Self.check(record, actor, basis, records.revocations, place, at: now)
            } catch { refusal = error }
            all[link.id] = Verdict(link: link, refusal: refusal)
            // What expires counts to the end of that second.
            note(record.expires?.advanced(by: .seconds(1)), after: now)
            note(actor?.expires?.advanced(by: .seconds(1)), after: now)
            note(actor?.notBefore, after: now)
        }
    }

    private mutating func note(_ time: TokenTime?, after now: TokenTime) {
        guard let time, time > now else { return }
        nextChange = min(nextChange ?? time, time)
    }

    /// An actor that nobody has ever seen may be linked: its calls are judged when it makes them.
    private static func check(
        _ record: LinkRecord, _ actor: ActorRecord?, _ basis: TrustBasis, _ revocations: Revocations,
        _ place: ProviderPlace, at now: TokenTime
    ) throws(Refusal) {
        let link = record.definition
        guard link.contract == place.contract else {
            throw Refusal(
                .noLink, "provider \(place.provider) offers \(place.contract), not \(link.contract)",
                RefusalFacts(actor: link.actor, provider: place.provider, contract: place.contract, link: link.link))
        }
        if let actor {
            try actor.check(basis, at: now)
            guard actor.names(link.contract) else { throw .noClaim(actor, link.contract) }
        }
        try record.check(basis, revocations, at: now)
    }
}
