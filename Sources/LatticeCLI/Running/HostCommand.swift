import ArgumentParser
import ChildProcesses
import LatticeBus
import LatticeConfig
import LatticeHost
import LatticeIdentity
import LatticeProtocol
import NATSTransport

/// `lattice host`
struct HostCommand: LatticeCommand {
    static let configuration = CommandConfiguration(
        commandName: "host", abstract: "Runs a host and nothing else, in the foreground.",
        discussion: """
            For systemd and containers. It goes by the trust document of the operator that trust.operator names (or of the \
            one in $LATTICE_HOME), and starts nothing before it is enrolled: 'lattice trust add HOST'. What it runs it \
            starts again after a crash or a reboot. SIGTERM lets the calls under way end, then stops it. Several hosts on \
            one machine need a host.state_dir each.
            """)

    static let examples = [
        "lattice host --config /etc/lattice/lattice.conf",
        "lattice host --nats nats://hub:4222 --lattice home",
    ]

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let home = try LatticeHome()
        let settings = try connection.settings(home: home)
        let log = LogWriter.log(settings.log)
        let operatorKey = try Self.operatorKey(settings, home)
        let assembly = try HostAssembly(
            settings: settings, operatorKey: operatorKey, state: try LatticeState(), log: log)
        let url = settings.nats.url ?? LatticeSession.defaultServer
        let bus = try await HostBus.connect(url, settings.nats, isPatient: true, log: log)
        let service = try assembly.service(on: bus.connection, bus.domain, busURL: url)
        log(
            .notice, "host \(service.profile.name) starts",
            ["host": "\(service.profile.host)", "lattice": settings.name, "nats": bus.address])
        let signals = StopSignals { service.stop() }
        await withTaskGroup { group in
            group.addTask { await service.run() }
            group.addTask {
                await service.waitUntilOpen()
                if !Task.isCancelled { log(.notice, "host \(service.profile.name) serves") }
            }
            await group.next()
            await group.waitForAll()
        }
        withExtendedLifetime(signals) {}
        await bus.connection.close()
        log(.notice, "host \(service.profile.name) has stopped")
    }

    /// - Source: trust rules §1.
    static func operatorKey(_ settings: LatticeSettings, _ home: LatticeHome) throws -> OperatorKey? {
        if let text = settings.trust.operator { return try OperatorKey(text) }
        let entries = try home.keys.entries(.operator)
        if entries.count == 1, let entry = entries.first { return try OperatorKey(home.keys.load(entry).publicKey) }
        guard settings.trust.issuers.isEmpty else { return nil }
        throw CLIError(
            .wrongUsage,
            "nobody says whom this host shall trust: set trust.operator to the operator's public key ('lattice trust init' "
                + "prints it where the operator's keys are), or trust.issuers to the accounts whose modules it may run",
            fix: "LATTICE_TRUST_OPERATOR=O… lattice host")
    }
}
