import LatticeBus
import LatticeExchange
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Synchronization

/// Answers the control interface: questions that all hosts answer, those that one of them does, commands to this host.
///
/// It listens on `ping.hosts`, `auction.>`, `registries.put`, `why.refusals`, `cmd.{host}.*`, `get.{host}.inv` and
/// `labels.{host}.*`; while the host is enrolled also, in the group of all hosts, on `get.*` and `linkdefs.*`.
/// - Source: lattice protocol §7; a host that is not enrolled: trust rules §1.
final class ControlInterface: Sendable {
    struct Parts: Sendable {
        var bus: any MessageBus
        var subjects: LatticeSubjects
        var identity: HostIdentity
        var profile: HostProfile
        var gatekeeper: Gatekeeper
        var actors: ActorOperations
        var providers: ProviderSupervisor
        var links: LinkOperations
        var refusals: RefusalLog
        var claims: any MetadataBucket
        var events: EventPublisher
        var heartbeat: @Sendable () -> HostHeartbeat
        /// Ends the host, within the time given.
        var stop: @Sendable (Duration?) -> Void
    }

    /// Commands under way; each may wait for minutes.
    private static let handlersMax = 128

    private let parts: Parts
    private let queue = ControlQueue()
    private let subscriptions = Mutex<[any BusSubscription]>([])
    private let shared = Mutex<[any BusSubscription]>([])

    init(_ parts: Parts) { self.parts = parts }

    // MARK: Listening

    func open() throws(BusError) {
        var opened: [any BusSubscription] = []
        for subscription in ControlSubscription.allCases where !subscription.isShared {
            opened.append(try listen(parts.subjects.pattern(subscription)))
        }
        for subscription in HostSubscription.allCases {
            opened.append(try listen(parts.subjects.pattern(subscription, parts.profile.host)))
        }
        subscriptions.withLock { $0 = opened }
    }

    /// Joins or leaves the group of those that answer for the lattice.
    func setShared(_ isEnrolled: Bool) throws(BusError) {
        if !isEnrolled { return leave() }
        guard shared.withLock({ $0.isEmpty }) else { return }
        var opened: [any BusSubscription] = []
        for subscription in ControlSubscription.allCases where subscription.isShared {
            opened.append(try listen(parts.subjects.pattern(subscription), group: parts.subjects.controlGroup))
        }
        shared.withLock { $0 = opened }
    }

    private func leave() {
        let left = shared.withLock { shared in
            defer { shared = [] }
            return shared
        }
        for subscription in left { subscription.unsubscribe() }
    }

    func close() {
        leave()
        let closed = subscriptions.withLock { subscriptions in
            defer { subscriptions = [] }
            return subscriptions
        }
        for subscription in closed { subscription.unsubscribe() }
    }

    private func listen(_ pattern: SubjectPattern, group: QueueGroup? = nil) throws(BusError) -> any BusSubscription {
        let (queue, bus) = (queue, parts.bus)
        return try bus.subscribe(pattern, group: group) { message in
            if queue.offer(message) { return }
            let error = "\(ControlQueue.waitingMax) control requests wait on this host already"
            try? bus.answer(message, ControlAck.failed(error).json)
        }
    }

    func run() async {
        await queue.run(handlersMax: Self.handlersMax) { [self] message in await handle(message) }
    }

    // MARK: Answering

    /// Whatever comes, whoever asks hears back.
    private func handle(_ message: BusMessage) async {
        do throws(MessageError) {
            if let topic = parts.subjects.topic(of: message.subject, parts.profile.host) {
                try await handle(topic, message)
            } else if let topic = parts.subjects.topic(of: message.subject) {
                try await handle(topic, message)
            } else {
                answer(message, ControlAck.failed("unsupported subject \(message.subject.text.prefix(200))"))
            }
        } catch { answer(message, ControlAck.failed("the request can't be read: \(error)")) }
    }

    private func answer(_ message: BusMessage, _ body: some JSONBody) {
        do throws(BusError) { try parts.bus.answer(message, body.json) } catch {
            if case .payloadTooLarge = error {
                try? parts.bus.answer(message, ControlAck.failed("the answer is too large: \(error)").json)
            }
        }
    }

    private func handle(_ topic: ControlTopic, _ message: BusMessage) async throws(MessageError) {
        switch topic {
        case .pingHosts: answer(message, hostReply)
        case .getClaims: await answerClaims(message)
        case .getLinks: answer(message, LinksReply(await parts.links.reports()))
        case .putLink: try await put(try LinkPutRequest(json: message.payload), message)
        case .deleteLink: try await delete(try LinkDeleteRequest(json: message.payload), message)
        case .auctionActor:
            let auction = try ActorAuction(json: message.payload)
            guard isEnrolled, parts.profile.satisfies(auction.constraints) else { return }
            answer(message, ActorBid(auction, by: parts.profile.host))
        case .auctionProvider:
            let auction = try ProviderAuction(json: message.payload)
            guard isEnrolled, parts.profile.satisfies(auction.constraints),
                parts.providers.canStart(auction.reference, auction.link)
            else { return }
            answer(message, ProviderBid(auction, by: parts.profile.host))
        case .putRegistries:
            answer(message, ControlAck.failed("this host fetches nothing from registries yet"))
        case .refusals:
            let request = message.payload.isEmpty ? RefusalsRequest() : try RefusalsRequest(json: message.payload)
            let reports = parts.refusals.reports(of: request.call, countMax: Int(clamping: request.countMax))
            answer(message, RefusalsReply(host: parts.profile.host, refusals: reports))
        }
    }

