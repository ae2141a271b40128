import ActorRuntime
import LatticeBus
import LatticeControl
import LatticeExchange
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust
import Synchronization
import WasmRuntime

/// A host as it runs: its actors and providers, what it knows of the lattice, and what it answers. Only wires its services
/// together; the first that matters is what watches the buckets, as everything else rests on that.
public final class HostService: Sendable {
    /// What the host speaks and stores through.
    public struct Ports: Sendable {
        public var bus: any MessageBus
        public var metadata: any MetadataStore
        public var objects: any ObjectStore

        public init(bus: any MessageBus, metadata: any MetadataStore, objects: any ObjectStore) {
            self.bus = bus
            self.metadata = metadata
            self.objects = objects
        }
    }

    /// What was done last about who is trusted.
    private struct Standing {
        var isEnrolled: Bool?
        var documentVersion: UInt64?
    }

    public let profile: HostProfile
    public let gatekeeper: Gatekeeper
    private let settings: HostServiceSettings
    private let bus: any MessageBus
    private let host: Host
    private let actors: ActorOperations
    private let providers: ProviderSupervisor
    private let launcher: ProviderLauncher
    private let control: ControlInterface
    private let events: EventPublisher
    private let watch: LatticeWatch
    private let inbox = KnowledgeInbox()
    private let beat: HeartbeatFacts
    private let log: HostLog
    private let standing = Mutex(Standing())
    /// Set when everything that the buckets hold has been told for the first time.
    private let known = Latch()
    /// Set when what runs has been brought into line for the first time.
    private let opened = Latch()
    private let ending: HostEnding

    /// How long the buckets may take before the host answers from what it has on disk.
    private static let knowledgeTimeout = Duration.seconds(3)

    /// Lines of the log in a second that one actor may fill, and what stands in a bucket and does not count.
    private static let actorLinesMax = 200
    private static let bucketLinesMax = 20

    // MARK: Making

    /// - Parameters:
    ///   - folder: locked for as long as the host lives.
    ///   - bundled: the providers that it can run.
    public init(
        _ settings: HostServiceSettings, identity: HostIdentity, folder: StateFolder, ports: Ports,
        bundled: [BundledProvider], log: HostLog
    ) throws {
        self.settings = settings
        self.log = log
        bus = ports.bus
        let subjects = LatticeSubjects(settings.lattice)
        profile = HostProfile(
            identity: identity, name: settings.name, labels: settings.labels, version: settings.version,
            jetStreamDomain: settings.jetStreamDomain)
        events = EventPublisher(bus: bus, subjects: subjects, source: profile.host)
        let cache = KnowledgeCache(folder: folder.path)
        let trust = TrustKeeper(
            operatorKey: settings.operatorKey, lattice: settings.lattice, settings: settings.trust, cache: cache)
        for problem in trust.problems { log(.warning, problem) }
        gatekeeper = Gatekeeper(trust.basis)

        let client = LatticeClient(
            bus: bus, metadata: ports.metadata, objects: ports.objects, subjects: subjects)
        let refusals = RefusalLog(of: profile.host)
        let teller = RefusalTeller(log: refusals, events: events)
        let announcer = LinkAnnouncer(bus: bus, subjects: subjects, gatekeeper: gatekeeper, events: events)
        let running = Late<ActorSupervisor>()
        let (said, found) = (
            LineBudget<ModuleKey>(linesMax: Self.actorLinesMax),
            LineBudget<WatchedBucket>(linesMax: Self.bucketLinesMax)
        )
        watch = LatticeWatch(
            store: ports.metadata, subjects: subjects, gatekeeper: gatekeeper, trust: trust, cache: cache,
            runsHere: { running.value?[$0] != nil }
        ) { [inbox, known] change in
            announcer.announce(change)
            if case .refused(_, let bucket, _) = change {
                found.write(bucket, to: log, ["bucket": bucket.rawValue]) { change.write(to: log) }
            } else {
                change.write(to: log)
            }
            inbox.add(change)
            if case .current = change { known.set() }
        }
        let places = ProviderTable()
        host = Host(
            identity: identity, gatekeeper: gatekeeper, bus: bus, subjects: subjects, certificates: watch.certificates,
            providers: places, actorsMax: settings.actorsMax,
            budget: settings.guestMemoryMax.map { MemoryBudget(bytesMax: $0) },
            observers: Host.Observers(
                refused: { teller.call($0) },
                logged: { actor, line in
                    said.write(actor, to: log, ["actor": "\(actor)"]) { log(.info, line, ["actor": "\(actor)"]) }
                }))
        running.value = host.actors

        let claims = ClaimsPublisher(ports.metadata, subjects)
        let restore = try RestoreBook(in: folder)
        actors = ActorOperations(
            host: host,
            modules: ModuleStore(
                ports.objects, subjects, cache: folder, moduleBytesMax: settings.moduleBytesMax),
            claims: claims, restore: restore, events: events, limits: settings.actorLimits,
            refused: { teller.start($0) })
        launcher = ProviderLauncher(
            settings.providers,
            ProviderLauncher.Parts(
                identity: identity, gatekeeper: gatekeeper, trust: trust, ports: ports, subjects: subjects,
                folder: folder, table: places, calls: host.invocations, actors: host.actorCaller,
                refused: { teller.call($0) }, log: log))
        providers = ProviderSupervisor(
            ProviderSupervisor.Parts(
                host: profile.host, cluster: profile.cluster, version: settings.version, gatekeeper: gatekeeper,
                bundled: bundled, launcher: launcher, table: places, claims: claims, restore: restore, events: events,
                client: client, refused: { teller.start($0) }, log: log))
        beat = HeartbeatFacts(profile: profile, actors: host.actors, providers: providers)
        ending = HostEnding()
        control = ControlInterface(
            ControlInterface.Parts(
                bus: bus, subjects: subjects, identity: identity, profile: profile, gatekeeper: gatekeeper,
                actors: actors, providers: providers,
                links: LinkOperations(
                    gatekeeper: gatekeeper, client: client, refused: { teller.link($0) },
                    unreadable: { [watch] in watch.refusedLinks }),
                refusals: refusals, claims: ports.metadata.bucket(subjects.metadataBucket), events: events,
                heartbeat: { [beat] in beat.now }, stop: { [ending] in ending.begin(within: $0) }))
        watch.restore()
    }

