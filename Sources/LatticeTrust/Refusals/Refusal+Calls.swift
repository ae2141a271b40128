import LatticeIdentity
import LatticeProtocol

/// The refusals that origin and target have in common, in the same words.
extension Refusal {
    public static func noClaim(_ actor: ActorRecord, _ contract: ContractID) -> Refusal {
        Refusal(
            .noClaim, "the signed claims of actor \(actor.key) do not name \(contract)",
            RefusalFacts(actor: actor.key, contract: contract, capabilities: actor.contracts))
    }

    public static func unknownClaims(_ actor: ModuleKey, _ contract: ContractID? = nil) -> Refusal {
        Refusal(
            .noClaim, "nobody knows the claims of actor \(actor): it was never started in this lattice",
            RefusalFacts(actor: actor, contract: contract))
    }

    /// - Parameters:
    ///   - link: nil when the binding is no link name.
    ///   - provider: the only one known that offers the contract.
    public static func noLink(
        _ actor: ModuleKey, _ contract: ContractID, _ link: LinkName?, _ binding: String, provider: ProviderKey?
    ) -> Refusal {
        Refusal(
            .noLink,
            "no link '\(link?.text ?? String(binding.prefix(64)))' connects actor \(actor) to a provider of \(contract)",
            RefusalFacts(actor: actor, provider: provider, contract: contract, link: link))
    }

    public static func ungrantedActorCall(from origin: ModuleKey, to target: ModuleKey) -> Refusal {
        Refusal(
            .noGrant, "nobody granted actor \(origin) to call actor \(target), and trust.actor_calls demands it",
            RefusalFacts(setting: SettingName("trust.actor_calls")))
    }

    public static func noActor(_ key: ModuleKey) -> Refusal {
        Refusal(.noActor, "nobody runs actor \(key)", RefusalFacts(actor: key))
    }

    public static func noProvider(_ link: LinkDefinition) -> Refusal {
        Refusal(
            .noProvider, "nobody runs provider \(link.provider) under link name '\(link.link)'",
            RefusalFacts(actor: link.actor, provider: link.provider, contract: link.contract, link: link.link))
    }
}
