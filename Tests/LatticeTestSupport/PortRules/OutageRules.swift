import LatticeBus
import Testing

extension PortRule {
    static let outageRules: [PortRule] = [
        PortRule("while the server is away every call fails at once and says since when", server: .own) { bench in
            let connection = try await bench.connect()
            let states = EventLog<BusState>()
            let observation = connection.bus.observe { if case .state(let state) = $0 { states.append(state) } }
            try await states.wait(forCount: 1)
            let subject = try Subject.unique()
            let asked = EventLog<BusMessage>()
            let service = try await connection.bus.record(subject.text, into: asked)
            let pending = Task { try await connection.bus.request(BusMessage(to: subject), timeout: .seconds(600)) }
            try await asked.wait(forCount: 1)

            let before = UnixTime.now()
            try await bench.stopServer()
            try await states.wait(forCount: 2)
            let inFlight = try await failure(of: BusError.self) { try await pending.value }
            guard case .disconnected(let since, _) = inFlight else { throw inFlight }
            #expect(since >= before && since <= UnixTime.now())
            #expect(connection.bus.state == .disconnected(since: since, reason: connection.bus.state.reason))
            for _ in 0..<2 {
                let refused = [
                    try await failure(of: BusError.self) { try connection.bus.publish([], to: subject) },
                    try await failure(of: BusError.self) {
                        try await connection.bus.request(BusMessage(to: subject), timeout: .seconds(600))
                    },
                    try await failure(of: BusError.self) {
                        try await connection.bus.gather(BusMessage(to: subject), within: .seconds(600))
                    },
                    try await failure(of: BusError.self) { try await connection.bus.flush(timeout: .seconds(600)) },
                ]
                for error in refused {
                    guard case .disconnected(let time, _) = error else { throw error }
                    #expect(time == since, "the time is that of the loss, not of the call")
                }
            }
            let bucket = connection.metadata.bucket(try .unique())
            let store = try await failure(of: StoreError.self) { try await bucket.get(MetadataKey("k")) }
            guard case .bus(.disconnected(since, _)) = store else { throw store }

            try await bench.startServer()
            try await states.wait("connected again") { if case .connected? = $0.last { $0.count >= 3 } else { false } }
            #expect(asked.events.count == 1, "nothing that was refused is sent later")
            observation.cancel()
            service.unsubscribe()
            await connection.close()
        },
        PortRule("subscriptions made before and during an outage are in force after it", server: .own) { bench in
            let (one, two) = (try await bench.connect(), try await bench.connect())
            let states = EventLog<BusState>()
            let observations = [one, two].map { connection in
                connection.bus.observe { if case .state(let state) = $0 { states.append(state) } }
            }
            try await states.wait(forCount: 2)
            let (early, late) = (try Subject.unique("early"), try Subject.unique("late"))
            let received = EventLog<BusMessage>()
            let first = try await two.bus.record(early.text, into: received)
            try await bench.stopServer()
            try await states.wait(forCount: 4)
            let second = try two.bus.subscribe(SubjectPattern(late)) { received.append($0) }
            try await bench.startServer()
            try await states.wait(forCount: 6)
            try await two.bus.flush(timeout: .seconds(10))
            try one.bus.publish([1], to: early)
            try one.bus.publish([2], to: late)
            let payloads = try await received.wait(forCount: 2).map(\.payload)
            #expect(Set(payloads) == [[1], [2]])
            observations.forEach { $0.cancel() }
            first.unsubscribe()
            second.unsubscribe()
            await one.close()
            await two.close()
        },
        PortRule("a closed connection says so for good", server: .shared) { bench in
            let connection = try await bench.connect()
            let subject = try Subject.unique()
            let closed = EventLog<BusState>()
            let observation = connection.bus.observe { notice in
                if case .state(let state) = notice, case .closed = state { closed.append(state) }
            }
            let subscription = try await connection.bus.serve(subject.text) { _ in nil }
            let pending = Task { try await connection.bus.request(BusMessage(to: subject), timeout: .seconds(600)) }
            try await connection.bus.flush(timeout: .seconds(10))
            await connection.close()
            try await closed.wait(forCount: 1)
            guard case .closed = connection.bus.state else { throw EventMissing(what: "closed", seen: "") }
            let inFlight = try await failure(of: BusError.self) { try await pending.value }
            guard case .closed = inFlight else { throw inFlight }
            let error = try await failure(of: BusError.self) { try connection.bus.publish([], to: subject) }
            guard case .closed = error else { throw error }
            let refused = try await failure(of: BusError.self) {
                try connection.bus.subscribe(SubjectPattern(subject)) { _ in }
            }
            guard case .closed = refused else { throw refused }
            subscription.unsubscribe()
            observation.cancel()
        },
        PortRule("a watch outlives an outage: interrupted, then current, and nothing is missed", server: .own) {
            bench in
            let connection = try await bench.connect()
            let bucket = connection.metadata.bucket(try .unique())
            let key = try MetadataKey("before")
            try await bucket.put(key, [1])
            let events = EventLog<MetadataEvent>()
            let watch = Task { try await bucket.watch { events.append($0) } }
            try await events.wait(for: .current)
            try await bench.stopServer()
            try await events.wait("interrupted") { $0.contains { if case .interrupted = $0 { true } else { false } } }
            try await bench.startServer()
            try await events.wait("current again") { $0.filter { $0 == .current }.count >= 2 }
            let revision = try await bucket.put(MetadataKey("after"), [2])
            try await events.wait(
                for: .put(MetadataEntry(key: MetadataKey("after"), value: [2], revision: revision)))
            let told = events.events.filter { if case .put = $0 { true } else { false } }
            #expect(told.count == 2, "what was told before the outage is not told again")
            watch.cancel()
            try await watch.value
            await connection.close()
        },
    ]
}

extension BusState {
    fileprivate var reason: String {
        switch self {
        case .connected: ""
        case .disconnected(_, let reason), .closed(let reason): reason
        }
    }
}