    private func handle(_ topic: HostTopic, _ message: BusMessage) async throws(MessageError) {
        let parts = parts
        switch topic {
        case .inventory: answer(message, await inventory)
        case .startActor:
            let command = try StartActorCommand(json: message.payload)
            guard isMeant(command.host, message) else { return }
            await carryOut(command.options, message) { await parts.actors.start(command) }
        case .stopActor:
            let command = try StopActorCommand(json: message.payload)
            guard isMeant(command.host, message) else { return }
            answer(message, await parts.actors.stop(command))
        case .scaleActor:
            let command = try ScaleActorCommand(json: message.payload)
            guard isMeant(command.host, message) else { return }
            await carryOut(command.options, message) { await parts.actors.scale(command) }
        case .updateActor:
            answer(message, ControlAck.failed("actors can't be updated in place yet: stop the old one, start the new"))
        case .startProvider:
            let command = try StartProviderCommand(json: message.payload)
            guard isMeant(command.host, message) else { return }
            await carryOut(command.options, message) { await parts.providers.start(command) }
        case .stopProvider:
            let command = try StopProviderCommand(json: message.payload)
            guard isMeant(command.host, message) else { return }
            answer(message, await parts.providers.stop(command))
        case .stopHost:
            let command = try StopHostCommand(json: message.payload)
            guard isMeant(command.host, message) else { return }
            answer(message, command.options.waitMilliseconds == nil ? ControlAck.accepted : .done(.stopped))
            parts.stop(command.timeoutMilliseconds.map { .milliseconds(Int64(clamping: $0)) })
        case .putLabel, .deleteLabel:
            let change = try LabelChange(json: message.payload)
            do throws(HostProfile.LabelProblem) {
                try parts.profile.setLabel(change.key, topic == .putLabel ? change.value : nil)
                answer(message, ControlAck.accepted)
            } catch { answer(message, ControlAck.failed("\(error)")) }
        }
    }

    /// Whether a command names this host, as its subject does; what contradicts itself is not obeyed.
    private func isMeant(_ host: HostKey, _ message: BusMessage) -> Bool {
        if host == parts.profile.host { return true }
        answer(message, ControlAck.failed("the command is for host \(host) and came to \(parts.profile.host)"))
        return false
    }

    /// Answers after the outcome, or at once where nobody waits for it; the work goes on in both cases.
    private func carryOut(
        _ options: ControlOptions, _ message: BusMessage, _ work: @escaping @Sendable () async -> ControlAck
    ) async {
        guard let wait = options.waitMilliseconds else {
            answer(message, ControlAck.accepted)
            return _ = await work()
        }
        let isAnswered = Once()
        await withTaskGroup { group in
            group.addTask {
                guard (try? await Task.sleep(for: .milliseconds(Int64(clamping: wait)))) != nil else { return }
                if isAnswered.isFirst { self.answer(message, ControlAck.accepted) }
            }
            let ack = await work()
            if isAnswered.isFirst { answer(message, ack) }
            group.cancelAll()
        }
    }

    private var isEnrolled: Bool { parts.gatekeeper.basis.isEnrolled(parts.profile.cluster) }

    // MARK: Questions

    private var hostReply: HostReply {
        parts.events.publish(.hostHeartbeat(parts.heartbeat()))
        let (profile, basis) = (parts.profile, parts.gatekeeper.basis)
        return HostReply(
            host: profile.host, cluster: profile.cluster, labels: profile.labels, name: profile.name,
            uptimeSeconds: profile.uptimeSeconds, version: profile.version, clusterIssuers: basis.clusters,
            jetStreamDomain: profile.jetStreamDomain, busAddress: parts.bus.state.server,
            lattice: basis.lattice.text, isEnrolled: isEnrolled,
            enrolment: Enrolment.signed(
                by: parts.identity.host, cluster: profile.cluster, lattice: basis.lattice, at: parts.gatekeeper.now,
                ids: NUIDGenerator()),
            trustVersion: basis.documentVersion)
    }

    private var inventory: HostInventory {
        get async {
            let profile = parts.profile
            return HostInventory(
                host: profile.host, cluster: profile.cluster, labels: profile.labels, name: profile.name,
                version: profile.version, uptimeSeconds: profile.uptimeSeconds, actors: parts.actors.descriptions,
                providers: await parts.providers.descriptions())
        }
    }

    private func answerClaims(_ message: BusMessage) async {
        do throws(StoreError) {
            let entries = try await parts.claims.entries().filter { entry in
                if case .claims? = LatticeDataKey(entry.key) { true } else { false }
            }
            answer(message, ClaimsReply(entries.compactMap { try? ClaimsEntry(json: $0.value) }))
        } catch { answer(message, ControlAck.failed("the claims can't be read: \(error)")) }
    }

    // MARK: Links

    private func put(_ request: LinkPutRequest, _ message: BusMessage) async throws(MessageError) {
        let links = parts.links
        if request.options.waitMilliseconds == nil { return answer(message, await links.store(request)) }
        await carryOut(request.options, message) { await links.put(request) }
    }

    private func delete(_ request: LinkDeleteRequest, _ message: BusMessage) async throws(MessageError) {
        answer(message, await parts.links.delete(request))
    }
}

extension BusState {
    /// The address of the server, while there is one.
    fileprivate var server: String? {
        if case .connected(let server) = self { server } else { nil }
    }
}
