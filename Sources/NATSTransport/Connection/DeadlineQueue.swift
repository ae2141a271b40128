/// Deadlines of requests, the earliest first. A value: no clock, no timer.
///
/// Most requests are answered long before; taking each out of the heap would cost more than it saves, so what is over
/// is skipped when its turn comes, and swept out when it outweighs what is not.
struct DeadlineQueue {
    struct Item {
        /// On the monotonic clock.
        let nanoseconds: UInt64
        let id: UInt64
    }

    private var heap: [Item] = []

    var earliest: UInt64? { heap.first?.nanoseconds }
    var count: Int { heap.count }

    mutating func insert(_ item: Item) {
        heap.append(item)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].nanoseconds < heap[parent].nanoseconds else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes out the earliest item if its time has come.
    mutating func popDue(at now: UInt64) -> Item? {
        guard let first = heap.first, first.nanoseconds <= now else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return first
    }

    /// Sweeps when there are more than twice as many items as requests that wait.
    mutating func sweep(waitingCount: Int, where isWaiting: (UInt64) -> Bool) {
        guard heap.count > 2 * waitingCount + 1_024 else { return }
        let kept = heap.filter { isWaiting($0.id) }
        heap = []
        heap.reserveCapacity(kept.count)
        for item in kept { insert(item) }
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].nanoseconds < heap[least].nanoseconds { least = child }
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
