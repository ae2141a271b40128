import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust
import Synchronization

/// One running provider, in a host or in a process of its own: gives it the links that are in force, brings calls to it, and
/// answers for it on the bus.
///
/// Listens on the subjects of its provider key and link name: invocations (in the group `rpc`), `linkdefs.put`,
/// `linkdefs.del`, `health` and, in a process, `shutdown`.
public final class ProviderRuntime: LocalProvider {
    public struct Settings: Sendable {
        /// Before a link that the provider refused is offered to it again; doubled each time.
        public var retryDelay = Duration.seconds(5)
        public var retryDelayMax = Duration.seconds(60)
        /// How long whoever puts or deletes a link may wait for the outcome: a little less than hosts wait.
        public var answerTime = Duration.milliseconds(4_500)
        /// Questions about links that may wait; the next one is refused.
        public var questionsMax = 256
        /// What calls in progress have when the provider ends.
        public var drainTime = Duration.seconds(2)

        public init() {}
    }

    /// What it needs of whoever runs it.
    public struct Surroundings: Sendable {
        public var gatekeeper: Gatekeeper
        public var bus: any MessageBus
        public var subjects: LatticeSubjects
        /// Answers invocations that come in over the bus.
        public var calls: InvocationServer
        /// A secret of the host's state folder, by its name.
        public var secret: @Sendable (String) -> String?
        /// Gets every change of a link or its standing; nil when it has gone. Returns soon, and asks nothing of the runtime.
        public var observer: @Sendable (LinkDefinition, LinkStanding?) -> Void

        public init(
            gatekeeper: Gatekeeper, bus: any MessageBus, subjects: LatticeSubjects, calls: InvocationServer,
            secret: @escaping @Sendable (String) -> String? = { _ in nil },
            observer: @escaping @Sendable (LinkDefinition, LinkStanding?) -> Void = { _, _ in }
        ) {
            self.gatekeeper = gatekeeper
            self.bus = bus
            self.subjects = subjects
            self.calls = calls
            self.secret = secret
            self.observer = observer
        }
    }

    /// Who may end it over the bus.
    public enum Shutdown: Sendable {
        /// Nobody: it ends with the host.
        case none
        /// The host that started this process.
        case byHost
    }

    public let place: ProviderPlace
    public var contract: ContractID { place.contract }
    let provider: any CapabilityProvider
    let surroundings: Surroundings
    let settings: Settings
    private let shutdown: Shutdown

    let gate = CallGate()
    let ledger: Mutex<LinkLedger>
    /// Held while the observer is told.
    let telling = Mutex(())
    /// Something happened that may concern a link.
    let hints = ChangeCount()
    /// The ledger has changed.
    let progress = ChangeCount()
    private let phase = Mutex(Phase.fresh)
    private let phaseChanges = ChangeCount()

    private enum Phase {
        /// → starting
        case fresh
        /// Gives the provider the links that there are. → serving, ended
        case starting
        /// Takes calls. → ended
        case serving
        case ended
    }

    public init(
        _ provider: any CapabilityProvider, at place: ProviderPlace, in surroundings: Surroundings,
        settings: Settings = Settings(), shutdown: Shutdown = .none
    ) {
        self.provider = provider
        self.place = place
        self.surroundings = surroundings
        self.settings = settings
        self.shutdown = shutdown
        ledger = Mutex(LinkLedger(retryDelay: settings.retryDelay, retryDelayMax: settings.retryDelayMax))
    }

    // MARK: Running

    /// Serves until told to stop or cancelled; drains then, and shuts the provider down. Once.
    /// - Throws: what keeps it from listening.
    public func run() async throws(BusError) {
        let isFirst = phase.withLock { phase in
            guard case .fresh = phase else { return false }
            phase = .starting
            return true
        }
        guard isFirst else { return }
        let (questions, continuation) = AsyncStream.makeStream(
            of: LinkQuestion.self, bufferingPolicy: .bufferingOldest(settings.questionsMax))
        var subscriptions: [any BusSubscription] = []
        var failure: BusError?
        do throws(BusError) {
            subscriptions = try listen(asking: continuation)
        } catch { failure = error }
        if failure == nil {
            failure = await serve(questions)
        }
        for subscription in subscriptions { subscription.unsubscribe() }
        continuation.finish()
        end()
        await releaseLinks()
        await provider.shutdown()
        if let failure { throw failure }
    }

    /// Returns when the links that there were at the start have been offered to the provider and calls are taken.
    /// - Returns: false when it ended before.
    public func started() async -> Bool {
        while !Task.isCancelled {
            let seen = phaseChanges.value
            switch phase.withLock({ $0 }) {
            case .serving: return true
            case .ended: return false
            case .fresh, .starting: await phaseChanges.wait(beyond: seen, until: nil)
            }
        }
        return false
    }

    /// Asks `run` to end.
    public func stop() {
        end()
        hints.advance()
    }

    private func end() {
        phase.withLock { $0 = .ended }
        phaseChanges.advance()
    }

    var hasEnded: Bool {
        if case .ended = phase.withLock({ $0 }) { true } else { Task.isCancelled }
    }

