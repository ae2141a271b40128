import Dispatch
import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTestSupport
import LatticeTrust
import Synchronization

@testable import LatticeExchange

/// Two processes of a lattice: `one` calls, `two` answers. Both know the same actors and links.
final class CallBench: Sendable {
    let lattice: ExchangeBench
    let near: InMemoryBus
    let far: InMemoryBus
    let nearGatekeeper: Gatekeeper
    let farGatekeeper: Gatekeeper
    let nearRefusals = EventLog<Refusal>()
    let farRefusals = EventLog<Refusal>()
    let caller: RemoteCaller
    let link: LinkDefinition
    /// What was sent to a target of ours, seen by a third.
    let sent = EventLog<Invocation>()
    private let work: Executor
    private let kept = Mutex<[any BusSubscription]>([])

    init(
        settings: TrustSettings = TrustSettings(), certificates: CertificateLookup? = nil,
        by key: ClusterKeyPair? = nil,
        lattice: ExchangeBench? = nil
    ) throws {
        let bench = try lattice ?? ExchangeBench()
        self.lattice = bench
        (near, far) = (bench.connect(), bench.connect())
        let basis = TrustBasis(
            lattice: bench.lattice, operatorKey: bench.operator.publicKey, document: try bench.document(),
            settings: settings)
        let link = bench.link()
        self.link = link
        func gatekeeper() throws -> Gatekeeper {
            let gatekeeper = Gatekeeper(basis)
            let records = try [bench.actor, bench.other].map { key in
                try ActorRecord(verifying: bench.claims(of: key), of: key)
            }
            gatekeeper.update { all in
                for record in records { _ = all.put(record) }
                _ = all.put(LinkRecord(link, lattice: bench.lattice))
            }
            return gatekeeper
        }
        nearGatekeeper = try gatekeeper()
        farGatekeeper = try gatekeeper()
        let queue = DispatchQueue(label: "work")
        work = { queue.async(execute: $0) }
        caller = RemoteCaller(
            gatekeeper: nearGatekeeper, bus: near, subjects: bench.subjects,
            signer: InvocationSigner(
                key: key ?? bench.one.cluster, host: bench.one.host.publicKey, lattice: bench.lattice),
            certificates: certificates, work: work, refused: { [nearRefusals] in nearRefusals.append($0) })
    }

    var actorTarget: CallTarget { .actor(lattice.other) }
    var providerTarget: CallTarget { .provider(lattice.provider, lattice.contract, .default) }

    func server(
        waitingMax: Int = InvocationServer.waitingMaxDefault, certificates: CertificateLookup? = nil,
        work: Executor? = nil
    ) -> InvocationServer {
        InvocationServer(
            gatekeeper: farGatekeeper, bus: far, signer: signer(lattice.two), certificates: certificates,
            waitingMax: waitingMax, work: work ?? self.work, refused: { [farRefusals] in farRefusals.append($0) })
    }

    func signer(_ member: ExchangeBench.Member) -> InvocationSigner {
        InvocationSigner(key: member.cluster, host: member.host.publicKey, lattice: lattice.lattice)
    }

    /// Answers calls of a target with what the handler makes of them.
    func serve(
        _ target: CallTarget, _ server: InvocationServer? = nil, handler: @escaping InvocationServer.Handler
    ) throws {
        let server = server ?? self.server()
        try listen(target) { server.receive($0, for: target, handler: handler) }
    }

    /// Answers calls of a target with any response.
    func respond(
        _ target: CallTarget, _ response: @escaping @Sendable (Invocation) -> InvocationResponse?
    ) throws {
        try listen(target) { [far] message in
            guard let invocation = try? Invocation(messagePack: message.payload), let response = response(invocation)
            else { return }
            try? far.answer(message, response.messagePack)
        }
    }

    func listen(_ target: CallTarget, _ handler: @escaping @Sendable (BusMessage) -> Void) throws {
        let subscription = try far.subscribe(SubjectPattern(lattice.subjects.calls(of: target))) { [sent] message in
            if let invocation = try? Invocation(messagePack: message.payload) { sent.append(invocation) }
            handler(message)
        }
        kept.withLock { $0.append(subscription) }
    }

    func call(
        _ target: CallTarget, _ argument: [UInt8] = [1, 2, 3], timeout: Duration = .seconds(20),
        from origin: Entity? = nil, id: InvocationID? = nil
    ) async -> Result<[UInt8], Refusal> {
        let call = RemoteCall(
            id ?? caller.nextID(), from: origin ?? .actor(lattice.actor), to: target, operation: "Test.Call",
            argument: argument, timeout: timeout)
        return await withCheckedContinuation { continuation in
            caller.call(call) { continuation.resume(returning: $0) }
        }
    }
}

extension Result where Failure == Refusal {
    var refusal: Refusal? { if case .failure(let refusal) = self { refusal } else { nil } }
}
