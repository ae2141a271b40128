import LatticeIdentity
import LatticeProtocol

/// What an actor's host call asks for.
public struct OutgoingCall: Hashable, Sendable {
    public var actor: ModuleKey
    /// A contract id, an actor's key or a call alias.
    public var namespace: String
    /// The binding; empty for calls to actors.
    public var link: String

    public init(from actor: ModuleKey, namespace: String, link: String) {
        self.actor = actor
        self.namespace = namespace
        self.link = link
    }
}

/// Where a permitted call goes.
public enum OutgoingTarget: Hashable, Sendable {
    case builtin(ContractID)
    case actor(ModuleKey)
    case provider(LinkDefinition)
}

/// What runs, as far as it is known.
public struct Presence: Sendable {
    public struct ProviderAddress: Hashable, Sendable {
        public let key: ProviderKey
        public let link: LinkName

        public init(_ key: ProviderKey, _ link: LinkName) {
            self.key = key
            self.link = link
        }
    }

    public var actors: Set<ModuleKey>
    public var providers: Set<ProviderAddress>

    public init(actors: Set<ModuleKey>, providers: Set<ProviderAddress>) {
        self.actors = actors
        self.providers = providers
    }
}

/// Judges what actors ask for, at the origin. One code for the call itself and for `lattice why`.
///
/// What a namespace means, in this order: a builtin; an actor's key; a call alias; a contract id, if it contains `:`. For a
/// contract the claim is looked at first, then the link, then its grant.
///
/// One object for all calls until something changes: handing it out counts one reference, where its dozen tables would
/// cost one each, contended by every thread that makes calls.
/// - Source: trust rules §4.
public final class OutgoingJudge: Sendable {
    public let basis: TrustBasis
    public let records: LatticeRecords

    public init(basis: TrustBasis, records: LatticeRecords) {
        self.basis = basis
        self.records = records
    }

    public func judge(_ call: OutgoingCall, at now: TokenTime) throws(Refusal) -> OutgoingTarget {
        var trail = CheckTrail.none
        return try judge(call, presence: nil, at: now, &trail)
    }

    /// The same judgement with every check told.
    /// - Parameter presence: nil leaves out whether somebody runs the target.
    public func explain(_ call: OutgoingCall, presence: Presence?, at now: TokenTime) -> Explanation {
        var trail = CheckTrail.kept
        let outcome: Explanation.Outcome
        do throws(Refusal) {
            outcome = .allowed(try judge(call, presence: presence, at: now, &trail))
        } catch { outcome = .refused(error) }
        return Explanation(outcome, trail.reports ?? [], asked: presence == nil ? [.running] : [])
    }

    private func judge(
        _ call: OutgoingCall, presence: Presence?, at now: TokenTime, _ trail: inout CheckTrail
    ) throws(Refusal) -> OutgoingTarget {
        let meaning = try meaning(of: call, &trail)
        let origin = try origin(call.actor, at: now, &trail)
        let target: OutgoingTarget
        switch meaning {
        case .builtin(let contract): target = try builtin(contract, for: origin, &trail)
        case .actor(let key): target = try actor(key, for: origin, at: now, &trail)
        case .contract(let contract): target = try provider(contract, call.link, for: origin, at: now, &trail)
        }
        if let presence { try running(target, presence, for: call, &trail) }
        return target
    }

    // MARK: The name

    private enum Meaning {
        case builtin(ContractID)
        case actor(ModuleKey)
        case contract(ContractID)
    }

    private func meaning(of call: OutgoingCall, _ trail: inout CheckTrail) throws(Refusal) -> Meaning {
        let namespace = call.namespace
        if let key = try? ModuleKey(namespace) {
            trail.add(.name, .passed, "'\(namespace)' is an actor's key")
            return .actor(key)
        }
        let contract = try? ContractID(namespace)
        if let contract, contract.isBuiltin {
            trail.add(.name, .passed, "'\(namespace)' is built into every host")
            return .builtin(contract)
        }
        let actors = records.actors(called: namespace).filter { key in
            records.actor(key).map { basis.trustsIssuer($0.issuer) } ?? false
        }
        if let key = actors.first {
            guard actors.count == 1 else {
                let keys = actors.sorted().map { "\($0)" }.joined(separator: " and ")
                let refusal = Refusal(
                    .ambiguous, "the alias '\(namespace)' is claimed by \(keys): call one of them by its key",
                    RefusalFacts(actor: call.actor))
                trail.add(.name, .refused, refusal.sentence)
                throw refusal
            }
            trail.add(.name, .passed, "'\(namespace)' is the alias of actor \(key)")
            return .actor(key)
        }
        guard let contract else {
            let refusal = Refusal(.noActor, "no actor is called '\(namespace.prefix(256))'")
            trail.add(.name, .refused, refusal.sentence)
            throw refusal
        }
        trail.add(.name, .passed, "'\(contract)' is a contract")
        return .contract(contract)
    }

