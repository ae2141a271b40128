import ArgumentParser
import LatticeBus
import LatticeControl
import LatticeIdentity
import LatticeProtocol

/// `lattice stop …`
struct Stop: CommandGroup {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stops actors, providers and hosts.",
        subcommands: [StopActor.self, StopProvider.self, StopHost.self])

    static let examples = ["lattice stop actor counter", "lattice stop host kitchen-pi"]
}

struct StopActor: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "actor", abstract: "Stops an actor wherever it runs, or on one host; it is not started again.")

    static let examples = ["lattice stop actor counter", "lattice stop actor counter --host kitchen-pi"]

    @Argument(help: "The actor's name, call alias, key, or the first characters of that (4 or more).")
    var actor: String

    @Option(help: "Only on this host.")
    var host: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func report(in session: LatticeSession) async throws -> OutcomeReport {
        let overview = try await session.look()
        let key = try overview.names.actor(actor)
        let named = try host.map(overview.names.host)
        let hosts = overview.view.runs(of: key).map(\.host).filter { named == nil || $0 == named }
        guard !hosts.isEmpty else {
            throw CLIError(
                .refused, "actor \(key) does not run\(named.map { " on host \($0)" } ?? " anywhere")",
                fix: "lattice get actors")
        }
        for host in hosts {
            let ack = try await session.client.stop(actor: key, on: host, wait: CommandOutcome.wait)
            guard case .taken = try CommandOutcome(ack, overview) else { continue }
            try await session.settle("the stop on host \(host)") { session in
                try await !session.client.inventory(of: host).actors.contains { $0.key == key }
            }
        }
        return StoppedReport.report("actor \(overview.names.name(of: key) ?? "\(key)")", "\(key)", hosts, overview)
    }
}

struct StopProvider: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "provider", abstract: "Stops a provider wherever it runs, or on one host; it is not started again."
    )

    static let examples = ["lattice stop provider redis", "lattice stop provider redis --link-name cache"]

    @Argument(help: "The provider's name, key, or the first characters of that (4 or more).")
    var provider: String

    @Option(
        name: .customLong("link-name"), help: "The link name that it runs under, where it runs under several.",
        transform: LinkNameArgument.parse)
    var link: LinkName?

    @Option(help: "Only on this host.")
    var host: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func report(in session: LatticeSession) async throws -> OutcomeReport {
        let overview = try await session.look()
        let key = try overview.names.provider(provider)
        let named = try host.map(overview.names.host)
        let runs = overview.view.runs(of: key, link).filter { named == nil || $0.host == named }
        guard !runs.isEmpty else {
            throw CLIError(
                .refused,
                "provider \(key) does not run\(link.map { " under link name '\($0)'" } ?? "")"
                    + (named.map { " on host \($0)" } ?? " anywhere"), fix: "lattice get providers")
        }
        let links = Set(runs.map(\.provider.link.text)).sorted()
        guard links.count == 1 else {
            throw CLIError(
                .wrongUsage,
                "it runs under the link names \(links.joined(separator: ", ")): say which with --link-name",
                fix: "lattice get providers")
        }
        for run in runs { try await stop(run, session, overview) }
        let under = links == [LinkName.default.text] ? "" : " under link name '\(links[0])'"
        return StoppedReport.report(
            "provider \(overview.names.name(of: key) ?? "\(key)")\(under)", "\(key)", runs.map(\.host), overview)
    }

    private func stop(_ run: LatticeView.ProviderRun, _ session: LatticeSession, _ overview: Overview) async throws {
        let (key, link) = (run.provider.key, run.provider.link)
        let ack = try await session.client.stop(
            provider: key, link, contract: try? ContractID(run.provider.contract), on: run.host,
            wait: CommandOutcome.wait)
        guard case .taken = try CommandOutcome(ack, overview) else { return }
        try await session.settle("the stop on host \(run.host)") { session in
            try await !session.client.inventory(of: run.host).providers.contains { $0.key == key && $0.link == link }
        }
    }
}

struct StopHost: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "host", abstract: "Stops a host with all that it runs, and returns when it is gone.")

    static let examples = ["lattice stop host kitchen-pi"]

    @Argument(help: "The host's name, key, or the first characters of that (4 or more).")
    var host: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func report(in session: LatticeSession) async throws -> OutcomeReport {
        let overview = try await session.look(.all)
        let key = try overview.names.host(host)
        _ = try CommandOutcome(
            try await session.client.stop(host: key, wait: CommandOutcome.wait), overview)
        try await session.settle("the stop of host \(key)") { session in
            do {
                _ = try await session.client.inventory(of: key, within: .milliseconds(500))
                return false
            } catch ControlError.noHost { return true } catch ControlError.timedOut { return false }
        }
        let name = overview.view.name(of: key) ?? "\(key)"
        return OutcomeReport(
            "stopped host \(name)", ["id": .string("\(key)"), "name": .string(name), "outcome": "stopped"])
    }
}

private enum StoppedReport {
    static func report(_ what: String, _ id: String, _ hosts: [HostKey], _ overview: Overview) -> OutcomeReport {
        OutcomeReport(
            hosts.map { "stopped \(what) on host \(overview.view.name(of: $0) ?? "\($0)")" },
            [
                "id": .string(id), "outcome": .string(ControlAck.Outcome.stopped.rawValue),
                "hosts": .array(hosts.map { .string("\($0)") }),
            ])
    }
}
