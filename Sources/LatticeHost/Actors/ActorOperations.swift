import ActorRuntime
import LatticeBus
import LatticeExchange
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// Starts, stops and scales actors as the lattice asks for it: fetches the module, runs it, tells everybody, and remembers it
/// for the next start of the host.
final class ActorOperations: Sendable {
    private let host: Host
    private let modules: ModuleStore
    private let claims: ClaimsPublisher
    private let restore: RestoreBook
    private let events: EventPublisher
    private let limits: ActorLimits
    private let refused: @Sendable (Refusal) -> Void

    /// How long claims may take on their way to the buckets before a start is complete without them.
    private static let publishTimeout = Duration.seconds(2)
    /// What calls in progress have when their actor is stopped; classic clients wait two seconds for the answer.
    private static let stopGrace = Duration.seconds(1)

    init(
        host: Host, modules: ModuleStore, claims: ClaimsPublisher, restore: RestoreBook, events: EventPublisher,
        limits: ActorLimits, refused: @escaping @Sendable (Refusal) -> Void
    ) {
        self.host = host
        self.modules = modules
        self.claims = claims
        self.restore = restore
        self.events = events
        self.limits = limits
        self.refused = refused
    }

    // MARK: Starting

    func start(_ command: StartActorCommand) async -> ControlAck {
        await start(command.reference, instancesMax: command.instancesMax, annotations: command.annotations)
    }

    /// - Parameter instancesMax: nil for the host's own setting.
    private func start(
        _ reference: ArtifactReference, instancesMax: UInt32?, annotations: [String: String]
    ) async -> ControlAck {
        let module: ModuleFile
        do throws(ModuleStore.Failure) { module = try await modules.module(at: reference) } catch {
            return failed(reference, "\(error)")
        }
        return await start(module, reference, instancesMax: instancesMax, annotations: annotations)
    }

    private func start(
        _ module: ModuleFile, _ reference: ArtifactReference, instancesMax: UInt32?, annotations: [String: String]
    ) async -> ControlAck {
        var limits = limits
        if let instancesMax { limits.instancesMax = Int(max(1, instancesMax)) }
        do {
            let outcome = try await host.start(
                actor: module, reference: reference.text, limits: limits, annotations: annotations)
            switch outcome {
            case .alreadyRunning: return .done(.unchanged)
            case .started(let running):
                do { try keep(running, module) } catch {
                    // What the command says has failed does not run.
                    await host.stop(actor: running.key)
                    forget(running.key)
                    throw error
                }
                await publish(running)
                tell(started: running)
                return .done(.started)
            }
        } catch ActorSupervisor.StartFailure.refused(let refusal) {
            refused(refusal)
            events.publish(.actorStartFailed(reference: reference.text, error: "\(refusal)"))
            tell(refused: refusal, reference, annotations)
            return ControlAck(accepted: false, error: "\(refusal)", refusal: refusal.report())
        } catch { return failed(reference, "\(error)") }
    }

    /// For classic consumers that follow the plural events: of an actor whose key is known.
    private func tell(refused refusal: Refusal, _ reference: ArtifactReference, _ annotations: [String: String]) {
        guard let actor = refusal.facts.actor else { return }
        let facts = ActorFacts(
            key: actor, host: host.identity.host.publicKey, imageReference: reference.text, annotations: annotations)
        events.publish(.actorsStartFailed(facts, error: "\(refusal)"))
    }

    private func failed(_ reference: ArtifactReference, _ error: String) -> ControlAck {
        events.publish(.actorStartFailed(reference: reference.text, error: error))
        return .failed(error)
    }

    /// On disk first: what was confirmed is there after a crash.
    private func keep(_ running: ActorSupervisor.Running, _ module: ModuleFile) throws {
        try modules.keep(module)
        try restore.update { list in
            list.put(
                RestoreList.Actor(
                    key: running.key, reference: running.reference, hash: running.hash,
                    instancesMax: running.instancesMax, annotations: running.annotations))
        }
    }

    /// Other hosts learn of the claims from the buckets. Where these are out of reach, `publishAll` does it later.
    private func publish(_ running: ActorSupervisor.Running) async {
        let (claims, module) = (claims, running.module)
        await withDeadline(Self.publishTimeout) { try? await claims.publish(module) }
    }

    /// For when the buckets are back.
    func publishAll() async {
        for running in host.actors.all { try? await claims.publish(running.module) }
    }

    /// For those whose claims somebody else took away.
    func publish(_ keys: Set<ModuleKey>) async {
        for running in keys.compactMap({ host.actors[$0] }) { try? await claims.publish(running.module) }
    }

    private func tell(started running: ActorSupervisor.Running) {
        let facts = facts(of: running)
        events.publish(.actorStarted(facts, instance: running.instance, apiVersion: 0))
        events.publish(.actorsStarted(facts, count: 1))
    }

    private func facts(of running: ActorSupervisor.Running) -> ActorFacts {
        ActorFacts(
            key: running.key, host: host.identity.host.publicKey, imageReference: running.reference,
            annotations: running.annotations, claims: EventClaims(running.module, at: .now()))
    }

    // MARK: Starting again

