import ArgumentParser
import LatticeControl
import LatticeIdentity
import LatticeProtocol

/// `lattice scale …`
struct Scale: CommandGroup {
    static let configuration = CommandConfiguration(
        commandName: "scale", abstract: "Changes how many calls an actor handles at a time.",
        subcommands: [ScaleActor.self])

    static let examples = ["lattice scale actor counter 8"]
}

struct ScaleActor: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "actor", abstract: "Sets how many calls an actor handles at a time, on each host that runs it.",
        discussion: "0 stops it.")

    static let examples = ["lattice scale actor counter 8", "lattice scale actor counter 2 --host kitchen-pi"]

    @Argument(help: "The actor's name, call alias, key, or the first characters of that (4 or more).")
    var actor: String

    @Argument(help: "How many instances there may be on a host.")
    var instances: UInt32

    @Option(help: "Only on this host.")
    var host: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func report(in session: LatticeSession) async throws -> OutcomeReport {
        let overview = try await session.look()
        let key = try overview.names.actor(actor)
        let named = try host.map(overview.names.host)
        let runs = overview.view.runs(of: key).filter { named == nil || $0.host == named }
        guard !runs.isEmpty else {
            throw CLIError(
                .refused, "actor \(key) does not run\(named.map { " on host \($0)" } ?? " anywhere")",
                fix: "lattice start actor FILE.wasm")
        }
        let target: ScaleActorCommand.Target = instances == 0 ? .stopped : .instances(instances)
        for run in runs {
            let reference = try ArtifactReference(run.actor.imageReference ?? "\(key)")
            let ack = try await session.client.scale(
                actor: key, reference, on: run.host, to: target, wait: CommandOutcome.wait)
            if case .taken = try CommandOutcome(ack, overview) {
                Program.notice("note: host \(run.host) took it up and did not say whether it is done")
            }
        }
        let name = overview.names.name(of: key) ?? "\(key)"
        return OutcomeReport(
            runs.map {
                "actor \(name) handles \(instances) calls at a time on host \(overview.view.name(of: $0.host) ?? "\($0.host)")"
            },
            [
                "id": .string("\(key)"), "max_instances": Shown.number(instances),
                "hosts": .array(runs.map { .string("\($0.host)") }),
            ])
    }
}
