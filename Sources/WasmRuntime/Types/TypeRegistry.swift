import Synchronization

/// Gives structurally equal function types of all modules of the process one number, so that an indirect call compares
/// two integers. Types are counted: when the last module that has one goes away, so does its entry.
enum TypeRegistry {
    private struct State {
        var entries: [FunctionType: (id: UInt32, uses: Int)] = [:]
        var next: UInt32 = 1
    }

    private static let state = Mutex(State())

    static func register(_ type: FunctionType) -> UInt32 {
        state.withLock { state in
            if let entry = state.entries[type] {
                state.entries[type] = (entry.id, entry.uses + 1)
                return entry.id
            }
            let id = state.next
            precondition(id < .max, "all numbers of function types are used up")
            state.next += 1
            state.entries[type] = (id, 1)
            return id
        }
    }

    static func release(_ type: FunctionType) {
        state.withLock { state in
            guard let entry = state.entries[type] else { return }
            state.entries[type] = entry.uses > 1 ? (entry.id, entry.uses - 1) : nil
        }
    }
}