    // MARK: Running

    /// Runs until `stop` is called or the task is cancelled, and ends everything that it started.
    public func run() async {
        await withTaskGroup { group in
            group.addTask { await self.watch.run() }
            group.addTask { await self.control.run() }
            group.addTask { await self.launcher.run() }
            group.addTask {
                await Heartbeat(interval: self.settings.heartbeat, events: self.events) { self.beat.now }.run()
            }
            group.addTask { await self.serve() }
            await ending.wait()
            await close(within: ending.drainTime)
            group.cancelAll()
        }
    }

    /// Ends the host: it takes no more calls, and those under way have so long.
    public func stop(within limit: Duration? = nil) { ending.begin(within: limit) }

    public func runs(_ actor: ModuleKey) -> Bool { host.actors[actor] != nil }

    /// Whether it was told to end.
    public var isStopping: Bool { ending.hasBegun }

    /// Returns when the host answers commands, and runs again what it ran before.
    public func waitUntilOpen() async { await opened.wait() }

    /// Answers commands from now on, and follows what the lattice says until cancelled.
    private func serve() async {
        await known.wait(atMost: Self.knowledgeTimeout)
        guard !Task.isCancelled else { return }
        do throws(BusError) { try control.open() } catch {
            log(.critical, "the control interface can't be opened: \(error)")
            return stop(within: .zero)
        }
        let facts = HostFacts(
            labels: profile.labels, name: profile.name, uptimeSeconds: profile.uptimeSeconds, version: profile.version)
        events.publish(.hostStarted(facts))
        inbox.lookAtEverything()
        await inbox.forEach { changes in
            await adapt(to: changes)
            guard !opened.isSet else { return }
            try? await bus.flush(timeout: .seconds(2))
            opened.set()
        }
    }

    /// Nothing new first, then what runs, then whatever it stands on.
    private func close(within limit: Duration) async {
        control.close()
        await actors.leaveBus(within: limit)
        await withDeadline(limit) { await self.actors.waitUntilIdle() }
        await withDeadline(limit + settings.providers.shutdownDelay) { await self.providers.stopAll() }
        await actors.stopAll()
        events.publish(.hostStopped(labels: profile.labels))
        try? await bus.flush(timeout: .seconds(1))
    }

    // MARK: What the lattice says

    /// Brings what runs here into line with it. One look after the other.
    private func adapt(to changes: KnowledgeInbox.Changes) async {
        guard !isStopping else { return }
        let basis = gatekeeper.basis
        let isEnrolled = basis.isEnrolled(profile.cluster)
        let before = standing.withLock { standing in
            defer { standing = Standing(isEnrolled: isEnrolled, documentVersion: basis.documentVersion) }
            return standing
        }
        do throws(BusError) { try control.setShared(isEnrolled) } catch {
            log(.error, "the questions of the lattice can't be answered: \(error)")
        }
        if changes.trust { await actors.stopUntrusted(by: basis) }
        guard isEnrolled else { return await adaptNotEnrolled(before: before.isEnrolled) }
        if let revision = changes.outdated { await writeBack(over: revision) }
        if before.isEnrolled != true || before.documentVersion != basis.documentVersion, settings.restores {
            await providers.restoreAll()
            await actors.restoreAll()
        }
        if changes.current { await actors.publishAll() } else { await actors.publish(changes.displaced) }
        providers.recordsChanged()
    }

    private func adaptNotEnrolled(before: Bool?) async {
        if before == true { await providers.stopAll() }
        if before == false { return }
        log(
            .warning,
            "this host is not enrolled in the lattice '\(gatekeeper.basis.lattice)': it starts nothing until it is",
            ["fix": "lattice trust add \(profile.host)"])
    }

    private func writeBack(over revision: MetadataRevision) async {
        do throws(StoreError) {
            if try await watch.writeBack(over: revision) { log(.notice, "the trust document is written back") }
        } catch { log(.warning, "the trust document can't be written back: \(error)") }
    }
}
