import Synchronization
import WasmRuntime

/// One call of an actor, from the moment it has an instance to its result. It runs on whichever thread advances it, and
/// holds none while it waits for a call of its own, or sleeps.
// Safety: `execution`, `instance` and `sleeping` are used by one thread at a time: the one that advances the call. `handover` passes
// the call from the thread that started a host call to the one that answers it.
final class GuestCall: @unchecked Sendable {
    typealias Completion = @Sendable (Result<[UInt8], GuestError>) -> Void

    private enum Handover {
        case none
        /// The host call has been made; whoever comes second goes on.
        case calling
        case waiting
        case answered(OutgoingResult)
        /// The call's time was over first: an answer that still comes is not looked at.
        case expired
    }

    /// Fuel between two looks at the clock: a few milliseconds at most.
    private static let slice: UInt64 = 4_000_000

    private let pool: InstancePool
    private let instance: GuestInstance
    private let execution: Execution
    private let host: any GuestHost
    let deadline: ContinuousClock.Instant
    private let completion: Completion
    private let handover = Mutex(Handover.none)
    /// The call of WASI in which the guest sleeps.
    private var sleeping: Execution.SuspendedCall?

    init(
        pool: InstancePool, instance: GuestInstance, execution: Execution, host: any GuestHost,
        deadline: ContinuousClock.Instant, completion: @escaping Completion
    ) {
        self.pool = pool
        self.instance = instance
        self.execution = execution
        self.host = host
        self.deadline = deadline
        self.completion = completion
    }

    /// Runs until the call ends, waits for a host call, or has used its slice.
    func advance() {
        while true {
            switch execution.run(slice: Self.slice) {
            case .finished(let values): return end(instance.abi.outcome(code: values.first?.i32 ?? 0))
            case .trapped(let trap): return end(.failure(instance.classify(trap)), isBroken: true)
            case .failed(let error):
                return end(.failure((error as? GuestError) ?? .refused("\(error)")), isBroken: true)
            case .outOfFuel:
                guard ContinuousClock.now < deadline else { return end(.failure(.deadlineExceeded), isBroken: true) }
                // Others get their turn.
                return pool.workers.submit { self.advance() }
            case .suspended(let call):
                if instance.sleepsUntil != nil { return sleep(call) }
                if !answered(call) { return }
            }
        }
    }

    /// Goes on when the guest has slept, or the call's time is over; no thread waits meanwhile.
    private func sleep(_ call: Execution.SuspendedCall) {
        sleeping = call
        pool.workers.alarms.set(at: min(instance.sleepsUntil ?? deadline, deadline)) {
            self.pool.workers.submit { self.wake() }
        }
    }

    private func wake() {
        guard let call = sleeping else { preconditionFailure("a call was woken that did not sleep") }
        guard ContinuousClock.now < deadline else { return end(.failure(.deadlineExceeded), isBroken: true) }
        guard let results = instance.wake(from: call) else { return sleep(call) }
        sleeping = nil
        execution.resume(returning: results)
        advance()
    }

    /// Makes the host call.
    /// - Returns: whether it was answered at once. Otherwise the answer will advance the call.
    private func answered(_ suspended: Execution.SuspendedCall) -> Bool {
        let call: OutgoingCall
        do { call = try instance.abi.outgoingCall(suspended) } catch {
            end(.failure((error as? GuestError) ?? .refused("\(error)")), isBroken: true)
            return false
        }
        handover.withLock { $0 = .calling }
        host.perform(call) { self.take($0) }
        let answer: OutgoingResult? = handover.withLock { state in
            if case .answered(let result) = state {
                state = .none
                return result
            }
            state = .waiting
            return nil
        }
        guard let answer else {
            pool.watch(self)
            return false
        }
        execution.resume(returning: [instance.abi.take(answer)])
        return true
    }

    private func take(_ result: OutgoingResult) {
        let isWaiting = handover.withLock { state in
            switch state {
            case .waiting:
                state = .none
                return true
            case .calling:
                state = .answered(result)
                return false
            case .expired: return false
            case .none, .answered: preconditionFailure("a host call was answered twice")
            }
        }
        guard isWaiting else { return }
        pool.unwatch(self)
        // The thread that answers is the bus's or a provider's: guest code must not hold it.
        pool.workers.submit {
            guard ContinuousClock.now < self.deadline else {
                return self.end(.failure(.deadlineExceeded), isBroken: true)
            }
            self.execution.resume(returning: [self.instance.abi.take(result)])
            self.advance()
        }
    }

    /// Ends the call if it still waits for an answer. Its deadline has passed.
    func expire() {
        let isWaiting = handover.withLock { state in
            guard case .waiting = state else { return false }
            state = .expired
            return true
        }
        if isWaiting { end(.failure(.deadlineExceeded), isBroken: true) }
    }

    private func end(_ result: Result<[UInt8], GuestError>, isBroken: Bool = false) {
        let isReusable = !isBroken && instance.recycle()
        pool.giveBack(isReusable ? instance : nil)
        completion(result)
    }
}
