import ArgumentParser
import LatticeControl
import LatticeIdentity
import LatticeProtocol

struct StartActor: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "actor", abstract: "Starts a signed module, and returns when it can be called.",
        discussion: """
            The module goes into the lattice's object store; hosts fetch it from there. What runs already as it is stays \
            as it is, and the command succeeds.
            """)

    static let examples = [
        "lattice start actor counter_s.wasm", "lattice start actor counter_s.wasm --constraint arch=arm64 --count 3",
    ]

    @Argument(help: "The signed module.")
    var file: String

    @OptionGroup var placement: PlacementOptions

    @Option(help: ArgumentHelp("How many calls it may handle at a time on each host.", valueName: "n"))
    var maxInstances: UInt32?

    @Option(help: ArgumentHelp("On how many hosts it is to run.", valueName: "n"))
    var count = 1

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if count < 1 { throw ValidationError("--count has to be at least 1") }
        if count > 1, placement.host != nil { throw ValidationError("--host names one host, and --count wants more") }
        if maxInstances == 0 { throw ValidationError("--max-instances has to be at least 1") }
    }

    func report(in session: LatticeSession) async throws -> OutcomeReport {
        let bytes = try InputFile.read(file)
        let module = try verified(bytes)
        let snapshot = try await session.snapshot()
        let (overview, named) = try await session.overview(of: snapshot, naming: placement.host)
        let name = module.claims.payload.name ?? "\(module.key)"
        let plan = try ActorPlacement(
            key: module.key, name: name, hash: SHA256Digest(of: bytes), file: file, on: named,
            constraints: try placement.constraints(),
            count: count, overview)
        var started: [HostKey] = []
        if plan.missingCount > 0 {
            let reference = ArtifactReference(try await session.client.put(module: bytes))
            for host in try await plan.hosts(reference, session, snapshot, overview) {
                try await start(reference, module.key, on: host, session, overview)
                started.append(host)
            }
        }
        return report(module, name, started: started, before: plan.running, overview)
    }

    /// What any host would refuse is refused here, before it travels.
    private func verified(_ bytes: [UInt8]) throws(CLIError) -> VerifiedModule {
        do throws(ModuleRefusal) { return try SignedModule(bytes).verified(at: .now()) } catch {
            throw CLIError(file, ClaimsVerdict(error), fix: ClaimsSource.module(bytes).signCommand(file))
        }
    }

    private func start(
        _ reference: ArtifactReference, _ key: ModuleKey, on host: HostKey, _ session: LatticeSession,
        _ overview: Overview
    ) async throws {
        let ack = try await session.client.start(
            actor: reference, on: host, instancesMax: maxInstances, wait: CommandOutcome.wait)
        guard case .taken = try CommandOutcome(ack, overview) else { return }
        try await session.settle("the start on host \(host)") { session in
            try await session.client.inventory(of: host).actors.contains { $0.key == key }
        }
    }

    private func report(
        _ module: VerifiedModule, _ name: String, started: [HostKey], before: [HostKey], _ overview: Overview
    ) -> OutcomeReport {
        func called(_ host: HostKey) -> String { overview.view.name(of: host) ?? "\(host)" }
        let lines =
            before.map { "actor \(name) runs already on host \(called($0))" }
            + started.map { "started actor \(name) (\(module.key)) on host \(called($0))" }
        return OutcomeReport(
            lines,
            [
                "id": .string("\(module.key)"), "name": .string(name),
                "outcome": .string(started.isEmpty ? "unchanged" : "started"),
                "hosts": .array((before + started).map { .string("\($0)") }),
                "started_on": .array(started.map { .string("\($0)") }),
            ])
    }
}