    /// Until it ends: links, questions about links, calls.
    private func serve(_ questions: AsyncStream<LinkQuestion>) async -> BusError? {
        await withTaskGroup(of: BusError?.self) { group in
            group.addTask {
                await self.followLinks()
                return nil
            }
            group.addTask {
                await self.answer(questions)
                return nil
            }
            group.addTask { await self.takeCalls() }
            let failure = await group.next() ?? nil
            // The first one that ends, ends the others.
            self.end()
            self.hints.advance()
            group.cancelAll()
            await group.waitForAll()
            return failure
        }
    }

    /// Joins the group of those who answer calls when the links of the start are there, and leaves it kindly.
    private func takeCalls() async -> BusError? {
        while !hasEnded {
            let seen = progress.value
            if isSettled { break }
            await progress.wait(beyond: seen, until: nil)
        }
        guard !hasEnded else { return nil }
        let subscription: any BusSubscription
        do throws(BusError) { subscription = try joinCalls() } catch { return error }
        let serves = phase.withLock { phase in
            guard case .starting = phase else { return false }
            phase = .serving
            return true
        }
        phaseChanges.advance()
        while serves, !hasEnded {
            let seen = phaseChanges.value
            if hasEnded { break }
            await phaseChanges.wait(beyond: seen, until: nil)
        }
        await leave(subscription)
        return nil
    }

    /// What has come is still performed, within its time.
    private func leave(_ subscription: any BusSubscription) async {
        let deadline = ContinuousClock.now + settings.drainTime
        let (gate, drainTime) = (gate, settings.drainTime)
        // Also when this task is cancelled: that is how it is told to end.
        await Task.detached {
            try? await subscription.drain(timeout: drainTime)
            gate.close()
            await gate.waitUntilEmpty(deadline: deadline)
        }.value
    }

    // MARK: Asking

    /// Something of what the gatekeeper knows has changed. Costs nothing; many changes together are looked at once.
    public func recordsChanged() { hints.advance() }

    /// All that is known of its links, by their ids.
    public var links: [ProviderLink] { ledger.withLock(\.links) }

    public func link(_ id: LinkID) -> ProviderLink? { ledger.withLock { $0.link(id) } }

    /// How the provider is, and which links it does not serve.
    public var health: HealthReply {
        var health = provider.health
        for link in links {
            if case .refused(let reason, _) = link.standing { health.linkErrors["\(link.link.id)"] = reason }
        }
        return health
    }

    /// Calls that it performs right now.
    public var callsCount: Int { gate.callsCount }

    // MARK: Calls

    /// Performs a call that is permitted. Refuses as `no-provider` while the provider does not serve its link.
    public func perform(_ call: ProviderCall, completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void) {
        guard gate.enter(call.link.actor) else { return completion(.failure(unserved(call))) }
        provider.perform(call) { [gate] result in
            gate.leave()
            completion(result)
        }
    }

    private func unserved(_ call: ProviderCall) -> Refusal {
        let reason =
            switch link(call.link.id)?.standing {
            case .refused(let reason, _)?: "does not take the link: \(reason)"
            case .pending?: "has not taken the link yet"
            case .applied?, nil: hasEnded ? "is about to end" : "does not have the link"
            }
        return call.refusal(
            .noProvider, "provider \(place.provider) runs under link name '\(place.link)', and \(reason)")
    }

    // MARK: The bus

    private func listen(
        asking questions: AsyncStream<LinkQuestion>.Continuation
    ) throws(BusError) -> [any BusSubscription] {
        let (bus, subjects) = (surroundings.bus, surroundings.subjects)
        var subscriptions: [any BusSubscription] = []
        subscriptions.append(
            try bus.subscribe(SubjectPattern(subjects.linkPut(place.provider, place.link))) { [weak self] message in
                self?.take(.put, message, questions)
            })
        subscriptions.append(
            try bus.subscribe(SubjectPattern(subjects.linkDelete(place.provider, place.link))) { [weak self] message in
                self?.take(.delete, message, questions)
            })
        for subject in [
            subjects.health(place.provider, place.link), subjects.health(place.provider, place.link, on: place.host),
        ] {
            subscriptions.append(
                try bus.subscribe(SubjectPattern(subject)) { [weak self] message in
                    guard let self else { return }
                    try? bus.answer(message, health.messagePack)
                })
        }
        if case .byHost = shutdown {
            subscriptions.append(
                try bus.subscribe(SubjectPattern(subjects.shutdown(place.provider, place.link))) {
                    [weak self] message in
                    self?.takeShutdown(message)
                })
        }
        return subscriptions
    }

    private func joinCalls() throws(BusError) -> any BusSubscription {
        let subjects = surroundings.subjects
        return try surroundings.bus.subscribe(
            SubjectPattern(subjects.calls(of: place.provider, place.link)), group: LatticeSubjects.providerGroup
        ) { [weak self] message in
            guard let self else { return }
            surroundings.calls.receive(message, for: place.target) { [weak self] call, deadline, completion in
                guard let self, let link = call.link else {
                    return completion(.failure(Refusal(.noProvider, "the provider has ended", call: call.id)))
                }
                perform(
                    ProviderCall(
                        id: call.id, link: link, operation: call.operation, argument: call.argument,
                        deadline: deadline), completion: completion)
            }
        }
    }
}
