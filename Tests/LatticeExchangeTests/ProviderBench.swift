import Dispatch
import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTestSupport
import LatticeTrust
import Synchronization

@testable import LatticeExchange

/// A provider that does what a test says, and tells what was asked of it.
final class FakeProvider: CapabilityProvider {
    enum Event: Hashable, Sendable {
        case put(ModuleKey, [String: String])
        case removed(ModuleKey)
        case performed(ModuleKey, String)
        case shutDown
    }

    typealias Completion = @Sendable (Result<[UInt8], Refusal>) -> Void

    let events = EventLog<Event>()
    /// Why the next links are not taken.
    let problem = Mutex<LinkProblem?>(nil)
    /// Calls of `Test.Wait`.
    let waiting = EventLog<Completion>()

    func put(_ link: LinkDefinition) async throws(LinkProblem) {
        events.append(.put(link.actor, link.values))
        if let problem = problem.withLock({ $0 }) { throw problem }
    }

    func remove(_ link: LinkDefinition) async { events.append(.removed(link.actor)) }

    func perform(_ call: ProviderCall, completion: @escaping Completion) {
        events.append(.performed(call.link.actor, call.operation))
        if call.operation == "Test.Wait" { waiting.append(completion) } else { completion(.success(call.argument)) }
    }

    var health: HealthReply { HealthReply(isHealthy: false, message: "so so") }

    func shutdown() async { events.append(.shutDown) }
}

/// One running provider on the in-memory bus, on host `one`; calls come from host `two`.
final class ProviderBench: Sendable {
    let lattice: ExchangeBench
    let provider = FakeProvider()
    let gatekeeper: Gatekeeper
    let bus: InMemoryBus
    let caller: InMemoryBus
    let runtime: ProviderRuntime
    let standings = EventLog<LinkStanding?>()
    let refusals = EventLog<Refusal>()
    private let task = Mutex<Task<Void, any Error>?>(nil)

    init(
        settings: ProviderRuntime.Settings = .init(), trust: TrustSettings = TrustSettings(),
        shutdown: ProviderRuntime.Shutdown = .byHost, secrets: [String: String] = [:]
    ) throws {
        lattice = try ExchangeBench()
        (bus, caller) = (lattice.connect(), lattice.connect())
        gatekeeper = Gatekeeper(
            TrustBasis(
                lattice: lattice.lattice, operatorKey: lattice.operator.publicKey, document: try lattice.document(),
                settings: trust))
        let record = try ActorRecord(verifying: lattice.claims(of: lattice.actor), of: lattice.actor)
        _ = gatekeeper.update { $0.put(record) }
        let queue = DispatchQueue(label: "work")
        let calls = InvocationServer(
            gatekeeper: gatekeeper, bus: bus,
            signer: InvocationSigner(
                key: lattice.one.cluster, host: lattice.one.host.publicKey, lattice: lattice.lattice),
            work: { queue.async(execute: $0) }, refused: { [refusals] in refusals.append($0) })
        runtime = ProviderRuntime(
            provider,
            at: ProviderPlace(
                lattice.provider, contract: lattice.contract, link: .default, host: lattice.one.host.publicKey),
            in: .init(
                gatekeeper: gatekeeper, bus: bus, subjects: lattice.subjects, calls: calls,
                secret: { secrets[$0] }, observer: { [standings] in standings.append($1) }),
            settings: settings, shutdown: shutdown)
    }

    deinit { task.withLock { $0?.cancel() } }

    /// Runs it, and returns when it serves.
    func start() async -> Bool {
        task.withLock { task in
            if task == nil { task = Task { [runtime] in try await runtime.run() } }
        }
        return await runtime.started()
    }

    /// Returns when it has ended.
    func ended() async throws { try await task.withLock { $0 }?.value }

    // MARK: Records

    /// As the watch would.
    func put(_ link: LinkDefinition) {
        let record = LinkRecord(link, lattice: lattice.lattice)
        _ = gatekeeper.update { $0.put(record) }
        runtime.recordsChanged()
    }

    func delete(_ link: LinkDefinition) {
        _ = gatekeeper.update { $0.removeLink(link.actor, link.contract, link.link) }
        runtime.recordsChanged()
    }

    /// A granted link of an actor that nobody has ever seen, or of the one that is known.
    func link(
        _ values: [String: String] = [:], actor: ModuleKey? = nil, expires: TokenTime? = nil
    ) -> LinkDefinition {
        var link = LinkDefinition(
            actor: actor ?? lattice.actor, provider: lattice.provider, contract: lattice.contract, values: values)
        link.grant = Grant.signed(
            for: link, by: AnyKeyPair(lattice.account), lattice: lattice.lattice, expires: expires, at: .now(),
            ids: lattice.ids)
        return link
    }

    // MARK: Messages

    var subjects: LatticeSubjects { lattice.subjects }

    func ask(_ subject: Subject, _ payload: [UInt8] = [], within limit: Duration = .seconds(20)) async throws -> [UInt8]
    {
        try await caller.request(BusMessage(to: subject, payload: payload), timeout: limit).payload
    }

    func answer(to link: LinkDefinition, _ subject: Subject? = nil) async throws -> LinkAnswer {
        let subject = subject ?? subjects.linkPut(lattice.provider, .default)
        return try LinkAnswer(json: await ask(subject, link.messagePack))
    }

    /// An invocation as an actor's host sends it.
    func invocation(
        of actor: ModuleKey? = nil, _ operation: String = "Test.Call", by member: ExchangeBench.Member? = nil
    ) -> Invocation {
        let member = member ?? lattice.two
        let signer = InvocationSigner(key: member.cluster, host: member.host.publicKey, lattice: lattice.lattice)
        let draft = InvocationSigner.Draft(
            from: .actor(actor ?? lattice.actor), to: .provider(lattice.provider, lattice.contract, .default),
            operation: operation, argument: [1, 2], id: signer.nextID())
        let subject = subjects.calls(of: lattice.provider, .default)
        return signer.sign(draft, .strict(subject: subject.text, timeout: .seconds(20)), at: .now())
    }

    func call(_ invocation: Invocation) async throws -> InvocationResponse {
        let subject = subjects.calls(of: lattice.provider, .default)
        return try InvocationResponse(messagePack: await ask(subject, invocation.messagePack))
    }
}
