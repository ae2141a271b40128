import ActorRuntime
import LatticeBus
import LatticeExchange
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Synchronization
import WasmRuntime

/// The actors that a host runs.
public final class ActorSupervisor: Sendable {
    /// An actor as it runs here. Every call of it asks for this.
    public final class Running: Sendable {
        public let module: VerifiedModule
        /// Of the signed module.
        public let hash: SHA256Digest
        /// As it was started.
        public let reference: String
        public let annotations: [String: String]
        /// The id of this run in events and inventories.
        let instance = UUIDText.random()
        let pool: InstancePool

        init(
            module: VerifiedModule, hash: SHA256Digest, reference: String, annotations: [String: String],
            pool: InstancePool
        ) {
            self.module = module
            self.hash = hash
            self.reference = reference
            self.annotations = annotations
            self.pool = pool
        }

        public var key: ModuleKey { module.key }
        /// Instances that handle a call right now.
        public var busyCount: Int { pool.busyCount }
        /// Messages from the bus that have not been answered.
        let unanswered = Atomic<Int>(0)
        /// Whether it handles no call, and everybody outside has his answer.
        var isIdle: Bool { unanswered.load(ordering: .acquiring) == 0 && pool.busyCount == 0 }
        public var instancesMax: Int { pool.instancesMax }
        /// Calls since it was started.
        public var callCount: UInt64 { pool.callCount }
    }

    public enum StartOutcome: Sendable {
        case started(Running)
        /// The same module runs here already.
        case alreadyRunning(Running)
    }

    public enum StartFailure: Error, CustomStringConvertible {
        case refused(Refusal)
        /// Another module runs here under the same key.
        case otherVersion(ModuleKey, running: SHA256Digest)
        /// Somebody else is starting it at this moment.
        case starting(ModuleKey)
        /// It is being stopped at this moment.
        case stopping(ModuleKey)
        case notLoadable(ActorLoadError)
        case tooMany(limit: Int)
        case bus(BusError)

        public var description: String {
            switch self {
            case .refused(let refusal): "\(refusal)"
            case .otherVersion(let key, let running):
                "actor \(key) runs here already as another module (hash \(running)); 'lattice update actor' replaces it"
            case .starting(let key): "actor \(key) is being started here already"
            case .stopping(let key): "actor \(key) is just being stopped here; start it again in a moment"
            case .notLoadable(let error): "\(error)"
            case .tooMany(let limit): "this host runs \(limit) actors already, which is its limit (host.actors_max)"
            case .bus(let error): "the actor can't be reached over the bus: \(error)"
            }
        }
    }

    private enum Entry {
        /// Somebody is loading it.
        case starting
        /// The subscription brings it what comes over the bus.
        case running(Running, any BusSubscription)
        /// Takes nothing new and ends what it has; set when it has.
        case stopping(Running, Latch)
    }

    private let identity: HostIdentity
    private let gatekeeper: Gatekeeper
    private let bus: any MessageBus
    private let subjects: LatticeSubjects
    private let workers: WorkerPool
    private let actorsMax: Int
    private let budget: MemoryBudget?
    private let log: @Sendable (ModuleKey, String) -> Void
    private let entries = Mutex<[ModuleKey: Entry]>([:])

    /// For the server to confirm that nothing more comes.
    private static let drainTimeout = Duration.seconds(1)

    /// - Parameters:
    ///   - budget: linear memory of all instances together.
    ///   - log: lines of an actor, outside of calls.
    init(
        identity: HostIdentity, gatekeeper: Gatekeeper, bus: any MessageBus, subjects: LatticeSubjects,
        workers: WorkerPool, actorsMax: Int, budget: MemoryBudget?, log: @escaping @Sendable (ModuleKey, String) -> Void
    ) {
        self.identity = identity
        self.gatekeeper = gatekeeper
        self.bus = bus
        self.subjects = subjects
        self.workers = workers
        self.actorsMax = actorsMax
        self.budget = budget
        self.log = log
    }

    public subscript(key: ModuleKey) -> Running? {
        entries.withLock { entries in
            if case .running(let running, _)? = entries[key] { running } else { nil }
        }
    }

    public var all: [Running] {
        entries.withLock { entries in
            entries.values.compactMap { entry in
                if case .running(let running, _) = entry { running } else { nil }
            }
        }
    }

    /// Verifies a module, initialises it and takes calls for it. Blocks for as long as that takes: milliseconds, or what
    /// the actor's initialisers may spend.
    /// - Parameter handler: gets every message that comes in for the actor, on a thread of the bus.
    func start(
        _ file: ModuleFile, reference: String, limits: ActorLimits, annotations: [String: String] = [:],
        handler: @escaping @Sendable (Running, BusMessage) -> Void
    ) throws(StartFailure) -> StartOutcome {
        let module: VerifiedModule
        do throws(Refusal) {
            module = try StartJudgement.module(
                file.bytes, on: identity.host.publicKey, identity.cluster.publicKey, by: gatekeeper.basis,
                at: gatekeeper.now)
        } catch { throw .refused(error) }
        if let running = try reserve(module.key, file.hash) { return .alreadyRunning(running) }
        do throws(StartFailure) {
            let running = try load(module, file, reference, limits, annotations)
            // Whatever a call needs is there before the first one can come.
            _ = gatekeeper.update { $0.put(ActorRecord(module)) }
            let subscription = try subscribe(running, handler)
            entries.withLock { $0[module.key] = .running(running, subscription) }
            try judgeAgain(running, subscription)
            return .started(running)
        } catch {
            entries.withLock { $0[module.key] = nil }
            throw error
        }
    }

