import Synchronization

/// Something that happens once, and that a task may wait for.
final class Latch: Sendable {
    private struct State {
        var isSet = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func set() {
        let waiting = state.withLock { state in
            state.isSet = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns when it is set, or when the time is over.
    func wait(atMost limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            // The time's end sets it, too: nobody is left waiting.
            group.addTask {
                try? await Task.sleep(for: limit)
                self.set()
            }
            await withCheckedContinuation { continuation in
                let isSet = state.withLock { state in
                    if !state.isSet { state.waiting.append(continuation) }
                    return state.isSet
                }
                if isSet { continuation.resume() }
            }
            group.cancelAll()
        }
    }
}

/// Something that is there a little later than those who need it.
final class Late<Value: AnyObject & Sendable>: Sendable {
    private let state = Mutex<Value?>(nil)

    var value: Value? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