    /// Starts what ran when this host last stopped, from the cache on disk.
    func restoreAll() async {
        for entry in restore.contents.actors where host.actors[entry.key] == nil {
            // Stopped by a command while others were loaded.
            guard restore.contents.actors.contains(where: { $0.key == entry.key }) else { continue }
            guard let reference = try? ArtifactReference(entry.reference) else { continue }
            let cached: ModuleFile?
            do throws(ModuleStore.Failure) { cached = try modules.cached(entry.hash) } catch { cached = nil }
            let instancesMax = UInt32(clamping: entry.instancesMax)
            if let cached {
                _ = await start(cached, reference, instancesMax: instancesMax, annotations: entry.annotations)
            } else {
                _ = await start(reference, instancesMax: instancesMax, annotations: entry.annotations)
            }
        }
    }

    // MARK: Stopping

    /// Stops the actor if it carries these annotations.
    func stop(_ command: StopActorCommand) async -> ControlAck {
        guard let running = host.actors[command.actor] else {
            forget(command.actor)
            return .failed("actor \(command.actor) does not run on this host")
        }
        guard command.annotations.allSatisfy({ running.annotations[$0.key] == $0.value }) else {
            return .failed("no instance of actor \(command.actor) on this host carries these annotations")
        }
        return await stop(command.actor)
    }

    private func stop(_ key: ModuleKey) async -> ControlAck {
        // Off the list first: what was confirmed to be stopped does not come back.
        forget(key)
        if let running = await host.actors.stop(key, grace: Self.stopGrace) { tell(stopped: running) }
        return .done(.stopped)
    }

    private func forget(_ key: ModuleKey) { try? restore.update { $0.remove(key) } }

    private func tell(stopped running: ActorSupervisor.Running) {
        events.publish(
            .actorStopped(running.key, instance: running.instance, annotations: running.annotations))
        events.publish(.actorsStopped(facts(of: running), count: 1, remaining: 0))
    }

    /// Stops what this host may not run any more; it is started again if that changes.
    func stopUntrusted(by basis: TrustBasis) async {
        let identity = host.identity
        await withDiscardingTaskGroup { group in
            for running in host.actors.occupied {
                do throws(Refusal) {
                    try StartJudgement.upheld(
                        running.module, on: identity.host.publicKey, identity.cluster.publicKey, by: basis)
                } catch {
                    running.pool.stop()
                    group.addTask {
                        guard let stopped = await self.host.actors.stop(running.key) else { return }
                        self.refused(error)
                        self.tell(stopped: stopped)
                    }
                }
            }
        }
    }

    /// Takes no more calls from the bus; those from within go on.
    func leaveBus(within limit: Duration) async { await host.actors.leaveBus(within: limit) }

    /// Returns when no call is handled any more.
    func waitUntilIdle() async { await host.actors.waitUntilIdle() }

    /// At the end of the host: the list stays as it is.
    func stopAll() async {
        // What somebody else is stopping is waited for.
        for running in host.actors.occupied {
            guard let stopped = await host.actors.stop(running.key) else { continue }
            tell(stopped: stopped)
        }
    }

    // MARK: Scaling

    /// Changes how many calls an actor handles at a time, and starts it where it does not run.
    func scale(_ command: ScaleActorCommand) async -> ControlAck {
        let running = running(command)
        let count: UInt32?
        switch command.target {
        case .stopped:
            guard let running else { return .done(.stopped) }
            return await stop(running.key)
        case .instances(let instances): count = instances
        case .unbounded: count = nil
        }
        guard let running else {
            return await start(command.reference, instancesMax: count, annotations: command.annotations)
        }
        let instancesMax = count.map { Int($0) } ?? limits.instancesMax
        running.pool.scale(to: instancesMax)
        do {
            try restore.update { list in
                guard var entry = list.actors.first(where: { $0.key == running.key }) else { return }
                entry.instancesMax = instancesMax
                list.put(entry)
            }
        } catch { return .failed("scaled, but it can't be remembered: \(error)") }
        events.publish(.actorScaled(facts(of: running), instancesMax: UInt32(clamping: instancesMax)))
        return .done(.scaled)
    }

    private func running(_ command: ScaleActorCommand) -> ActorSupervisor.Running? {
        if let key = command.actor { return host.actors[key] }
        return host.actors.all.first { $0.reference == command.reference.text || "\($0.key)" == command.reference.text }
    }

    // MARK: Telling

    var descriptions: [ActorDescription] {
        host.actors.all.sorted { $0.key < $1.key }.map { running in
            let claims = running.module.claims.payload
            let instancesMax = UInt32(clamping: running.instancesMax)
            return ActorDescription(
                key: running.key, imageReference: running.reference, name: claims.name,
                instances: [
                    .init(
                        id: running.instance, revision: Int64(claims.revision ?? 0), annotations: running.annotations,
                        imageReference: running.reference, instancesMax: instancesMax)
                ],
                busyInstancesCount: UInt32(clamping: running.busyCount), instancesMax: instancesMax,
                callsCount: running.callCount, issuer: "\(running.module.issuer)",
                capabilities: claims.capabilities ?? [], callAlias: claims.callAlias?.description,
                hash: "\(running.hash)")
        }
    }
}

/// Waits for an operation, at most so long; then it is cancelled.
func withDeadline(_ limit: Duration, _ operation: @escaping @Sendable () async -> Void) async {
    await withTaskGroup { group in
        group.addTask { await operation() }
        group.addTask { try? await Task.sleep(for: limit) }
        await group.next()
        group.cancelAll()
    }
}
