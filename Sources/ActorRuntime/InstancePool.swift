import Synchronization

/// The instances of one actor on one host: grows to the actor's concurrency, lets a bounded number of calls wait, refuses
/// the next one at once.
public final class InstancePool: Sendable {
    /// Who runs the first slice of a call.
    public enum Start: Sendable {
        /// The caller's thread: quickest, and bounded, as a slice is.
        case onCaller
        case onWorker
    }

    private struct Waiting: Sendable {
        let operation: [UInt8]
        let payload: [UInt8]
        let host: any GuestHost
        let deadline: ContinuousClock.Instant
        let completion: @Sendable (Result<[UInt8], GuestError>) -> Void
    }

    private struct State {
        /// The one used last is taken first.
        var idle: [GuestInstance] = []
        /// How many of them, at the beginning of the list, no call has needed since `trimUnneeded` looked last.
        var unneeded = 0
        /// Whether it will look again.
        var isWatchingIdle = false
        var busy = 0
        var waiting: [Waiting] = []
        /// Calls that wait for an answer to a call of their own.
        var watched: [ObjectIdentifier: GuestCall] = [:]
        /// When `expire` will look next.
        var alarm: ContinuousClock.Instant?
        var calls: UInt64 = 0
        var instancesMax: Int
        var isStopped = false
    }

    private enum Admission {
        case run(GuestInstance?)
        case queued
        case refused(GuestError)
    }

    public let module: ActorModule
    let workers: WorkerPool
    private let log: @Sendable (String) -> Void
    private let state: Mutex<State>

    /// - Parameter log: lines that instances log outside of calls.
    public init(_ module: ActorModule, workers: WorkerPool, log: @escaping @Sendable (String) -> Void) {
        self.module = module
        self.workers = workers
        self.log = log
        state = Mutex(State(instancesMax: module.limits.instancesMax))
    }

    /// Instances that handle a call right now.
    public var busyCount: Int { state.withLock(\.busy) }
    /// Calls taken on so far.
    public var callCount: UInt64 { state.withLock(\.calls) }
    public var instancesMax: Int { state.withLock(\.instancesMax) }

    /// Changes the concurrency; calls in progress go on.
    public func scale(to instancesMax: Int) { state.withLock { $0.instancesMax = max(0, instancesMax) } }

    /// Ends what waits with `stopped` and refuses what comes; calls in progress end as they do.
    public func stop() {
        let waiting = state.withLock { state in
            state.isStopped = true
            (state.idle, state.unneeded) = ([], 0)
            defer { state.waiting = [] }
            return state.waiting
        }
        for call in waiting { call.completion(.failure(.stopped)) }
    }

    /// Gives back the memory of instances that nobody needs now. Happens by itself after `limits.idleTime`.
    public func trim() {
        // The instances are freed after the lock is released.
        let dropped = state.withLock { state in
            defer { (state.idle, state.unneeded) = ([], 0) }
            return state.idle
        }
        _ = dropped
    }

    /// Instances that are ready for the next calls.
    public var idleCount: Int { state.withLock(\.idle.count) }

    /// Gives back the memory of those that no call has needed for a while, and looks again while there are any.
    private func trimUnneeded() {
        let (dropped, isAgain): ([GuestInstance], Bool) = state.withLock { state in
            let dropped = Array(state.idle.prefix(state.unneeded))
            state.idle.removeFirst(dropped.count)
            state.unneeded = state.idle.count
            state.isWatchingIdle = !state.idle.isEmpty
            return (dropped, state.isWatchingIdle)
        }
        _ = dropped
        if isAgain { watchIdle() }
    }

    private func watchIdle() {
        workers.alarms.set(at: .now + module.limits.idleTime) { [weak self] in
            guard let self else { return }
            workers.submit { self.trimUnneeded() }
        }
    }

    /// Calls the actor.
    /// - Parameters:
    ///   - operation: the handler's name, UTF-8, at most `limits.operationBytesMax`.
    ///   - payload: at most `limits.payloadBytesMax`.
    ///   - host: answers the calls that the actor makes meanwhile.
    ///   - completion: called exactly once, on any thread, possibly before this returns.
    public func call(
        _ operation: [UInt8], _ payload: [UInt8], host: any GuestHost, deadline: ContinuousClock.Instant,
        start: Start = .onWorker, completion: @escaping @Sendable (Result<[UInt8], GuestError>) -> Void
    ) {
        if let fault = sizeFault(operation, payload) { return completion(.failure(fault)) }
        let waiting = Waiting(
            operation: operation, payload: payload, host: host, deadline: deadline, completion: completion)
        switch admit(waiting) {
        case .queued: watchDeadlines()
        case .refused(let error): completion(.failure(error))
        case .run(let instance):
            switch start {
            // Initialisers run whole: they are for a worker, whatever the caller says.
            case .onCaller where !module.initialisesEveryCall: run(waiting, on: instance)
            case .onCaller, .onWorker: workers.submit { self.run(waiting, on: instance) }
            }
        }
    }

