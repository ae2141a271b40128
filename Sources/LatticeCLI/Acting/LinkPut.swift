import ArgumentParser
import LatticeConfig
import LatticeControl
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

struct LinkPut: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "put", abstract: "Connects an actor to a provider for one contract, and signs the grant.",
        discussion: """
            Succeeds when every instance of the provider has taken the link. Values are settings for the provider; \
            @secret:NAME stands for a secret of its host. Contracts by short name: \(ContractArgument.shortNamesList).
            """)

    static let examples = [
        "lattice link put counter keyvalue-local keyvalue",
        "lattice link put counter httpserver http-server address=127.0.0.1:8080 --ttl 30d",
    ]

    @Argument(help: "The actor's name, call alias, key, or the first characters of that (4 or more).")
    var actor: String

    @Argument(help: "The provider's name, key, or the first characters of that (4 or more).")
    var provider: String

    @Argument(help: "The contract: its id or short name.", transform: ContractArgument.parse)
    var contract: ContractArgument

    @Argument(help: ArgumentHelp("Settings for the provider.", valueName: "k=v"))
    var values: [PairArgument] = []

    @OptionGroup var link: LinkNameOption

    @Flag(help: "Takes the place of a link with other values or another provider.")
    var replace = false

    @Flag(help: "Stores it though the provider does not run yet.")
    var pending = false

    @Option(
        help: ArgumentHelp("How long the grant is valid, such as 30d; without it, for ever.", valueName: "duration"),
        transform: DurationArgument.parse)
    var ttl: DurationArgument?

    @Option(help: ArgumentHelp("The account that grants it: a key's name or public key.", valueName: "key"))
    var issuer: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    /// Providers have 5 s to say yes or no.
    private static let wait = Duration.seconds(10)

    func report(in session: LatticeSession) async throws -> OutcomeReport {
        let values = try PairArgument.map(values, "value")
        let contract = try contract.contract()
        let snapshot = try await session.snapshot()
        let overview = try await session.overview(of: snapshot)
        var definition = LinkDefinition(
            actor: try overview.names.actor(actor), provider: try overview.names.provider(provider),
            contract: contract, link: link.link, values: values)
        try checkClaims(definition, snapshot, overview)
        try checkExisting(definition, snapshot, overview)
        let existing = snapshot.records.link(definition.actor, contract, link.link)
        let now = TokenTime.now()
        var expires = ttl.map { now.advanced(by: $0.duration) }
        if let kept = stillGood(existing, definition, snapshot, at: now) {
            definition.grant = kept.text
            expires = kept.expires
        } else if let granter = try granter(session, snapshot) {
            definition.grant = Grant.signed(
                for: definition, by: granter, lattice: session.lattice, expires: expires, at: now,
                ids: NUIDGenerator())
        }
        let ack = try await session.client.put(definition, pending: pending, replace: replace, wait: Self.wait)
        let outcome = try outcome(ack, definition, overview)
        if let existing, existing.definition.grant != definition.grant {
            try await session.revoke(grantOf: existing, snapshot)
        }
        return report(outcome, definition, expires, overview)
    }

    /// The grant of the very same link, as long as it counts: each that is given out is one more to take back.
    private func stillGood(
        _ existing: LinkRecord?, _ link: LinkDefinition, _ snapshot: LatticeSnapshot, at now: TokenTime
    ) -> Grant? {
        guard ttl == nil, issuer == nil, let existing, existing.definition.provider == link.provider,
            existing.definition.values == link.values, case .grant(let grant) = existing.proof,
            (try? existing.check(snapshot.basis, snapshot.records.revocations, at: now)) != nil
        else { return nil }
        return grant
    }

    /// Where links need no grant, nobody has to have a key.
    private func granter(_ session: LatticeSession, _ snapshot: LatticeSnapshot) throws(CLIError) -> AnyKeyPair? {
        if snapshot.basis.settings.links == .classic, issuer == nil {
            return try? session.granter(snapshot, named: nil)
        }
        return try session.granter(snapshot, named: issuer)
    }

    /// The claims of an actor that was never started here are not known yet: hosts will look at them when it is.
    private func checkClaims(
        _ link: LinkDefinition, _ snapshot: LatticeSnapshot, _ overview: Overview
    ) throws(CLIError) {
        guard let record = snapshot.records.actor(link.actor) else {
            return Program.notice(
                "note: the lattice has never seen actor \(link.actor): whether its claims name \(link.contract) shows "
                    + "when it is started")
        }
        guard record.names(link.contract) else {
            let refusal = Refusal.noClaim(record, link.contract)
            throw CLIError(.refused, "\(refusal)", fix: overview.fix(for: refusal))
        }
    }

    private func checkExisting(
        _ link: LinkDefinition, _ snapshot: LatticeSnapshot, _ overview: Overview
    ) throws(CLIError) {
        guard !replace, let existing = snapshot.records.link(link.actor, link.contract, link.link)?.definition,
            existing.provider != link.provider || existing.values != link.values
        else { return }
        let what =
            existing.provider == link.provider
            ? "other values (\(existing.values.isEmpty ? "none" : Shown.pairs(existing.values)))"
            : "provider \(overview.names.name(of: existing.provider) ?? "\(existing.provider)")"
        throw CLIError(
            .refused,
            "actor \(overview.names.name(of: link.actor) ?? "\(link.actor)") has a link '\(link.link)' for "
                + "\(link.contract) already, with \(what): --replace puts this one in its place",
            fix: replacing(link, overview))
    }

    /// The command that was typed, with `--replace`.
    private func replacing(_ link: LinkDefinition, _ overview: Overview) -> String {
        var words = [
            "lattice", "link", "put", overview.names.name(of: link.actor) ?? "\(link.actor)",
            overview.names.name(of: link.provider) ?? "\(link.provider)",
            ContractArgument.shortName(of: link.contract) ?? link.contract.text,
        ]
        words += values.map { "\($0.key)=\($0.value)" }
        if link.link != .default { words += ["--link-name", link.link.text] }
        return (words + ["--replace"]).map(shellWord).joined(separator: " ")
    }

    /// What there is to say where the host names no remedy: a provider that does not run has to be started.
    private func outcome(
        _ ack: ControlAck, _ link: LinkDefinition, _ overview: Overview
    ) throws(CLIError) -> CommandOutcome {
        do throws(CLIError) { return try CommandOutcome(ack, overview) } catch {
            let address = Presence.ProviderAddress(link.provider, link.link)
            guard error.fix == nil, ack.refusal == nil, !overview.view.presence.providers.contains(address) else {
                throw error
            }
            throw CLIError(error.status, error.message, fix: overview.fix(for: .noProvider(link)))
        }
    }

    private func report(
        _ outcome: CommandOutcome, _ link: LinkDefinition, _ expires: TokenTime?, _ overview: Overview
    ) -> OutcomeReport {
        let actor = overview.names.name(of: link.actor) ?? "\(link.actor)"
        let provider = overview.names.name(of: link.provider) ?? "\(link.provider)"
        let what = "actor \(actor) to provider \(provider) for \(link.contract)"
        let until = expires.map { ", until \($0)" } ?? ""
        let (line, word): (String, String) =
            switch outcome {
            case .done(.pending): ("stored a link from \(what)\(until); it waits for the provider to start", "pending")
            case .done(.unconfirmed), .taken:
                (
                    "sent (unconfirmed): a link from \(what)\(until); the provider does not say whether it takes it",
                    "unconfirmed"
                )
            case .done(let outcome): ("linked \(what)\(until)", outcome.rawValue)
            }
        return OutcomeReport(
            line,
            [
                "actor": .string("\(link.actor)"), "provider": .string("\(link.provider)"),
                "contract": .string(link.contract.text), "link_name": .string(link.link.text),
                "values": Shown.object(link.values), "outcome": .string(word),
                "expires": Shown.text(expires.map { "\($0)" }),
            ])
    }
}
