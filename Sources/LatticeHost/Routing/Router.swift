import ActorRuntime
import LatticeBus
import LatticeExchange
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Synchronization

/// Brings calls to where they may go.
///
/// Inbound: bytes → decode → verify → permit → run → reply. Outbound: claim → link → permit → target. Nothing runs without
/// having been judged, whether it came over the bus or never left the process.
final class Router: Sendable {
    private let gatekeeper: Gatekeeper
    private let actors: ActorSupervisor
    private let bus: any MessageBus
    private let signer: InvocationSigner
    private let workers: WorkerPool
    private let observers: Host.Observers
    /// Messages that wait to be verified.
    private let waiting = Atomic<Int>(0)

    private static let waitingMax = 4_096

    init(
        gatekeeper: Gatekeeper, actors: ActorSupervisor, bus: any MessageBus, signer: InvocationSigner,
        workers: WorkerPool, observers: Host.Observers
    ) {
        self.gatekeeper = gatekeeper
        self.actors = actors
        self.bus = bus
        self.signer = signer
        self.workers = workers
        self.observers = observers
    }

    // MARK: Inbound

    /// Takes a message for an actor that runs here. Returns at once: checking a signature is work for a worker.
    func receive(_ message: BusMessage, for actor: ActorSupervisor.Running) {
        guard waiting.wrappingAdd(1, ordering: .relaxed).newValue <= Self.waitingMax else {
            waiting.wrappingSubtract(1, ordering: .relaxed)
            let refusal = Refusal(
                .busy, "\(Self.waitingMax) messages wait to be verified already", RefusalFacts(actor: actor.key))
            return fail(refusal, to: "", message)
        }
        workers.submit {
            self.waiting.wrappingSubtract(1, ordering: .relaxed)
            self.answer(message, for: actor)
        }
    }

    /// Whatever happens, the caller hears back.
    private func answer(_ message: BusMessage, for actor: ActorSupervisor.Running) {
        let call: PermittedInvocation
        let received = ReceivedInvocation(message.payload, on: message.subject, at: gatekeeper.now)
        do throws(AuthenticationFailure) { call = try gatekeeper.permit(received, for: .actor(actor.key)) } catch {
            return fail(error.refusal, to: error.refusal.call?.text ?? "", message)
        }
        let deadline = ContinuousClock.now + call.timeout
        let host = CallingActor(actor: actor.key, deadline: deadline, router: self)
        actor.pool.call(
            Array(call.operation.utf8), call.argument, host: host, deadline: deadline, start: .onCaller
        ) { result in
            switch result {
            case .success(let bytes): self.succeed(bytes, call, message)
            case .failure(let error): self.fail(Refusal(error, of: actor.key).of(call.id), call, message)
            }
        }
    }

    private func succeed(_ result: [UInt8], _ call: PermittedInvocation, _ message: BusMessage) {
        let token =
            call.wantsSignedReply
            ? signer.replyToken(to: call.id.text, error: nil, result: result, at: gatekeeper.now) : nil
        let response = InvocationResponse(payload: result, to: call.id.text, token: token).messagePack
        guard response.count <= bus.payloadBytesMax else {
            let refusal = Refusal(
                .tooLarge,
                "the result makes a message of \(response.count) bytes, and the bus takes "
                    + "\(bus.payloadBytesMax)", call: call.id,
                RefusalFacts(limit: UInt64(bus.payloadBytesMax)))
            return fail(refusal, call, message)
        }
        send(response, message)
    }

    private func fail(_ refusal: Refusal, _ call: PermittedInvocation, _ message: BusMessage) {
        let token =
            call.wantsSignedReply
            ? signer.replyToken(to: call.id.text, error: "\(refusal)", result: [], at: gatekeeper.now) : nil
        observers.refused(refusal)
        send(
            InvocationResponse(payload: [], to: call.id.text, error: "\(refusal)", token: token).messagePack, message)
    }

    /// - Parameter call: the id that the message claims to have, if it could be read.
    private func fail(_ refusal: Refusal, to call: String, _ message: BusMessage) {
        observers.refused(refusal)
        send(InvocationResponse(payload: [], to: call, error: "\(refusal)").messagePack, message)
    }

    private func send(_ response: [UInt8], _ message: BusMessage) {
        // A reply that cannot be sent leaves the caller with the bus's own error.
        try? bus.answer(message, response)
    }

    // MARK: Outbound

    /// A call that an actor makes.
    func perform(
        _ call: ActorRuntime.OutgoingCall, by origin: ModuleKey, deadline: ContinuousClock.Instant,
        completion: @escaping @Sendable (OutgoingResult) -> Void
    ) {
        let id = signer.nextID()
        let target: OutgoingTarget
        do throws(Refusal) {
            target = try gatekeeper.target(
                of: LatticeTrust.OutgoingCall(from: origin, namespace: call.namespace, link: call.binding))
        } catch { return refuse(error.of(id), completion) }
        switch target {
        case .builtin(let contract):
            let builtins = BuiltinContracts(log: { self.observers.logged(origin, "\($0.rawValue): \($1)") })
            do throws(BuiltinContracts.Failure) {
                completion(.success(try builtins.perform(contract, call.operation, call.payload)))
            } catch { refuse(Refusal(.providerError, "\(error)", call: id), completion) }
        case .actor(let key):
            guard let running = actors[key] else { return refuse(Refusal.noActor(key).of(id), completion) }
            callHere(running, call, id, deadline, completion)
        case .provider(let link): refuse(Refusal.noProvider(link).of(id), completion)
        }
    }

    private func callHere(
        _ target: ActorSupervisor.Running, _ call: ActorRuntime.OutgoingCall, _ id: InvocationID,
        _ deadline: ContinuousClock.Instant, _ completion: @escaping @Sendable (OutgoingResult) -> Void
    ) {
        let host = CallingActor(actor: target.key, deadline: deadline, router: self)
        target.pool.call(Array(call.operation.utf8), call.payload, host: host, deadline: deadline) { result in
            switch result {
            case .success(let bytes): completion(.success(bytes))
            case .failure(let error): self.refuse(Refusal(error, of: target.key).of(id), completion)
            }
        }
    }

    func log(_ actor: ModuleKey, _ line: String) { observers.logged(actor, line) }

    private func refuse(_ refusal: Refusal, _ completion: @Sendable (OutgoingResult) -> Void) {
        observers.refused(refusal)
        completion(.failure("\(refusal)"))
    }
}

/// An actor while it handles a call: what it asks for goes to the router, within the call's time.
private struct CallingActor: GuestHost {
    let actor: ModuleKey
    let deadline: ContinuousClock.Instant
    let router: Router

    func perform(
        _ call: ActorRuntime.OutgoingCall, completion: @escaping @Sendable (OutgoingResult) -> Void
    ) {
        router.perform(call, by: actor, deadline: deadline, completion: completion)
    }

    func log(_ line: String) { router.log(actor, line) }
}
