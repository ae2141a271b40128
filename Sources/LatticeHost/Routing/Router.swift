import ActorRuntime
import LatticeBus
import LatticeExchange
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust

/// Brings calls to where they may go: to what runs here without leaving the process, else over the bus.
///
/// Inbound: bytes → decode → verify → permit → run → reply. Outbound: claim → link → permit → target. Nothing runs without
/// having been judged, whether it came over the bus or never left the process.
///
/// Each refusal is told to `observers.refused` once, where it was made. One that names another call was made (and told)
/// for that one: the actor that made it in vain only passes it on, under its own id.
final class Router: Sendable {
    private let identity: HostIdentity
    private let gatekeeper: Gatekeeper
    private let actors: ActorSupervisor
    private let providers: any LocalProviders
    let server: InvocationServer
    private let remote: RemoteCaller
    private let observers: Host.Observers

    init(
        identity: HostIdentity, gatekeeper: Gatekeeper, actors: ActorSupervisor, providers: any LocalProviders,
        bus: any MessageBus, subjects: LatticeSubjects, certificates: CertificateLookup?, workers: WorkerPool,
        observers: Host.Observers
    ) {
        self.identity = identity
        self.gatekeeper = gatekeeper
        self.actors = actors
        self.providers = providers
        self.observers = observers
        let signer = InvocationSigner(
            key: identity.cluster, host: identity.host.publicKey, lattice: subjects.lattice)
        let work: Executor = { workers.submit($0) }
        server = InvocationServer(
            gatekeeper: gatekeeper, bus: bus, signer: signer, certificates: certificates, work: work,
            refused: observers.refused)
        remote = RemoteCaller(
            gatekeeper: gatekeeper, bus: bus, subjects: subjects, signer: signer, certificates: certificates,
            work: work, refused: observers.refused)
    }

    // MARK: Inbound

    /// Takes a message for an actor that runs here.
    func receive(_ message: BusMessage, for actor: ActorSupervisor.Running) {
        actor.unanswered.wrappingAdd(1, ordering: .relaxed)
        let answered: @Sendable () -> Void = { actor.unanswered.wrappingSubtract(1, ordering: .releasing) }
        server.receive(message, for: .actor(actor.key), answered: answered) { [self] call, deadline, completion in
            run(actor, call.operation, call.argument, deadline, start: .onCaller, completion)
        }
    }

    // MARK: Calls of actors

    /// A call that an actor makes.
    func perform(
        _ call: ActorRuntime.OutgoingCall, by origin: ModuleKey, deadline: ContinuousClock.Instant,
        completion: @escaping @Sendable (OutgoingResult) -> Void
    ) {
        let target: OutgoingTarget
        let local: ActorSupervisor.Running?
        do throws(Refusal) { (target, local) = try judge(call, by: origin) } catch {
            return refuse(error, nil, completion)
        }
        switch target {
        case .builtin(let contract): perform(call, contract, by: origin, completion)
        case .actor(let key):
            guard let local else { return send(call, from: origin, to: .actor(key), deadline, completion) }
            run(local, call.operation, call.payload, deadline, start: .onWorker) { [self] result in
                finish(result, nil, completion)
            }
        case .provider(let link): perform(call, over: link, by: origin, deadline, completion)
        }
    }

    /// Everything that is judged before a call leaves its actor; for a target here, the target's side, too.
    private func judge(
        _ call: ActorRuntime.OutgoingCall, by origin: ModuleKey
    ) throws(Refusal) -> (OutgoingTarget, ActorSupervisor.Running?) {
        let judge = gatekeeper.judge
        let now = gatekeeper.now
        try requireEnrolment(judge.basis)
        let target = try judge.judge(
            LatticeTrust.OutgoingCall(from: origin, namespace: call.namespace, link: call.binding), at: now)
        guard case .actor(let key) = target, let running = actors[key] else { return (target, nil) }
        _ = try CallPermission.check(from: .actor(origin), to: .actor(key), by: judge.basis, judge.records, at: now)
        return (target, running)
    }

    /// A host that lost its enrolment has nothing to say any more, in its own process neither.
    private func requireEnrolment(_ basis: TrustBasis) throws(Refusal) {
        try StartJudgement.enrolled(identity.host.publicKey, identity.cluster.publicKey, by: basis)
    }

    private func perform(
        _ call: ActorRuntime.OutgoingCall, _ contract: ContractID, by origin: ModuleKey,
        _ completion: @Sendable (OutgoingResult) -> Void
    ) {
        let builtins = BuiltinContracts(log: { self.observers.logged(origin, "\($0.rawValue): \($1)") })
        do throws(BuiltinContracts.Failure) {
            completion(.success(try builtins.perform(contract, call.operation, call.payload)))
        } catch { refuse(Refusal(.providerError, "\(error)"), nil, completion) }
    }

