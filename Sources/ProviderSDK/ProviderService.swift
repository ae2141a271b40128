import Dispatch
import LatticeBus
import LatticeExchange
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust
import Synchronization

/// What a provider process does once it has its bus: knows the lattice by its buckets, judges by that, and runs the
/// provider. Its ports are handed in.
final class ProviderService: Sendable {
    /// For what the lattice's buckets hold, before links are given without.
    private static let knowledgePatience = Duration.seconds(2)

    private let runtime: ProviderRuntime
    private let watch: LatticeWatch
    private let hasCache: Bool
    private let isCurrent: Latch
    private let log: ProviderLog

    /// Makes the provider; blocks for as long as that takes.
    init(
        _ bundled: BundledProvider, _ hostData: HostData, bus: any MessageBus, store: any MetadataStore,
        log: ProviderLog, settings: ProviderRuntime.Settings = .init()
    ) throws(ProviderProgramError) {
        let subjects = LatticeSubjects(hostData.lattice)
        let trust = try hostData.trustKeeper()
        for problem in trust.problems { log.warning(problem) }
        let gatekeeper = Gatekeeper(trust.basis)
        let isCurrent = Latch()
        let running = Late<ProviderRuntime>()
        let cache = try hostData.knowledgeCache()
        let watch = LatticeWatch(
            store: store, subjects: subjects, gatekeeper: gatekeeper, trust: trust, cache: cache
        ) { change in
            if case .current = change { isCurrent.set() }
            log.tell(change)
            running.value?.recordsChanged()
        }
        let queue = DispatchQueue(label: "lattice.provider.work", attributes: .concurrent)
        let work: Executor = { queue.async(execute: $0) }
        let refused = Self.teller(hostData, bus, subjects, log)
        @Sendable func signer(_ certificate: String?) -> InvocationSigner {
            InvocationSigner(
                key: hostData.key, host: hostData.host, lattice: hostData.lattice, certificate: certificate)
        }
        let calls = InvocationServer(
            gatekeeper: gatekeeper, bus: bus, signer: signer(hostData.trust?.certificate),
            certificates: watch.certificates, work: work, refused: refused)
        let actors = BusActorCaller(
            key: hostData.key.publicKey, certificate: hostData.trust?.certificate, gatekeeper: gatekeeper,
            makeCaller: { certificate in
                RemoteCaller(
                    gatekeeper: gatekeeper, bus: bus, subjects: subjects, signer: signer(certificate),
                    certificates: watch.certificates, work: work, refused: refused)
            }, refused: refused)
        let provider: any CapabilityProvider
        do {
            provider = try bundled.make(
                ProviderSetup(
                    link: hostData.link, configuration: hostData.configuration,
                    stateFolder: hostData.trust?.stateFolder ?? "", actors: actors,
                    callTimeout: .milliseconds(Int64(clamping: hostData.callTimeoutMilliseconds)),
                    log: { log.info($0) }))
        } catch { throw .provider("\(error)") }
        runtime = ProviderRuntime(
            provider,
            at: ProviderPlace(
                hostData.provider, contract: bundled.contract, link: hostData.link, host: hostData.host),
            in: ProviderRuntime.Surroundings(
                gatekeeper: gatekeeper, bus: bus, subjects: subjects, calls: calls,
                secret: { hostData.secret($0) }, observer: { log.tell($0, $1) }),
            settings: settings, shutdown: .byHost)
        running.value = runtime
        self.watch = watch
        hasCache = cache != nil
        self.isCurrent = isCurrent
        self.log = log
    }

    /// Until it is told to end.
    func run() async throws(BusError) {
        if hasCache { watch.restore() }
        let failure = await withTaskGroup(of: BusError?.self) { group in
            group.addTask { [watch] in
                await watch.run()
                return nil
            }
            await isCurrent.wait(atMost: Self.knowledgePatience)
            let failure = await serve()
            group.cancelAll()
            return failure
        }
        if let failure { throw failure }
    }

    private func serve() async -> BusError? {
        do throws(BusError) {
            try await runtime.run()
            return nil
        } catch { return error }
    }

    /// Returns when it takes calls; false when it ended before.
    func started() async -> Bool { await runtime.started() }

    func stop() { runtime.stop() }

    /// Tells of refusals where people look for them: a host of ours keeps them and makes them events; where there is none,
    /// they are events of our own.
    private static func teller(
        _ hostData: HostData, _ bus: any MessageBus, _ subjects: LatticeSubjects, _ log: ProviderLog
    ) -> @Sendable (Refusal) -> Void {
        let ids = NUIDGenerator()
        let (host, isOurs) = (hostData.host, hostData.trust != nil)
        return { refusal in
            let report = refusal.report(time: .now(), host: host)
            if isOurs { return log.tell(report) }
            for message in LatticeEvent.callRefused(report).messages(
                id: ids.next(), source: host, time: .now(), in: subjects)
            { try? bus.publish(message) }
        }
    }
}

extension ProviderLog {
    fileprivate func tell(_ change: KnowledgeChange) {
        switch change {
        case .documentAdopted(let document, _, _): info("trust document \(document.version) counts")
        case .refused(let key, let bucket, let reason):
            debug("'\(key)' in the \(bucket) bucket does not count: \(reason)")
        case .cache(let problem): warning(problem)
        case .interrupted(let error): warning("the lattice's buckets are out of reach: \(error)")
        case .current: info("the lattice's links and claims are known")
        case .documentOutdated, .displaced, .link, .actor, .revocations: break
        }
    }

    fileprivate func tell(_ link: LinkDefinition, _ standing: LinkStanding?) {
        switch standing {
        case .pending?: break
        case .applied?: info("linked: actor \(link.actor)")
        case .refused(let reason, _)?: warning("the link of actor \(link.actor) is refused: \(reason)")
        case nil: info("no longer linked: actor \(link.actor)")
        }
    }
}
