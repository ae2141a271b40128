import ActorRuntime
import HTTPServerProvider
import LatticeBus
import LatticeConfig
import LatticeHost
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust
import LocalKeyValueProvider
import NATSTransport
import RedisProvider

/// Puts a host together from its configuration: the only place that knows everything.
struct HostAssembly {
    let settings: LatticeSettings
    /// The pinned operator: configured, or the one in the caller's home.
    let operatorKey: OperatorKey?
    /// Where its keys and its memory are; locked.
    let folder: StateFolder
    let identity: HostIdentity
    let log: HostLog

    init(settings: LatticeSettings, operatorKey: OperatorKey?, state: LatticeState, log: HostLog) throws {
        self.settings = settings
        self.operatorKey = operatorKey
        self.log = log
        do throws(StateFolder.Failure) {
            folder = try StateFolder(settings.host.stateFolder ?? state.hostFolder)
        } catch { throw Self.failure(error) }
        identity = try HostIdentity(in: folder)
    }

    private static func failure(_ error: StateFolder.Failure) -> CLIError {
        switch error {
        case .inUse: CLIError(.refused, "\(error)", fix: "LATTICE_HOST_STATE_DIR=DIR lattice host")
        case .file: CLIError(.refused, "\(error)")
        }
    }

    var name: String { get throws { try settings.host.name ?? HostName.kept(in: folder) } }

    /// - Parameter busURL: as provider processes shall reach the bus.
    func service(on connection: NATSConnection, _ domain: JetStreamDomain?, busURL: String) throws -> HostService {
        let ports = HostService.Ports(
            bus: connection, metadata: NATSMetadataStore(connection, domain: domain),
            objects: NATSObjectStore(connection, domain: domain))
        return try HostService(
            hostSettings(busURL), identity: identity, folder: folder, ports: ports,
            bundled: try BundledProviders.all(settings.httpServer), log: log)
    }

    private func hostSettings(_ busURL: String) throws -> HostServiceSettings {
        if let key = settings.trust.issuers.first(where: { $0.hasPrefix("O") }) {
            throw CLIError(
                .wrongUsage,
                "trust.issuers names the operator \(key), but not which of its accounts count: that takes their tokens",
                fix: "lattice trust add \(key) --account-token FILE")
        }
        var host = HostServiceSettings(
            lattice: try LatticeName(settings.name), operatorKey: operatorKey,
            trust: LatticeTrust.TrustSettings(settings.trust), name: try name, version: Lattice.version,
            labels: settings.host.labels)
        host.heartbeat = settings.host.heartbeat
        host.restores = settings.host.restore
        host.actorsMax = settings.host.actorsMax
        host.actorLimits = actorLimits
        host.guestMemoryMax = guestMemoryMax
        host.moduleBytesMax = Int(clamping: settings.actors.moduleMax.bytesCount)
        host.jetStreamDomain = settings.nats.jetStreamDomain
        host.providers = try providers(busURL)
        return host
    }

    private var actorLimits: ActorLimits {
        var limits = ActorLimits()
        let actors = settings.actors
        limits.memoryBytesMax = Int(clamping: actors.memoryMax.bytesCount)
        limits.fuelPerCall = actors.fuelPerCall
        limits.instancesMax = actors.instancesMax
        limits.queuedCallsMax = actors.queueMax
        limits.payloadBytesMax = Int(clamping: actors.payloadMax.bytesCount)
        return limits
    }

    private var guestMemoryMax: Int? {
        switch settings.host.guestMemoryMax {
        case .halfOfMachine: ThisMachine.memoryBytes / 2
        case .size(let size): Int(clamping: size.bytesCount)
        }
    }

    private func providers(_ busURL: String) throws -> ProviderLauncher.Settings {
        var launcher = ProviderLauncher.Settings()
        launcher.callTimeout = settings.actors.timeout
        launcher.shutdownDelay = settings.providers.shutdownDelay
        launcher.restarts.restartsMax = settings.providers.restartsMax
        launcher.restarts.delay = settings.providers.restartDelay
        launcher.restarts.delayMax = settings.providers.restartDelayMax
        launcher.restarts.stableAfter = settings.providers.stableAfter
        launcher.signsWithHostKey = settings.providers.signingKey == .host
        launcher.program = try program(busURL)
        return launcher
    }

    /// This very binary again; what the host is told, the process has to know, too.
    private func program(_ busURL: String) throws -> ProviderProgramSettings? {
        guard let path = Program.path else { return nil }
        var environment: [String: String] = [:]
        for section in ["address", "body_max", "connections_max", "idle_timeout_seconds"] {
            let name = "LATTICE_HTTPSERVER_\(section.uppercased())"
            environment[name] = httpServerValue(section)
        }
        environment["LATTICE_NATS_CA_FILE"] = settings.nats.caFile
        return ProviderProgramSettings(
            path: path, arguments: ["provider", "run"], busURL: busURL,
            busLogin: try settings.nats.creds.map { try NATSCredentialsFile.login($0) }, environment: environment,
            jetStreamDomain: settings.nats.jetStreamDomain, logLevel: settings.log.level.rawValue)
    }

    private func httpServerValue(_ key: String) -> String? {
        switch key {
        case "address": settings.httpServer.address
        case "body_max": "\(settings.httpServer.bodyMax.bytesCount)"
        case "connections_max": "\(settings.httpServer.connectionsMax)"
        case "idle_timeout_seconds": "\(settings.httpServer.idleTimeout.components.seconds)"
        default: nil
        }
    }
}

/// The providers that come with the binary.
enum BundledProviders {
    /// In order of preference where several offer one contract: what needs nothing besides the host comes first.
    static func all(_ http: HTTPListenerProvider.Defaults = .init()) -> [BundledProvider] {
        [.httpServer(http), .keyValueLocal, .redis]
    }

    static func all(_ settings: LatticeConfig.HTTPServerSettings) throws(CLIError) -> [BundledProvider] {
        var limits = HTTPLimits()
        limits.bodyBytesMax = Int(clamping: settings.bodyMax.bytesCount)
        limits.connectionsMax = settings.connectionsMax
        limits.idleTimeout = settings.idleTimeout
        guard let address = ListenAddress(settings.address) else {
            throw CLIError(.wrongUsage, "httpserver.address: '\(settings.address)' is no IP address with a port")
        }
        return all(HTTPListenerProvider.Defaults(address: address, limits: limits))
    }

    /// For a process of its own, whose host puts its settings into the environment.
    static func ofEnvironment() throws(CLIError) -> [BundledProvider] {
        let settings: LatticeSettings
        do throws(ConfigurationError) {
            settings = try LatticeSettings(ConfigurationSources(environment: Program.environmentVariables))
        } catch { throw CLIError(configuration: error) }
        return try all(settings.httpServer)
    }
}