    // MARK: The origin

    private func origin(
        _ key: ModuleKey, at now: TokenTime, _ trail: inout CheckTrail
    ) throws(Refusal) -> ActorRecord {
        guard let record = records.actor(key) else {
            let refusal = Refusal.unknownClaims(key)
            trail.add(.actor, .refused, refusal.sentence)
            throw refusal
        }
        trail.add(.actor, .passed, "actor \(key) is known\(record.name.map { " as '\($0)'" } ?? "")")
        do throws(Refusal) { try record.check(basis, at: now) } catch {
            trail.add(.issuer, .refused, error.sentence)
            throw error
        }
        trail.add(.issuer, .passed, "it is signed by \(record.issuer), who is trusted")
        return record
    }

    private func claim(
        _ contract: ContractID, of origin: ActorRecord, _ trail: inout CheckTrail
    ) throws(Refusal) {
        guard origin.names(contract) else {
            let refusal = Refusal.noClaim(origin, contract)
            trail.add(.claim, .refused, refusal.sentence)
            throw refusal
        }
        trail.add(.claim, .passed, "its signed claims name \(contract)")
    }

    // MARK: The target

    private func builtin(
        _ contract: ContractID, for origin: ActorRecord, _ trail: inout CheckTrail
    ) throws(Refusal) -> OutgoingTarget {
        switch basis.settings.builtins {
        case .open: trail.add(.claim, .unneeded, "builtins are open to all actors here")
        case .claimed: try claim(contract, of: origin, &trail)
        }
        return .builtin(contract)
    }

    private func actor(
        _ key: ModuleKey, for origin: ActorRecord, at now: TokenTime, _ trail: inout CheckTrail
    ) throws(Refusal) -> OutgoingTarget {
        if let target = records.actor(key) {
            do throws(Refusal) { try target.check(basis, at: now) } catch {
                trail.add(.claim, .refused, error.sentence)
                throw error
            }
        }
        switch basis.settings.actorCalls {
        case .open: trail.add(.grant, .unneeded, "actors of trusted issuers may call each other here")
        case .granted:
            let refusal = Refusal.ungrantedActorCall(from: origin.key, to: key)
            trail.add(.grant, .refused, refusal.sentence)
            throw refusal
        }
        return .actor(key)
    }

    private func provider(
        _ contract: ContractID, _ binding: String, for origin: ActorRecord, at now: TokenTime,
        _ trail: inout CheckTrail
    ) throws(Refusal) -> OutgoingTarget {
        try claim(contract, of: origin, &trail)
        let record = try link(contract, binding, of: origin.key, &trail)
        try granted(record, at: now, &trail)
        return .provider(record.definition)
    }

    private func link(
        _ contract: ContractID, _ binding: String, of actor: ModuleKey, _ trail: inout CheckTrail
    ) throws(Refusal) -> LinkRecord {
        let link: LinkName?
        if binding.isEmpty { link = .default } else { link = try? LinkName(binding) }
        guard let link, let record = records.link(actor, contract, link) else {
            let candidates = records.providers(of: contract)
            let refusal = Refusal.noLink(
                actor, contract, link, binding, provider: candidates.count == 1 ? candidates.first : nil)
            trail.add(.link, .refused, refusal.sentence)
            throw refusal
        }
        let provider = record.definition.provider
        trail.add(.link, .passed, "the link '\(link)' connects it to provider \(provider)")
        return record
    }

    private func granted(
        _ record: LinkRecord, at now: TokenTime, _ trail: inout CheckTrail
    ) throws(Refusal) {
        do throws(Refusal) { try record.check(basis, records.revocations, at: now) } catch {
            trail.add(.grant, .refused, error.sentence)
            throw error
        }
        switch basis.settings.links {
        case .classic: trail.add(.grant, .unneeded, "links need no grant here")
        case .signed:
            let granter = record.grantedBy
            trail.add(.grant, .passed, "it is granted by \(granter.map { "\($0)" } ?? "nobody")")
        }
    }

    private func running(
        _ target: OutgoingTarget, _ presence: Presence, for call: OutgoingCall, _ trail: inout CheckTrail
    ) throws(Refusal) {
        let refusal: Refusal
        switch target {
        case .builtin: return trail.add(.running, .unneeded, "every host serves it itself")
        case .actor(let key):
            if presence.actors.contains(key) { return trail.add(.running, .passed, "actor \(key) runs") }
            refusal = .noActor(key)
        case .provider(let link):
            if presence.providers.contains(.init(link.provider, link.link)) {
                return trail.add(.running, .passed, "provider \(link.provider) runs under link name '\(link.link)'")
            }
            refusal = .noProvider(link)
        }
        trail.add(.running, .refused, refusal.sentence)
        throw refusal
    }
}
