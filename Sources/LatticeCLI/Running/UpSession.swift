import ChildProcesses
import Glibc
import LatticeBus
import LatticeConfig
import LatticeControl
import LatticeHost
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import NATSTransport

/// What `lattice up` does, from the first key to the last child that it stops.
struct UpSession {
    let settings: LatticeSettings
    let home: LatticeHome
    let state: LatticeState
    let isDemo: Bool
    /// Where the demo shall listen.
    let http: String?
    let output: OutputOptions

    func run() async throws {
        let begin = ContinuousClock.now
        do { try PrivateFolder.create(state.path) } catch { throw CLIError(.refused, "\(error)") }
        let trust = try OwnTrust(keys: home.keys)
        try checkOperator(trust)
        let log = LogWriter.log(settings.log)
        let assembly = try HostAssembly(
            settings: settings, operatorKey: trust.operatorPair.publicKey, state: state, log: log)
        let server = settings.nats.url == nil ? try await NATSChild.start(in: state.path) : nil
        let url = settings.nats.url ?? server?.url ?? LatticeSession.defaultServer
        do {
            try await serve(url, server, trust, assembly, log, since: begin)
        } catch {
            await server?.stop()
            throw error
        }
        await server?.stop()
    }

    private func checkOperator(_ trust: OwnTrust) throws(CLIError) {
        guard let pinned = settings.trust.operator, pinned != "\(trust.operatorPair.publicKey)" else { return }
        throw CLIError(
            .refused,
            "trust.operator is \(pinned), and the operator here is \(trust.operatorPair.publicKey): 'up' enrols hosts in a "
                + "lattice of one's own only",
            fix: "lattice host")
    }

    private func serve(
        _ url: String, _ server: NATSChild?, _ trust: OwnTrust, _ assembly: HostAssembly, _ log: HostLog,
        since begin: ContinuousClock.Instant
    ) async throws {
        let bus = try await HostBus.connect(url, settings.nats, log: log)
        guard bus.connection.state.failure == nil else {
            throw CLIError(
                .nobodyReachable,
                "no NATS server answers at \(bus.address); where neither --nats nor LATTICE_NATS nor nats.url names one, "
                    + "'lattice up' starts its own")
        }
        let client = LatticeClient(
            bus: bus.connection, metadata: NATSMetadataStore(bus.connection, domain: bus.domain),
            objects: NATSObjectStore(bus.connection, domain: bus.domain),
            subjects: LatticeSubjects(try LatticeName(settings.name)))
        try await trust.enrol(assembly.identity, with: client)
        let service = try assembly.service(on: bus.connection, bus.domain, busURL: url)
        let signals = StopSignals { service.stop() }
        let record = UpRecord(process: getpid(), nats: url, lattice: settings.name)
        defer { record.remove(in: state) }
        let failure = await withTaskGroup(of: (any Error)?.self) { group in
            group.addTask {
                await service.run()
                return nil
            }
            group.addTask {
                do {
                    try await greet(service, client, trust, assembly, bus, server, record, since: begin)
                    return nil
                } catch {
                    service.stop(within: .zero)
                    return error
                }
            }
            if let server { group.addTask { await watch(server, service, log) } }
            var failure: (any Error)?
            for await outcome in group {
                failure = failure ?? outcome
                // The host has ended, or is about to.
                if service.isStopping { group.cancelAll() }
            }
            return failure
        }
        withExtendedLifetime(signals) {}
        await bus.connection.close()
        if let failure { throw failure }
    }

    /// A server of ours that dies takes the host along: nobody would start it again.
    private func watch(_ server: NATSChild, _ service: HostService, _ log: HostLog) async -> (any Error)? {
        while !Task.isCancelled, !service.isStopping {
            if server.hasEnded {
                service.stop(within: .zero)
                return CLIError(
                    .refused, "nats-server, which 'lattice up' had started, has ended",
                    fix: "less \(state.path)/nats-server.log")
            }
            try? await Task.sleep(for: .milliseconds(200))
        }
        return nil
    }

    /// Waits until everything serves, and says so.
    private func greet(
        _ service: HostService, _ client: LatticeClient, _ trust: OwnTrust, _ assembly: HostAssembly, _ bus: HostBus,
        _ server: NATSChild?, _ record: UpRecord, since begin: ContinuousClock.Instant
    ) async throws {
        await service.waitUntilOpen()
        guard !service.isStopping else { return }
        let demo =
            isDemo
            ? Demo(
                client: client, host: service.profile.host, trust: trust, settings: settings, http: http, home: home,
                state: state) : nil
        let started = try await demo?.start()
        try record.write(in: state)
        let greeting = UpGreeting(
            name: service.profile.name, host: service.profile.host, settings: settings, address: bus.address,
            server: server, account: trust.account.publicKey, demo: started, duration: begin.duration(to: .now))
        output.print(greeting)
        if DetachedUp.isChild { DetachedUp.letGo(log: "\(state.path)/up.log") }
    }
}
