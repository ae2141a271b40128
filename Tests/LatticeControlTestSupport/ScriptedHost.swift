import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Synchronization

/// A host that answers as its state says, and notes what it was told.
public final class ScriptedHost: Sendable {
    public struct State: Sendable {
        public var labels: [String: String] = [:]
        public var isEnrolled = true
        public var trustVersion: UInt64 = 0
        /// What it answers as its enrolment, where it is not the real one.
        public var enrolment: String?
        public var actors: [ActorDescription] = []
        public var providers: [ProviderDescription] = []
        public var links: [LinkReport] = []
        public var refusals: [RefusalReport] = []
        /// Answers to commands; what is not here is accepted with its usual outcome. Nil keeps silent.
        public var acks: [HostTopic: ControlAck] = [:]
        public var linkAck: ControlAck = .done(.applied)
        public var bidsOnAuctions = true
        /// Answers a call with bytes or an error.
        public var reply: @Sendable (Invocation) -> Result<[UInt8], ReplyError> = { .success($0.payload) }
        /// What was asked of it, in order.
        public var commands: [Command] = []
    }

    public struct ReplyError: Error, Sendable {
        public let text: String
        public init(_ text: String) { self.text = text }
    }

    public enum Command: Hashable, Sendable {
        case startActor(StartActorCommand), stopActor(StopActorCommand), scaleActor(ScaleActorCommand)
        case startProvider(StartProviderCommand), stopProvider(StopProviderCommand), stop(StopHostCommand)
        case putLink(LinkPutRequest), deleteLink(LinkDeleteRequest)
    }

    public let name: String
    public let keys = HostKeyPair.generate()
    public let cluster = ClusterKeyPair.generate()
    public let state: Mutex<State>
    private let lattice: LatticeName
    private let subjects: LatticeSubjects
    private let bus: InMemoryBus
    private let metadata: InMemoryMetadataStore
    private let operatorKey: OperatorKey
    private let subscriptions = Mutex<[any BusSubscription]>([])
    private let following = Mutex<Task<Void, Never>?>(nil)

    init(_ name: String, labels: [String: String], in lattice: ScriptedLattice) throws {
        self.name = name
        self.lattice = lattice.name
        subjects = lattice.subjects
        bus = lattice.server.connect()
        metadata = InMemoryMetadataStore(bus)
        operatorKey = lattice.operatorKeys.publicKey
        var state = State()
        state.labels = labels
        self.state = Mutex(state)
        try listen()
    }

    deinit { following.withLock { $0?.cancel() } }

    public var key: HostKey { keys.publicKey }

    private func listen() throws {
        var opened: [any BusSubscription] = []
        for subscription in ControlSubscription.allCases {
            opened.append(
                try listen(subjects.pattern(subscription), subscription.isShared ? subjects.controlGroup : nil))
        }
        for subscription in HostSubscription.allCases { opened.append(try listen(subjects.pattern(subscription, key))) }
        subscriptions.withLock { $0 = opened }
    }

    private func listen(_ pattern: SubjectPattern, _ group: QueueGroup? = nil) throws -> any BusSubscription {
        try bus.subscribe(pattern, group: group) { [weak self] message in self?.handle(message) }
    }

    /// Ends all its subscriptions, as a host that was killed.
    public func vanish() {
        for subscription in subscriptions.withLock({ $0 }) { subscription.unsubscribe() }
    }

    /// Adopts every document of the operator from now on, as real hosts do.
    public func followTrust() {
        let (lattice, operatorKey) = (lattice, operatorKey)
        let onEvent: @Sendable (MetadataEvent) -> Void = { [weak self] event in
            guard case .put(let entry) = event, TrustBucketKey(entry.key) == .document,
                let document = try? TrustDocument(
                    verifying: String(decoding: entry.value, as: UTF8.self), operatorKey: operatorKey,
                    lattice: lattice)
            else { return }
            self?.state.withLock { $0.trustVersion = document.version }
        }
        let bucket = metadata.bucket(subjects.trustBucket)
        let task = Task<Void, Never> { do { try await bucket.watch(onEvent) } catch {} }
        following.withLock { $0 = task }
    }

    /// Runs an actor as far as calls go.
    public func serve(_ actor: ModuleKey) throws {
        let subscription = try bus.subscribe(SubjectPattern(subjects.calls(of: actor)), group: nil) {
            [weak self] message in self?.answerCall(message)
        }
        subscriptions.withLock { $0.append(subscription) }
    }

