import LatticeBus
import Testing

extension PortRule {
    /// The form of `request` that calls back.
    static let completionRules: [PortRule] = [
        PortRule("a request's completion gets its own reply, once, also among many and from many who answer") { bench in
            let (one, two) = (try await bench.connect(), try await bench.connect())
            let subject = try Subject.unique()
            let answered = EventLog<Void>()
            let services = try await [
                two.bus.serve(subject.text, told: answered), two.bus.serve(subject.text, told: answered),
            ]
            let outcomes = EventLog<CompletionOutcome>()
            for number in 0..<200 {
                one.bus.ask(BusMessage(to: subject, payload: Array("\(number)".utf8)), number, into: outcomes)
            }
            for outcome in try await outcomes.wait(forCount: 200) {
                #expect(try outcome.result.get().payload == Array("\(outcome.number)".utf8))
            }
            // Second replies, if somebody took them for news, would have come before the reply to this.
            try await answered.wait(forCount: 2 * 200)
            try await two.bus.flush(timeout: .seconds(10))
            _ = try await one.bus.request(BusMessage(to: subject), timeout: .seconds(20))
            #expect(outcomes.events.count == 200)
            try await answered.wait(forCount: 2 * 201)
            services.forEach { $0.unsubscribe() }
            await one.close()
            await two.close()
        },
        PortRule("a request's completion hears of what is clear at once before the request returns") { bench in
            let connection = try await bench.connect()
            let subject = try Subject.unique()
            let outcomes = EventLog<CompletionOutcome>()
            let limit = connection.bus.payloadBytesMax
            let tooLarge = BusMessage(to: subject, payload: [UInt8](repeating: 7, count: limit + 1))
            connection.bus.ask(tooLarge, 1, into: outcomes)
            connection.bus.ask(BusMessage(to: subject, headers: ["a b": "c"]), 2, into: outcomes)
            #expect(
                outcomes.events.map(\.error) == [
                    .payloadTooLarge(bytesCount: limit + 1, max: limit), .invalidHeader(name: "a b"),
                ])
            await connection.close()
            connection.bus.ask(BusMessage(to: subject), 3, into: outcomes)
            #expect(outcomes.events.count == 3)
            guard case .closed? = outcomes.events.last?.error else { throw EventMissing(what: "closed", seen: "") }
        },
        PortRule("a request's completion hears at once that nobody listens, and after its time that nobody answers") {
            bench in
            let connection = try await bench.connect()
            let (nobody, silent) = (try Subject.unique("nobody"), try Subject.unique("silent"))
            let service = try await connection.bus.serve(silent.text) { _ in nil }
            let outcomes = EventLog<CompletionOutcome>()
            connection.bus.ask(BusMessage(to: nobody), 1, within: .seconds(600), into: outcomes)
            #expect(try await outcomes.wait(forCount: 1).last?.error == .noResponders(nobody))
            connection.bus.ask(BusMessage(to: silent), 2, within: .milliseconds(30), into: outcomes)
            #expect(
                try await outcomes.wait(forCount: 2).last?.error == .timedOut(silent, after: .milliseconds(30)))
            service.unsubscribe()
            await connection.close()
        },
        PortRule("a request's completion hears of a lost connection, once, and at once while it is lost", server: .own)
        {
            bench in
            let connection = try await bench.connect()
            let states = EventLog<BusState>()
            let observation = connection.bus.observe { if case .state(let state) = $0 { states.append(state) } }
            let subject = try Subject.unique()
            let asked = EventLog<BusMessage>()
            let service = try await connection.bus.record(subject.text, into: asked)
            let outcomes = EventLog<CompletionOutcome>()
            connection.bus.ask(BusMessage(to: subject), 1, within: .seconds(600), into: outcomes)
            try await asked.wait(forCount: 1)
            try await bench.stopServer()
            guard case .disconnected(let since, _)? = try await outcomes.wait(forCount: 1).last?.error else {
                throw EventMissing(what: "disconnected", seen: "\(outcomes.events)")
            }
            try await states.wait("disconnected") { if case .disconnected? = $0.last { true } else { false } }
            connection.bus.ask(BusMessage(to: subject), 2, within: .seconds(600), into: outcomes)
            guard case .disconnected(since, _)? = outcomes.events.last?.error, outcomes.events.count == 2 else {
                throw EventMissing(what: "disconnected at once", seen: "\(outcomes.events)")
            }
            observation.cancel()
            service.unsubscribe()
            await connection.close()
        },
    ]
}

struct CompletionOutcome: Sendable {
    let number: Int
    let result: Result<BusMessage, BusError>

    var error: BusError? { if case .failure(let error) = result { error } else { nil } }
}

extension MessageBus {
    /// Answers every request with its own payload.
    fileprivate func serve(_ pattern: String, told: EventLog<Void>) async throws -> any BusSubscription {
        let subscription = try subscribe(SubjectPattern(pattern)) { message in
            do { try answer(message, message.payload) } catch { Issue.record(error) }
            told.append(())
        }
        try await flush(timeout: .seconds(10))
        return subscription
    }

    fileprivate func ask(
        _ message: BusMessage, _ number: Int, within timeout: Duration = .seconds(20),
        into outcomes: EventLog<CompletionOutcome>
    ) {
        request(message, timeout: timeout) { outcomes.append(CompletionOutcome(number: number, result: $0)) }
    }
}