    private func perform(
        _ call: ActorRuntime.OutgoingCall, over link: LinkDefinition, by origin: ModuleKey,
        _ deadline: ContinuousClock.Instant, _ completion: @escaping @Sendable (OutgoingResult) -> Void
    ) {
        guard let provider = providers.local(link.provider, link.link) else {
            let target = CallTarget.provider(link.provider, link.contract, link.link)
            return send(call, from: origin, to: target, deadline, completion)
        }
        let id = nextID()
        guard provider.contract == link.contract else {
            let refusal = Refusal(
                .noProvider, "provider \(link.provider) offers \(provider.contract) and not \(link.contract)",
                RefusalFacts(actor: origin, provider: link.provider, contract: link.contract, link: link.link))
            return refuse(refusal, id, completion)
        }
        let providerCall = ProviderCall(
            id: id, link: link, operation: call.operation, argument: call.payload, deadline: deadline)
        provider.perform(providerCall) { [self] result in finish(result, id, completion) }
    }

    private func send(
        _ call: ActorRuntime.OutgoingCall, from origin: ModuleKey, to target: CallTarget,
        _ deadline: ContinuousClock.Instant, _ completion: @escaping @Sendable (OutgoingResult) -> Void
    ) {
        let remoteCall = RemoteCall(
            nextID(), from: .actor(origin), to: target, operation: call.operation, argument: call.payload,
            timeout: ContinuousClock.now.duration(to: deadline))
        remote.call(remoteCall) { result in
            // Told by the caller, or where it was made.
            switch result {
            case .success(let bytes): completion(.success(bytes))
            case .failure(let refusal): completion(.failure("\(refusal)"))
            }
        }
    }

    // MARK: What runs here

    private func run(
        _ actor: ActorSupervisor.Running, _ operation: String, _ argument: [UInt8],
        _ deadline: ContinuousClock.Instant, start: InstancePool.Start,
        _ completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void
    ) {
        let key = actor.key
        let host = CallingActor(actor: key, deadline: deadline, router: self)
        actor.pool.call(Array(operation.utf8), argument, host: host, deadline: deadline, start: start) { result in
            switch result {
            case .success(let bytes): completion(.success(bytes))
            case .failure(let error): completion(.failure(Refusal(error, of: key)))
            }
        }
    }

    private func finish(
        _ result: Result<[UInt8], Refusal>, _ id: InvocationID?, _ completion: @Sendable (OutgoingResult) -> Void
    ) {
        switch result {
        case .success(let bytes): completion(.success(bytes))
        case .failure(let refusal): refuse(refusal, id, completion)
        }
    }

    // MARK: Refusals

    private func nextID() -> InvocationID { remote.nextID() }

    /// Tells of a refusal that was made for this call, and names the call in it.
    /// - Parameter id: nil for a call that needed none so far.
    private func told(_ refusal: Refusal, _ id: InvocationID?) -> Refusal {
        if let other = refusal.call, other != id { return refusal }
        let named = refusal.of(id ?? nextID())
        observers.refused(named)
        return named
    }

    private func refuse(
        _ refusal: Refusal, _ id: InvocationID?, _ completion: @Sendable (OutgoingResult) -> Void
    ) {
        completion(.failure("\(told(refusal, id))"))
    }

    func log(_ actor: ModuleKey, _ line: String) { observers.logged(actor, line) }
}

// MARK: - Calls of providers in this host

extension Router: ActorCaller {
    /// The way of every HTTP request: the first slice of an actor that runs here is executed on the caller's thread.
    func call(_ call: ActorCall, completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void) {
        let link = call.link
        let judge = gatekeeper.judge
        do throws(Refusal) {
            try requireEnrolment(judge.basis)
            _ = try CallPermission.check(
                from: .provider(link.provider, link.contract, link.link), to: .actor(link.actor), by: judge.basis,
                judge.records, at: gatekeeper.now)
        } catch { return completion(.failure(told(error, nil))) }
        guard let actor = actors[link.actor] else {
            let remoteCall = RemoteCall(
                nextID(), from: .provider(link.provider, link.contract, link.link), to: .actor(link.actor),
                operation: call.operation, argument: call.argument, timeout: call.timeout)
            return remote.call(remoteCall, completion: completion)
        }
        let deadline = ContinuousClock.now + min(call.timeout, InvocationWindow.timeoutMax)
        run(actor, call.operation, call.argument, deadline, start: .onCaller) { [self] result in
            switch result {
            case .success: completion(result)
            case .failure(let refusal): completion(.failure(told(refusal, nil)))
            }
        }
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
