import ArgumentParser
import LatticeControl
import LatticeIdentity
import LatticeProtocol

struct StartProvider: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "provider", abstract: "Starts a provider that comes with the hosts.",
        discussion: "Providers: \(BundledNames.list).")

    static let examples = [
        "lattice start provider keyvalue-local",
        "lattice start provider redis --link-name cache --provider-config redis.json",
    ]

    @Argument(help: "The provider's name.")
    var name: String

    @OptionGroup var link: LinkNameOption
    @OptionGroup var placement: PlacementOptions

    @Option(help: ArgumentHelp("A file whose text the provider gets as its configuration.", valueName: "file"))
    var providerConfig: String?

    @Option(help: ArgumentHelp("Where it runs: in the host, or as a process of its own.", valueName: "host|process"))
    var isolation: ProviderIsolation?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    /// It travels in a message.
    private static let configurationBytesMax = 512 << 10

    func report(in session: LatticeSession) async throws -> OutcomeReport {
        guard let provider = BundledNames[name] else {
            throw CLIError(.refused, "no provider of this name comes with the hosts: there are \(BundledNames.list)")
        }
        let configuration = try configuration()
        let constraints = try placement.constraints()
        let snapshot = try await session.snapshot()
        let (overview, named) = try await session.overview(of: snapshot, naming: placement.host)
        let runs = overview.view.runs(of: provider.key, link.link).filter { run in
            run.provider.isServing && (named == nil || run.host == named)
        }
        if let run = runs.first { return report(provider, on: run.host, .unchanged, overview) }
        let reference = try reference()
        let host: HostKey
        if let named {
            host = named
        } else {
            let auction = ProviderAuction(reference, link: link.link, constraints: constraints)
            let bids = try await session.client.bids(auction, hostsCount: overview.view.hosts.count)
            guard let willing = Placement.leastBusyFirst(bids, overview).first else {
                let all = try await session.overview(of: snapshot, .all)
                throw Placement.tooFew(0, of: 1, constraints, all)
            }
            host = willing
        }
        return try await start(provider, reference, configuration, on: host, session, overview)
    }

    private func start(
        _ provider: KnownProvider, _ reference: ArtifactReference, _ configuration: String?, on host: HostKey,
        _ session: LatticeSession, _ overview: Overview
    ) async throws -> OutcomeReport {
        let ack = try await session.client.start(
            provider: reference, link.link, on: host, configuration: configuration, isolation: isolation,
            wait: CommandOutcome.wait)
        guard case .done(let outcome) = try CommandOutcome(ack, overview) else {
            try await session.settle("the start on host \(host)") { session in
                try await session.client.inventory(of: host).providers.contains { found in
                    found.key == provider.key && found.link == link.link && found.isServing
                }
            }
            return report(provider, on: host, .started, overview)
        }
        return report(provider, on: host, outcome, overview)
    }

    private func reference() throws(CLIError) -> ArtifactReference {
        do throws(NameError) { return try ArtifactReference(name) } catch { throw CLIError(.wrongUsage, "\(error)") }
    }

    private func configuration() throws(CLIError) -> String? {
        guard let providerConfig else { return nil }
        let bytes = try InputFile.read(providerConfig, bytesMax: Self.configurationBytesMax)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CLIError(.refused, "'\(providerConfig)' is no text in UTF-8")
        }
        return text
    }

    private func report(
        _ provider: KnownProvider, on host: HostKey, _ outcome: ControlAck.Outcome, _ overview: Overview
    ) -> OutcomeReport {
        let under = link.link == .default ? "" : " under link name '\(link.link)'"
        let place = "on host \(overview.view.name(of: host) ?? "\(host)")"
        let line =
            outcome == .unchanged
            ? "provider \(name) runs already\(under) \(place)" : "started provider \(name)\(under) \(place)"
        return OutcomeReport(
            line,
            [
                "id": .string("\(provider.key)"), "name": .string(name), "contract": .string(provider.contract.text),
                "link_name": .string(link.link.text), "host": .string("\(host)"), "outcome": .string(outcome.rawValue),
            ])
    }
}

extension ProviderIsolation: ExpressibleByArgument {}
