import LatticeIdentity
import Synchronization

/// Which actors a provider serves at this moment, and how many calls it performs.
final class CallGate: Sendable {
    private struct State {
        var actors: Set<ModuleKey> = []
        var isClosed = false
        var callsCount = 0
    }

    private let state = Mutex(State())
    private let departures = ChangeCount()

    /// - Returns: whether the call may begin; then `leave` has to follow.
    func enter(_ actor: ModuleKey) -> Bool {
        state.withLock { state in
            guard !state.isClosed, state.actors.contains(actor) else { return false }
            state.callsCount += 1
            return true
        }
    }

    func leave() {
        let isLast = state.withLock { state in
            state.callsCount -= 1
            return state.isClosed && state.callsCount == 0
        }
        if isLast { departures.advance() }
    }

    func open(for actor: ModuleKey) { state.withLock { _ = $0.actors.insert(actor) } }
    func close(for actor: ModuleKey) { state.withLock { _ = $0.actors.remove(actor) } }
    func close() { state.withLock { $0.isClosed = true } }

    var callsCount: Int { state.withLock(\.callsCount) }

    /// Behind `close`: returns when the last call has ended, or at `deadline`.
    func waitUntilEmpty(deadline: ContinuousClock.Instant) async {
        while true {
            let seen = departures.value
            if callsCount == 0 || deadline <= .now || Task.isCancelled { return }
            await departures.wait(beyond: seen, until: deadline)
        }
    }
}