    /// What was decided while it was being loaded counts, too: whoever looked for what must stop has not seen it.
    private func judgeAgain(_ running: Running, _ subscription: any BusSubscription) throws(StartFailure) {
        do throws(Refusal) {
            try StartJudgement.upheld(
                running.module, on: identity.host.publicKey, identity.cluster.publicKey, by: gatekeeper.basis)
        } catch {
            subscription.unsubscribe()
            running.pool.stop()
            throw .refused(error)
        }
    }

    /// Takes the key, so that two starts at once make one actor.
    private func reserve(_ key: ModuleKey, _ hash: SHA256Digest) throws(StartFailure) -> Running? {
        let outcome: Result<Running?, StartFailure> = entries.withLock { entries in
            switch entries[key] {
            case .running(let running, _)?:
                return running.hash == hash ? .success(running) : .failure(.otherVersion(key, running: running.hash))
            case .starting?: return .failure(.starting(key))
            case .stopping?: return .failure(.stopping(key))
            case nil:
                guard entries.count < actorsMax else { return .failure(.tooMany(limit: actorsMax)) }
                entries[key] = .starting
                return .success(nil)
            }
        }
        return try outcome.get()
    }

    private func load(
        _ module: VerifiedModule, _ file: ModuleFile, _ reference: String, _ limits: ActorLimits,
        _ annotations: [String: String]
    ) throws(StartFailure) -> Running {
        let key = module.key
        let log = log
        let loaded: ActorModule
        do throws(ActorLoadError) {
            loaded = try ActorModule(file.bytes, limits: limits, budget: budget) { log(key, $0) }
        } catch {
            throw .notLoadable(error)
        }
        return Running(
            module: module, hash: file.hash, reference: reference, annotations: annotations,
            pool: InstancePool(loaded, workers: workers) { log(key, $0) })
    }

    private func subscribe(
        _ running: Running, _ handler: @escaping @Sendable (Running, BusMessage) -> Void
    ) throws(StartFailure) -> any BusSubscription {
        do throws(BusError) {
            return try bus.subscribe(
                SubjectPattern(subjects.calls(of: running.key)), group: subjects.callGroup(of: running.key)
            ) { handler(running, $0) }
        } catch { throw .bus(error) }
    }

    // MARK: Stopping

    /// Takes no more calls for the actor; what has come already is handed to it, and every caller hears back.
    /// - Parameter grace: what calls in progress have before those that still wait are refused; they themselves end as they do.
    /// - Returns: what was stopped; nil where it did not run. Where somebody else is stopping it, that is waited for.
    @discardableResult
    func stop(_ key: ModuleKey, grace: Duration = .zero) async -> Running? {
        let isOver = Latch()
        let (taken, other): ((Running, any BusSubscription)?, Latch?) = entries.withLock { entries in
            switch entries[key] {
            case .running(let running, let subscription)?:
                entries[key] = .stopping(running, isOver)
                return ((running, subscription), nil)
            case .stopping(_, let other)?: return (nil, other)
            case .starting?, nil: return (nil, nil)
            }
        }
        await other?.wait()
        guard let (running, subscription) = taken else { return nil }
        await leave(subscription, within: Self.drainTimeout)
        if grace > .zero { await withDeadline(grace) { await Self.wait { running.isIdle } } }
        running.pool.stop()
        entries.withLock { $0[key] = nil }
        isOver.set()
        return running
    }

    /// Takes no more calls from the bus; what has come already and calls from within go on.
    func leaveBus(within limit: Duration) async {
        let subscriptions = entries.withLock { entries in
            entries.values.compactMap { entry in
                if case .running(_, let subscription) = entry { subscription } else { nil }
            }
        }
        await withDiscardingTaskGroup { group in
            for subscription in subscriptions {
                group.addTask { await self.leave(subscription, within: min(limit, Self.drainTimeout)) }
            }
        }
    }

    /// Where the bus is out of reach nobody could be answered any more.
    private func leave(_ subscription: any BusSubscription, within limit: Duration) async {
        if case .connected = bus.state, limit > .zero { try? await subscription.drain(timeout: limit) }
        subscription.unsubscribe()
    }

    /// What runs here, and what is on its way out.
    var occupied: [Running] {
        entries.withLock { entries in
            entries.values.compactMap { entry in
                switch entry {
                case .running(let running, _), .stopping(let running, _): running
                case .starting: nil
                }
            }
        }
    }

    /// Returns when no call is handled any more.
    func waitUntilIdle() async { await Self.wait { self.occupied.allSatisfy(\.isIdle) } }

    private static func wait(until isOver: @Sendable () -> Bool) async {
        while !Task.isCancelled, !isOver() { try? await Task.sleep(for: .milliseconds(5)) }
    }
}
