import LatticeBus
import Testing

extension PortRule {
    static let subscriptionRules: [PortRule] = [
        PortRule("a pattern gets what it matches and nothing else") { bench in
            let connection = try await bench.connect()
            let base = uniqueName()
            let (single, tail) = (EventLog<BusMessage>(), EventLog<BusMessage>())
            let subscriptions = [
                try await connection.bus.record("\(base).*.end", into: single),
                try await connection.bus.record("\(base).>", into: tail),
            ]
            for suffix in ["", ".a", ".a.end", ".a.b.end", ".b.end", ".last"] {
                try connection.bus.publish([], to: Subject(base + suffix))
            }
            try await tail.wait("the last message") { $0.last?.subject.text == base + ".last" }
            try await connection.bus.flush(timeout: .seconds(10))
            try await single.wait(forCount: 2)
            #expect(single.events.map(\.subject.text) == ["\(base).a.end", "\(base).b.end"])
            #expect(
                tail.events.map(\.subject.text) == [".a", ".a.end", ".a.b.end", ".b.end", ".last"].map { base + $0 })
            subscriptions.forEach { $0.unsubscribe() }
            await connection.close()
        },
        PortRule("each message goes to one member of a queue group, to each group, and to every plain subscriber") {
            bench in
            let (one, two) = (try await bench.connect(), try await bench.connect())
            let subject = try Subject.unique()
            let workers = EventLog<(member: Int, payload: [UInt8])>()
            let (other, plain) = (EventLog<BusMessage>(), EventLog<BusMessage>())
            var subscriptions: [any BusSubscription] = []
            for member in 0..<3 {
                let bus = member == 0 ? one.bus : two.bus
                subscriptions.append(
                    try bus.subscribe(SubjectPattern(subject), group: QueueGroup("workers")) { message in
                        workers.append((member, message.payload))
                    })
                try await bus.flush(timeout: .seconds(10))
            }
            subscriptions.append(try await two.bus.record(subject.text, group: "others.too", into: other))
            subscriptions.append(try await two.bus.record(subject.text, into: plain))
            let count = 300
            for number in 0..<count { try one.bus.publish(Array("\(number)".utf8), to: subject) }
            try await plain.wait(forCount: count)
            try await other.wait(forCount: count)
            try await workers.wait(forCount: count)
            try await one.bus.flush(timeout: .seconds(10))
            try await two.bus.flush(timeout: .seconds(10))
            let all = workers.events
            #expect(Set(all.map(\.payload)).count == count)
            #expect(all.count == count)
            #expect(Set(all.map(\.member)).count == 3, "every member gets a share")
            subscriptions.forEach { $0.unsubscribe() }
            await one.close()
            await two.close()
        },
        PortRule("an ended subscription hears nothing more; the others still do") { bench in
            let connection = try await bench.connect()
            let subject = try Subject.unique()
            let (ended, kept) = (EventLog<BusMessage>(), EventLog<BusMessage>())
            let first = try await connection.bus.record(subject.text, into: ended)
            let second = try await connection.bus.record(subject.text, into: kept)
            try connection.bus.publish([1], to: subject)
            try await ended.wait(forCount: 1)
            first.unsubscribe()
            first.unsubscribe()
            try connection.bus.publish([2], to: subject)
            try await kept.wait(forCount: 2)
            try await connection.bus.flush(timeout: .seconds(10))
            #expect(ended.events.map(\.payload) == [[1]])
            second.unsubscribe()
            await connection.close()
        },
        PortRule("a subscription that nobody keeps is over") { bench in
            let connection = try await bench.connect()
            let subject = try Subject.unique()
            do {
                let forgotten = try await connection.bus.serve(subject.text) { _ in [1] }
                _ = try await connection.bus.request(BusMessage(to: subject), timeout: .seconds(20))
                withExtendedLifetime(forgotten) {}
            }
            try await connection.bus.flush(timeout: .seconds(10))
            let error = try await failure(of: BusError.self) {
                try await connection.bus.request(BusMessage(to: subject), timeout: .seconds(20))
            }
            #expect(error == .noResponders(subject))
            await connection.close()
        },
        PortRule("draining hands over what waits and takes nothing new") { bench in
            let (one, two) = (try await bench.connect(), try await bench.connect())
            let subject = try Subject.unique()
            let (received, gate, entered) = (EventLog<BusMessage>(), Gate(), EventLog<Int>())
            let subscription = try two.bus.subscribe(SubjectPattern(subject)) { message in
                entered.append(1)
                gate.waitOnThisThread()
                received.append(message)
            }
            try await two.bus.flush(timeout: .seconds(10))
            for number in 0..<5 { try one.bus.publish([UInt8(number)], to: subject) }
            try await one.bus.flush(timeout: .seconds(10), whileHandlersWait: entered)
            async let drained: Void = subscription.drain(timeout: .seconds(20))
            gate.open()
            try await drained
            #expect(received.events.map(\.payload) == [[0], [1], [2], [3], [4]])
            try one.bus.publish([9], to: subject)
            try await one.bus.flush(timeout: .seconds(10))
            #expect(received.events.count == 5)
            await one.close()
            await two.close()
        },
        PortRule("what still waits when a subscription ends is not handed over") { bench in
            let (one, two) = (try await bench.connect(), try await bench.connect())
            let subject = try Subject.unique()
            let (received, gate, entered) = (EventLog<BusMessage>(), Gate(), EventLog<Int>())
            let subscription = try two.bus.subscribe(SubjectPattern(subject)) { message in
                entered.append(1)
                gate.waitOnThisThread()
                received.append(message)
            }
            try await two.bus.flush(timeout: .seconds(10))
            for number in 0..<5 { try one.bus.publish([UInt8(number)], to: subject) }
            try await one.bus.flush(timeout: .seconds(10), whileHandlersWait: entered)
            subscription.unsubscribe()
            gate.open()
            try await received.wait(forCount: 1)
            try await two.bus.flush(timeout: .seconds(10))
            #expect(received.events.map(\.payload) == [[0]])
            await one.close()
            await two.close()
        },
        PortRule("what waits beyond the limit is dropped, counted and announced") { bench in
            let (one, two) = (try await bench.connect(), try await bench.connect())
            let subject = try Subject.unique()
            let (received, gate, entered) = (EventLog<BusMessage>(), Gate(), EventLog<Int>())
            let notices = EventLog<BusNotice>()
            let observation = two.bus.observe { notices.append($0) }
            let pattern = SubjectPattern(subject)
            let subscription = try two.bus.subscribe(
                pattern, group: nil, limits: PendingLimits(messagesMax: 4, bytesMax: 1 << 20)
            ) { message in
                entered.append(1)
                gate.waitOnThisThread()
                received.append(message)
            }
            try await two.bus.flush(timeout: .seconds(10))
            try one.bus.publish([0], to: subject)
            try await entered.wait(forCount: 1)
            for number in 1..<11 { try one.bus.publish([UInt8(number)], to: subject) }
            try await one.bus.flush(timeout: .seconds(10), whileHandlersWait: entered)
            gate.open()
            try await received.wait(forCount: 5)
            try await notices.wait("a dropped notice") {
                $0.contains { if case .dropped(pattern, _) = $0 { true } else { false } }
            }
            #expect(subscription.droppedCount == 6)
            #expect(received.events.map(\.payload) == [[0], [1], [2], [3], [4]])
            observation.cancel()
            subscription.unsubscribe()
            await one.close()
            await two.close()
        },
        PortRule("a handler may publish, subscribe and end its own subscription") { bench in
            let connection = try await bench.connect()
            let (first, second) = (try Subject.unique("a"), try Subject.unique("b"))
            let received = EventLog<BusMessage>()
            let follower = try await connection.bus.record(second.text, into: received)
            let own = EventLog<any BusSubscription>()
            let subscription = try connection.bus.subscribe(SubjectPattern(first)) { message in
                do {
                    let inner = try connection.bus.subscribe(SubjectPattern(second)) { _ in }
                    inner.unsubscribe()
                    try connection.bus.publish(message.payload, to: second)
                } catch { Issue.record(error) }
                own.events.first?.unsubscribe()
            }
            own.append(subscription)
            try await connection.bus.flush(timeout: .seconds(10))
            try connection.bus.publish([1], to: first)
            try await received.wait(forCount: 1)
            try await connection.bus.flush(timeout: .seconds(10))
            try connection.bus.publish([2], to: first)
            try await connection.bus.flush(timeout: .seconds(10))
            try connection.bus.publish([3], to: second)
            try await received.wait(forCount: 2)
            #expect(received.events.map(\.payload) == [[1], [3]])
            follower.unsubscribe()
            await connection.close()
        },
    ]
}

extension MessageBus {
    /// A flush for tests in which a handler blocks: where handlers share the thread that would answer the flush,
    /// waiting for it would be waiting for ever.
    fileprivate func flush(timeout: Duration, whileHandlersWait entered: EventLog<Int>) async throws {
        try await entered.wait(forCount: 1)
        if self is InMemoryBus { return }
        try await flush(timeout: timeout)
    }
}
