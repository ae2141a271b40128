import ArgumentParser
import Glibc
import LatticeConfig
import LatticeHost
import LatticeIdentity

/// `lattice up`
struct Up: LatticeCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Starts a host here, and a NATS server if none is named.",
        discussion: """
            Makes keys for you and this host where there are none, and enrols the host in the lattice. Ctrl-C and SIGTERM \
            stop everything that it started, and nothing else. With --demo it also starts the example actors, signed with \
            your account, and prints what to try.
            """)

    static let examples = ["lattice up --demo", "lattice up --detached --label zone=kitchen --nats nats://hub:4222"]

    @Flag(help: "Goes on in the background; 'lattice down' stops it.")
    var detached = false

    @Flag(help: "Starts the example actors and the providers they use, and links only one of them.")
    var demo = false

    @Option(help: ArgumentHelp("A label of this host, for constraints.", valueName: "k=v"))
    var label: [PairArgument] = []

    @Option(help: ArgumentHelp("Where the demo listens, instead of httpserver.address.", valueName: "address"))
    var http: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let state = try LatticeState()
        if let record = UpRecord.read(in: state) { return try alreadyRunning(record) }
        if detached { return try await DetachedUp.start(state: state) }
        try await UpSession(
            settings: settings(), home: LatticeHome(), state: state, isDemo: demo, http: http, output: output
        ).run()
    }

    private func alreadyRunning(_ record: UpRecord) throws {
        guard detached else {
            throw CLIError(
                .refused, "a host of lattice '\(record.lattice)' runs here already (process \(record.process))",
                fix: "lattice down")
        }
        output.print(
            OutcomeReport(
                [
                    "a host of lattice '\(record.lattice)' runs here already: process \(record.process), bus \(record.nats)",
                    "'\(Program.name) status' shows what it runs, '\(Program.name) down' stops it",
                ],
                [
                    "running": true, "pid": .number(JSONNumber(record.process)), "nats": .string(record.nats),
                    "lattice": .string(record.lattice),
                ]))
    }

    private func settings() throws -> LatticeSettings {
        var settings = try connection.settings(home: LatticeHome())
        for (key, value) in try PairArgument.map(label, "label") { settings.host.labels[key] = value }
        return settings
    }
}

/// `up --detached`: the same command again, in a session of its own.
enum DetachedUp {
    /// Tells the child that it is one: when everything serves it closes its standard output, and goes on.
    static let variable = "LATTICE_UP_DETACHED"

    static var isChild: Bool { Program.environment(variable) != nil }

    static func start(state: LatticeState) async throws {
        let child = try DetachedProcess(
            arguments: CommandLine.arguments.dropFirst().filter { $0 != "--detached" },
            log: "\(state.path)/up.log", in: state)
        try await child.waitUntilServing()
    }

    /// The child's word that it serves.
    static func letGo(log: String) {
        let file = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        dup2(file, STDOUT_FILENO)
        close(file)
    }
}
