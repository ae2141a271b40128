import LatticeIdentity
import LatticeProtocol

/// What would mend it: a command that can be pasted, or a setting. Built of the code and of keys and names, never of a text
/// that another machine sent.
public enum Remedy: Hashable, Sendable, CustomStringConvertible {
    /// The words behind the program's name. Those in capitals are for the reader to fill in.
    case command([String])
    case setting(SettingName)

    /// What a person calls things, where that is known and unambiguous.
    public struct Names: Sendable {
        public var actor: @Sendable (ModuleKey) -> String?
        public var provider: @Sendable (ProviderKey) -> String?
        /// The short name that commands take for a contract.
        public var contract: @Sendable (ContractID) -> String?

        public init(
            actor: @escaping @Sendable (ModuleKey) -> String? = { _ in nil },
            provider: @escaping @Sendable (ProviderKey) -> String? = { _ in nil },
            contract: @escaping @Sendable (ContractID) -> String? = { _ in nil }
        ) {
            self.actor = actor
            self.provider = provider
            self.contract = contract
        }

        func word(for contract: ContractID) -> String { self.contract(contract) ?? contract.text }
    }

    /// Nil where no command helps.
    public init?(for refusal: Refusal, names: Names = Names()) {
        let facts = refusal.facts
        let actor = facts.actor.map { names.actor($0) ?? "\($0)" } ?? "ACTOR"
        let provider = facts.provider.map { names.provider($0) ?? "\($0)" } ?? "PROVIDER"
        switch refusal.code {
        case .unsigned, .tampered, .expired, .notYetValid: self = .command(["sign", "FILE.wasm", "--name", "NAME"])
        case .untrustedIssuer: self = .command(["trust", "add", facts.issuer.map { "\($0)" } ?? "ACCOUNT"])
        case .noClaim:
            let contracts = facts.capabilities + (facts.contract.map { [$0] } ?? [])
            self = .command(
                ["sign", "FILE.wasm", "--name", "NAME"] + contracts.flatMap { ["--cap", names.word(for: $0)] })
        case .noLink: self = .command(Self.link(facts, names, actor, provider))
        case .noGrant, .grantRevoked: self = .command(Self.link(facts, names, actor, provider) + ["--replace"])
        case .notEnrolled, .wrongCluster:
            guard let host = facts.host else { return nil }
            self = .command(["trust", "add", "\(host)"])
        case .clock: self = .command(["doctor"])
        case .noActor: self = .command(["start", "actor", facts.actor.flatMap(names.actor) ?? "FILE.wasm"])
        case .noProvider: self = .command(Self.start(facts, names))
        case .busy:
            guard let key = facts.actor, let limit = facts.limit else {
                guard let setting = facts.setting else { return nil }
                self = .setting(setting)
                return
            }
            self = .command(["scale", "actor", "\(key)", "\(max(1, limit.multipliedReportingOverflow(by: 2).0))"])
        case .deadline, .guestError, .providerError, .trap, .fuel, .memory, .tooLarge:
            guard let setting = facts.setting else { return nil }
            self = .setting(setting)
        case .forged, .replayed, .policy, .ambiguous, .disconnected: return nil
        }
    }

    private static func link(
        _ facts: RefusalFacts, _ names: Names, _ actor: String, _ provider: String
    ) -> [String] {
        ["link", "put", actor, provider, facts.contract.map(names.word) ?? "CONTRACT"] + linkName(facts)
    }

    private static func start(_ facts: RefusalFacts, _ names: Names) -> [String] {
        ["start", "provider", facts.provider.flatMap(names.provider) ?? "PROVIDER"] + linkName(facts)
    }

    private static func linkName(_ facts: RefusalFacts) -> [String] {
        guard let link = facts.link, link != .default else { return [] }
        return ["--link-name", link.text]
    }

    /// One line for a shell; words with anything but plain characters are quoted.
    /// - Parameter program: how the program is called here.
    public func line(program: String = "lattice") -> String {
        switch self {
        case .command(let words): ([program] + words).map(Self.quoted).joined(separator: " ")
        case .setting(let name): "change \(name) in lattice.conf"
        }
    }

    public var description: String { line() }

    private static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "-_./:@=+%,".utf8.contains(byte)
            }
        }
        if isPlain, !word.isEmpty { return word }
        return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}