    /// The same, awaited.
    public func call(
        _ operation: String, _ payload: [UInt8], host: any GuestHost, deadline: ContinuousClock.Instant
    ) async throws(GuestError) -> [UInt8] {
        let result = await withCheckedContinuation { continuation in
            call(Array(operation.utf8), payload, host: host, deadline: deadline) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    private func sizeFault(_ operation: [UInt8], _ payload: [UInt8]) -> GuestError? {
        let limits = module.limits
        if operation.count > limits.operationBytesMax {
            return .tooLarge(what: "operation name", bytes: operation.count, limit: limits.operationBytesMax)
        }
        if payload.count > limits.payloadBytesMax {
            return .tooLarge(what: "payload", bytes: payload.count, limit: limits.payloadBytesMax)
        }
        return nil
    }

    private func admit(_ call: Waiting) -> Admission {
        state.withLock { state in
            if state.isStopped { return .refused(.stopped) }
            state.calls += 1
            if state.busy < state.instancesMax {
                state.busy += 1
                defer { state.unneeded = min(state.unneeded, state.idle.count) }
                return .run(state.idle.popLast())
            }
            guard state.waiting.count < module.limits.queuedCallsMax else {
                return .refused(.busy(queued: state.waiting.count))
            }
            state.waiting.append(call)
            return .queued
        }
    }

    private func run(_ call: Waiting, on idle: GuestInstance?) {
        guard ContinuousClock.now < call.deadline else {
            giveBack(idle)
            return call.completion(.failure(.deadlineExceeded))
        }
        let instance: GuestInstance
        let prepared: GuestCall
        do {
            instance = try idle ?? module.makeInstance(log: log)
            let execution = try instance.begin(
                operation: call.operation, payload: call.payload, host: call.host, deadline: call.deadline)
            prepared = GuestCall(
                pool: self, instance: instance, execution: execution, host: call.host, deadline: call.deadline,
                completion: call.completion)
        } catch {
            giveBack(nil)
            return call.completion(.failure((error as? GuestError) ?? .noRoom("\(error)")))
        }
        prepared.advance()
    }

    // MARK: Deadlines

    /// Sees to it that a call which waits for an answer ends when its time is over.
    func watch(_ call: GuestCall) {
        state.withLock { $0.watched[ObjectIdentifier(call)] = call }
        watchDeadlines()
    }

    func unwatch(_ call: GuestCall) { state.withLock { $0.watched[ObjectIdentifier(call)] = nil } }

    /// Sets the alarm for the earliest deadline, if none is set for that time or before.
    private func watchDeadlines() {
        let moment: ContinuousClock.Instant? = state.withLock { state in
            let deadlines = state.waiting.lazy.map(\.deadline).min()
            let answers = state.watched.values.lazy.map(\.deadline).min()
            guard let earliest = [deadlines, answers].compactMap({ $0 }).min() else { return nil }
            if let alarm = state.alarm, alarm <= earliest { return nil }
            state.alarm = earliest
            return earliest
        }
        guard let moment else { return }
        workers.alarms.set(at: moment) { [weak self] in self?.expire() }
    }

    /// Ends what has waited beyond its deadline, for an instance or for an answer.
    private func expire() {
        let (late, unanswered): ([Waiting], [GuestCall]) = state.withLock { state in
            let now = ContinuousClock.now
            state.alarm = nil
            let late = state.waiting.filter { $0.deadline <= now }
            if !late.isEmpty { state.waiting.removeAll { $0.deadline <= now } }
            let unanswered = state.watched.values.filter { $0.deadline <= now }
            for call in unanswered { state.watched[ObjectIdentifier(call)] = nil }
            return (late, unanswered)
        }
        for call in late { workers.submit { call.completion(.failure(.deadlineExceeded)) } }
        for call in unanswered { workers.submit { call.expire() } }
        watchDeadlines()
    }

    /// Takes an instance back after a call, and starts the call that has waited longest.
    /// - Parameter instance: nil if it cannot be used again.
    func giveBack(_ instance: GuestInstance?) {
        let (next, isFirstIdle): ((call: Waiting, instance: GuestInstance?)?, Bool) = state.withLock { state in
            if !state.waiting.isEmpty, state.busy <= state.instancesMax {
                return ((state.waiting.removeFirst(), instance), false)
            }
            state.busy -= 1
            guard let instance, !state.isStopped, state.idle.count < module.limits.idleInstancesMax else {
                return (nil, false)
            }
            state.idle.append(instance)
            if state.isWatchingIdle || module.keepsState { return (nil, false) }
            state.isWatchingIdle = true
            return (nil, true)
        }
        if let next { workers.submit { self.run(next.call, on: next.instance) } }
        if isFirstIdle { watchIdle() }
    }
}