    // MARK: Answering

    private func handle(_ message: BusMessage) {
        let body: [UInt8]?
        if let topic = subjects.topic(of: message.subject, key) {
            body = try? answer(topic, message.payload)
        } else if let topic = subjects.topic(of: message.subject) {
            body = try? answer(topic, message.payload)
        } else {
            body = nil
        }
        if let body { try? bus.answer(message, body) }
    }

    private func answer(_ topic: ControlTopic, _ payload: [UInt8]) throws -> [UInt8]? {
        let state = state.withLock { $0 }
        switch topic {
        case .pingHosts: return reply(state).json
        case .getClaims: return ClaimsReply([]).json
        case .getLinks: return LinksReply(state.links).json
        case .putLink:
            note(.putLink(try LinkPutRequest(json: payload)))
            return state.linkAck.json
        case .deleteLink:
            note(.deleteLink(try LinkDeleteRequest(json: payload)))
            return ControlAck.done(.deleted).json
        case .auctionActor:
            let auction = try ActorAuction(json: payload)
            return isWilling(auction.constraints, state) ? ActorBid(auction, by: key).json : nil
        case .auctionProvider:
            let auction = try ProviderAuction(json: payload)
            return isWilling(auction.constraints, state) ? ProviderBid(auction, by: key).json : nil
        case .refusals:
            let request = try RefusalsRequest(json: payload)
            let found = state.refusals.filter { request.call == nil || $0.call == request.call }
            return RefusalsReply(host: key, refusals: Array(found.prefix(Int(request.countMax)))).json
        case .putRegistries: return nil
        }
    }

    private func answer(_ topic: HostTopic, _ payload: [UInt8]) throws -> [UInt8]? {
        let state = state.withLock { $0 }
        var outcome = ControlAck.Outcome.started
        switch topic {
        case .inventory:
            return HostInventory(
                host: key, cluster: cluster.publicKey, labels: state.labels, name: name, version: "0.1.0",
                uptimeSeconds: 5, actors: state.actors, providers: state.providers
            ).json
        case .startActor: note(.startActor(try StartActorCommand(json: payload)))
        case .stopActor:
            note(.stopActor(try StopActorCommand(json: payload)))
            outcome = .stopped
        case .scaleActor:
            note(.scaleActor(try ScaleActorCommand(json: payload)))
            outcome = .scaled
        case .startProvider: note(.startProvider(try StartProviderCommand(json: payload)))
        case .stopProvider:
            note(.stopProvider(try StopProviderCommand(json: payload)))
            outcome = .stopped
        case .stopHost:
            note(.stop(try StopHostCommand(json: payload)))
            outcome = .stopped
            vanish()
        case .updateActor, .putLabel, .deleteLabel: return nil
        }
        return (state.acks[topic] ?? .done(outcome)).json
    }

    private func note(_ command: Command) { state.withLock { $0.commands.append(command) } }

    private func isWilling(_ constraints: [String: String], _ state: State) -> Bool {
        state.isEnrolled && state.bidsOnAuctions && constraints.allSatisfy { state.labels[$0.key] == $0.value }
    }

    private func reply(_ state: State) -> HostReply {
        HostReply(
            host: key, cluster: cluster.publicKey, labels: state.labels, name: name, uptimeSeconds: 5,
            version: "0.1.0", clusterIssuers: [cluster.publicKey], jetStreamDomain: nil, busAddress: nil,
            lattice: lattice.text, isEnrolled: state.isEnrolled,
            enrolment: state.enrolment
                ?? Enrolment.signed(
                    by: keys, cluster: cluster.publicKey, lattice: lattice, at: .now(), ids: NUIDGenerator()),
            trustVersion: state.trustVersion)
    }

    private func answerCall(_ message: BusMessage) {
        guard let invocation = try? Invocation(messagePack: message.payload) else { return }
        let signer = InvocationSigner(key: cluster, host: key, lattice: lattice)
        let result = state.withLock { $0.reply }(invocation)
        let id = invocation.id.text
        let response: InvocationResponse
        switch result {
        case .success(let bytes):
            response = InvocationResponse(
                payload: bytes, to: id,
                token: signer.replyToken(to: id, error: nil, result: bytes, at: .now()))
        case .failure(let error):
            response = InvocationResponse(
                payload: [], to: id, error: error.text,
                token: signer.replyToken(to: id, error: error.text, result: [], at: .now()))
        }
        try? bus.answer(message, response.messagePack)
    }
}
