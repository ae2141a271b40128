/// Who gets a message. A value: no threads, no clock.
///
/// Members of a queue group take turns in the order in which they joined, so that a test can foretell who is next.
struct RoutingTable {
    struct SubscriptionID: Hashable, Comparable {
        let number: UInt64

        static func < (left: Self, right: Self) -> Bool { left.number < right.number }
    }

    private struct Route {
        let id: SubscriptionID
        let pattern: SubjectPattern
        let group: QueueGroup?
    }

    private var routes: [Route] = []
    private var turns: [QueueGroup: Int] = [:]

    mutating func add(_ id: SubscriptionID, _ pattern: SubjectPattern, group: QueueGroup?) {
        routes.append(Route(id: id, pattern: pattern, group: group))
    }

    mutating func remove(_ id: SubscriptionID) {
        routes.removeAll { $0.id == id }
    }

    /// - Parameter isReachable: whether a subscription's connection is up.
    /// - Returns: in the order of subscribing, one of each group among them.
    mutating func receivers(
        of subject: Subject, where isReachable: (SubscriptionID) -> Bool
    ) -> [SubscriptionID] {
        var receivers: [SubscriptionID] = []
        var members: [QueueGroup: [SubscriptionID]] = [:]
        for route in routes where route.pattern.matches(subject) && isReachable(route.id) {
            if let group = route.group {
                members[group, default: []].append(route.id)
            } else {
                receivers.append(route.id)
            }
        }
        for (group, ids) in members {
            let turn = turns[group, default: 0]
            turns[group] = turn &+ 1
            receivers.append(ids[turn % ids.count])
        }
        return receivers.sorted()
    }
}
