import LatticeIdentity
import LatticeProtocol

/// Who may call whom. The same for calls that came over the bus and for those that never left the process.
/// - Source: trust rules §4, lattice protocol §2.6.
public enum CallPermission {
    /// - Returns: the link that the call goes along, when there is a provider at one end.
    public static func check(
        from origin: CallOrigin, to target: CallTarget, by basis: TrustBasis, _ records: LatticeRecords,
        at now: TokenTime
    ) throws(Refusal) -> LinkDefinition? {
        switch (origin, target) {
        case (.actor(let origin), .provider(let provider, let contract, let link)):
            return try linked(origin, provider, contract, link, by: basis, records, at: now)
        case (.provider(let provider, let contract, let link), .actor(let target)):
            return try linked(target, provider, contract, link, by: basis, records, at: now)
        case (.actor(let origin), .actor(let target)):
            try actorCall(origin, target, by: basis, records, at: now)
            return nil
        case (.client, .actor(let target)):
            try known(target, by: basis, records, at: now)
            return nil
        case (.tool(let name), .actor(let target)):
            guard case .classic = basis.settings.invocations else {
                throw Refusal(.forged, "'\(name.prefix(80))' can't be the origin of a call")
            }
            try known(target, by: basis, records, at: now)
            return nil
        case (.client, .provider(let provider, let contract, _)), (.tool, .provider(let provider, let contract, _)):
            throw Refusal(
                .noClaim, "providers are called by actors whose claims name \(contract), and this caller has no claims",
                RefusalFacts(provider: provider, contract: contract))
        case (.provider(let origin, let contract, _), .provider):
            throw Refusal(
                .noLink, "no link can connect provider \(origin) to another provider",
                RefusalFacts(provider: origin, contract: contract))
        }
    }

    /// Claim first, then link, then its grant; whichever of the two ends calls.
    private static func linked(
        _ actor: ModuleKey, _ provider: ProviderKey, _ contract: ContractID, _ link: LinkName, by basis: TrustBasis,
        _ records: LatticeRecords, at now: TokenTime
    ) throws(Refusal) -> LinkDefinition {
        guard let record = records.actor(actor) else { throw .unknownClaims(actor, contract) }
        try record.check(basis, at: now)
        guard record.names(contract) else { throw .noClaim(record, contract) }
        guard let linkRecord = records.link(actor, contract, link), linkRecord.definition.provider == provider else {
            throw .noLink(actor, contract, link, link.text, provider: provider)
        }
        try linkRecord.check(basis, records.revocations, at: now)
        return linkRecord.definition
    }

    private static func actorCall(
        _ origin: ModuleKey, _ target: ModuleKey, by basis: TrustBasis, _ records: LatticeRecords, at now: TokenTime
    ) throws(Refusal) {
        try known(target, by: basis, records, at: now)
        if let record = records.actor(origin) {
            try record.check(basis, at: now)
        } else if case .strict = basis.settings.invocations {
            throw .unknownClaims(origin)
        }
        if case .granted = basis.settings.actorCalls { throw .ungrantedActorCall(from: origin, to: target) }
    }

    private static func known(
        _ actor: ModuleKey, by basis: TrustBasis, _ records: LatticeRecords, at now: TokenTime
    ) throws(Refusal) {
        guard let record = records.actor(actor) else { throw .noActor(actor) }
        try record.check(basis, at: now)
    }
}
