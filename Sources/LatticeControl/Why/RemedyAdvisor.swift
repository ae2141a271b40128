import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// What a person can do about a refusal.
public struct Advice: Hashable, Sendable {
    /// What has to be done before the remedy can work.
    public var first: Remedy?
    /// Nil where no command helps.
    public var fix: Remedy?
    /// Others that would do as well.
    public var alternatives: [Remedy]

    public init(first: Remedy? = nil, fix: Remedy?, alternatives: [Remedy] = []) {
        self.first = first
        self.fix = fix
        self.alternatives = alternatives
    }

    public static let none = Advice(fix: nil)
}

/// Finds remedies that fit what runs: which provider would serve, and by which names a person knows it all.
public struct RemedyAdvisor: Sendable {
    public let names: LatticeNames
    public let view: LatticeView
    /// In order of preference where nothing that fits runs.
    public let bundled: [KnownProvider]
    private let contractName: @Sendable (ContractID) -> String?

    /// - Parameter contractName: the short name that commands take for a contract.
    public init(
        names: LatticeNames, view: LatticeView, bundled: [KnownProvider],
        contractName: @escaping @Sendable (ContractID) -> String? = { _ in nil }
    ) {
        self.names = names
        self.view = view
        self.bundled = bundled
        self.contractName = contractName
    }

    public func advice(for refusal: Refusal) -> Advice {
        switch refusal.code {
        case .noLink: missingLink(refusal)
        case .noActor: Advice(fix: Remedy(for: refusal, names: remedyNames(withActors: false)))
        default: Advice(fix: remedy(refusal))
        }
    }

    /// A link to a provider that runs; else to one that has to be started first.
    private func missingLink(_ refusal: Refusal) -> Advice {
        guard let contract = refusal.facts.contract else { return Advice(fix: remedy(refusal)) }
        let link = refusal.facts.link ?? .default
        let running = ordered(view.providers(of: contract, link), preferred: refusal.facts.provider)
        if let best = running.first {
            return Advice(
                fix: remedy(refusal, provider: best),
                alternatives: running.dropFirst().compactMap { remedy(refusal, provider: $0) })
        }
        let candidates = bundled.filter { $0.contract == contract }
        let known = candidates.first { $0.key == refusal.facts.provider } ?? candidates.first
        guard let known else { return Advice(fix: remedy(refusal)) }
        let absent = Refusal(.noProvider, "", RefusalFacts(provider: known.key, contract: contract, link: link))
        return Advice(first: remedy(absent), fix: remedy(refusal, provider: known.key))
    }

    /// The one that the refusal names, then bundled ones in their order, then the others.
    private func ordered(_ keys: [ProviderKey], preferred: ProviderKey?) -> [ProviderKey] {
        func rank(_ key: ProviderKey) -> Int {
            key == preferred ? -1 : bundled.firstIndex { $0.key == key } ?? bundled.count
        }
        return keys.sorted { (rank($0), $0) < (rank($1), $1) }
    }

    private func remedy(_ refusal: Refusal, provider: ProviderKey? = nil) -> Remedy? {
        var refusal = refusal
        if let provider { refusal.facts.provider = provider }
        return Remedy(for: refusal, names: remedyNames(withActors: true))
    }

    private func remedyNames(withActors: Bool) -> Remedy.Names {
        Remedy.Names(
            actor: { [names] in withActors ? names.name(of: $0) : nil },
            provider: { [names] in names.name(of: $0) }, contract: contractName)
    }
}
