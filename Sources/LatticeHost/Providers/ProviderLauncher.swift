import Dispatch
import LatticeBus
import LatticeExchange
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust

/// Makes providers run, in this host or as child processes, and keeps them running.
public final class ProviderLauncher: Sendable {
    /// As `lattice.conf` has them under `providers`.
    public struct Settings: Sendable {
        /// For calls that say nothing about their time.
        public var callTimeout = Duration.seconds(2)
        /// Between asking a provider to end and ending it.
        public var shutdownDelay = Duration.milliseconds(400)
        /// Whether processes sign with the host's own key, as classic ones expect.
        public var signsWithHostKey = false
        public var restarts = RestartPolicy.Settings()
        /// How a child process is started; nil where this program can't.
        public var program: ProviderProgramSettings?

        public init() {}
    }

    struct Parts: Sendable {
        var identity: HostIdentity
        var gatekeeper: Gatekeeper
        var trust: TrustKeeper
        var ports: HostService.Ports
        var subjects: LatticeSubjects
        var folder: StateFolder
        var table: ProviderTable
        var calls: InvocationServer
        var actors: any ActorCaller
        /// What provider processes refuse.
        var refused: @Sendable (Refusal) -> Void
        var log: HostLog
    }

    private let settings: Settings
    private let parts: Parts
    private let yard = TaskYard()

    init(_ settings: Settings, _ parts: Parts) {
        self.settings = settings
        self.parts = parts
    }

    /// Until the task is cancelled, and with it every provider that still runs.
    func run() async { await yard.run() }

    // MARK: In this host

    /// Returns when the provider takes calls.
    func launchHere(
        _ bundled: BundledProvider, _ link: LinkName, _ configuration: String?
    ) async throws -> any RunningProvider {
        let log = parts.log
        let name = bundled.name
        let setup = ProviderSetup(
            link: link, configuration: configuration, stateFolder: stateFolder(bundled, link), actors: parts.actors,
            callTimeout: settings.callTimeout
        ) { line in log(.info, line, ["provider": name, "link_name": link.text]) }
        let provider = try await onBlockingThread { try bundled.make(setup) }
        let place = ProviderPlace(
            bundled.key, contract: bundled.contract, link: link, host: parts.identity.host.publicKey)
        let runtime = ProviderRuntime(
            provider, at: place,
            in: ProviderRuntime.Surroundings(
                gatekeeper: parts.gatekeeper, bus: parts.ports.bus, subjects: parts.subjects, calls: parts.calls,
                observer: { definition, standing in
                    guard case .refused(let reason, _)? = standing else { return }
                    log(.warning, "\(name) does not take a link: \(reason)", ["actor": "\(definition.actor)"])
                }))
        let hosted = HostedProvider(runtime)
        yard.add {
            await hosted.run()
        }
        guard await runtime.started() else { throw hosted.failure ?? LinkProblem("it ended before it took calls") }
        return hosted
    }

    /// One folder for each name that it may run under.
    private func stateFolder(_ bundled: BundledProvider, _ link: LinkName) -> String {
        "\(parts.folder.path)/providers/\(bundled.name)-\(link.text)"
    }

    // MARK: As a process

    /// Returns when the provider answers.
    func launchProcess(
        _ bundled: BundledProvider, _ link: LinkName, _ configuration: String?, instance: String
    ) async throws -> any RunningProvider {
        guard let program = settings.program else {
            throw LinkProblem("this host can't start providers as processes of their own")
        }
        let (parts, settings) = (parts, settings)
        let folder = stateFolder(bundled, link)
        let child = ProviderChild(
            ProviderChild.Parts(
                provider: bundled, link: link, command: program.command(bundled.name),
                hostData: { key, certificate in
                    program.hostData(
                        bundled, link, configuration, instance: instance, key: key, certificate: certificate,
                        settings: settings, stateFolder: folder, parts: parts)
                },
                certifier: ProcessCertifier(
                    cluster: parts.identity.cluster, lattice: parts.subjects.lattice,
                    bucket: parts.ports.metadata.bucket(parts.subjects.trustBucket), now: { parts.gatekeeper.now }),
                bus: parts.ports.bus, subjects: parts.subjects, identity: parts.identity, restarts: settings.restarts,
                shutdownDelay: settings.shutdownDelay, refused: parts.refused, log: parts.log))
        yard.add { await child.run() }
        do { try await child.waitUntilServing() } catch {
            await child.stop()
            throw error
        }
        return child
    }
}

/// Runs what blocks on a thread that may be blocked.
func onBlockingThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
    }
}
