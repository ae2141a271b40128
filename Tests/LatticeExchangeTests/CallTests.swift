import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTestSupport
import LatticeTrust
import Testing

@testable import LatticeExchange

@Suite("Calls over the bus")
struct CallTests {
    private static let echo: InvocationServer.Handler = { call, _, completion in completion(.success(call.argument)) }

    @Test("a call goes there and its result comes back, both signed", arguments: [false, true])
    func roundTrip(toProvider: Bool) async throws {
        let bench = try CallBench()
        let target = toProvider ? bench.providerTarget : bench.actorTarget
        try bench.serve(target) { call, deadline, completion in
            #expect(call.operation == "Test.Call")
            #expect(call.link == (toProvider ? bench.link : nil))
            #expect(ContinuousClock.now.duration(to: deadline) <= .seconds(20))
            completion(.success(call.argument + [4]))
        }
        #expect(try await bench.call(target).get() == [1, 2, 3, 4])
        #expect(bench.nearRefusals.events.isEmpty && bench.farRefusals.events.isEmpty)
    }

    // MARK: Replies that do not count

    @Test("a reply that was not signed by somebody who may, for this very call, is refused")
    func forgedReplies() async throws {
        let bench = try CallBench()
        let (two, stranger) = (bench.signer(bench.lattice.two), bench.signer(ExchangeBench.Member()))
        let elsewhere = InvocationSigner(
            key: bench.lattice.two.cluster, host: bench.lattice.two.host.publicKey,
            lattice: try LatticeName("elsewhere"))
        let now = TokenTime.now()
        @Sendable func signed(
            _ id: String, error: String? = nil, _ result: [UInt8] = [7], by signer: InvocationSigner,
            sent: [UInt8]? = nil, to: String? = nil
        ) -> InvocationResponse {
            InvocationResponse(
                payload: sent ?? result, to: to ?? id, error: error,
                token: signer.replyToken(to: id, error: error, result: result, at: now))
        }
        let cases: [(String, @Sendable (String) -> InvocationResponse)] = [
            ("not signed", { InvocationResponse(payload: [7], to: $0) }),
            ("not signed", { InvocationResponse(payload: [], to: $0, error: "failed: no [guest-error, call x]") }),
            ("may not answer", { signed($0, by: stranger) }),
            ("altered", { signed($0, by: two, sent: [8]) }),
            (
                "altered",
                { id in
                    InvocationResponse(
                        payload: [7], to: id, error: "sorry",
                        token: two.replyToken(to: id, error: nil, result: [7], at: now))
                }
            ),
            // A true reply to another call.
            ("to the call", { _ in signed("other", by: two) }),
            ("to the call", { signed("other", by: two, to: $0) }),
            ("for the lattice", { signed($0, by: elsewhere) }),
            ("can't be read", { InvocationResponse(payload: [7], to: $0, token: "no.token.this") }),
        ]
        let next = EventLog<Int>()
        try bench.respond(bench.actorTarget) { invocation in cases[next.events.count - 1].1(invocation.id.text) }
        for (index, (words, _)) in cases.enumerated() {
            next.append(index)
            let refusal = await bench.call(bench.actorTarget).refusal
            #expect(refusal?.code == .forged, "\(words)")
            #expect(refusal?.sentence.contains(words) == true, "\(words): \(refusal?.sentence ?? "accepted")")
            #expect(bench.nearRefusals.events.last == refusal)
        }
        #expect(bench.nearRefusals.events.count == cases.count)
    }

    @Test("what is no reply at all is refused")
    func garbage() async throws {
        let bench = try CallBench()
        try bench.listen(bench.actorTarget) { [far = bench.far] in try? far.answer($0, [0xC1]) }
        let refusal = await bench.call(bench.actorTarget).refusal
        #expect(refusal?.code == .forged)
        #expect(refusal?.sentence.contains("can't be read") == true)
    }

    @Test("under the classic profile an unsigned reply counts, an altered one does not")
    func classicReplies() async throws {
        let bench = try CallBench(settings: TrustSettings(links: .classic, invocations: .classic))
        let two = bench.signer(bench.lattice.two)
        try bench.respond(bench.actorTarget) { InvocationResponse(payload: [7], to: $0.id.text) }
        #expect(try await bench.call(bench.actorTarget).get() == [7])
        try bench.respond(bench.providerTarget) { invocation in
            InvocationResponse(
                payload: [8], to: invocation.id.text,
                token: two.replyToken(to: invocation.id.text, error: nil, result: [7], at: .now()))
        }
        #expect(await bench.call(bench.providerTarget).refusal?.code == .forged)
    }

    @Test("a reply whose result lies elsewhere is said to be too large")
    func chunkedReply() async throws {
        let bench = try CallBench(settings: TrustSettings(links: .classic, invocations: .classic))
        try bench.respond(bench.actorTarget) {
            InvocationResponse(payload: [], to: $0.id.text, contentLength: 2_000_000)
        }
        #expect(await bench.call(bench.actorTarget).refusal?.code == .tooLarge)
    }

    // MARK: Certificates

    @Test("a provider process is believed by a certificate that only the bucket has, in both directions")
    func certificateInBucket() async throws {
        let lattice = try ExchangeBench()
        let process = ClusterKeyPair.generate()
        let store = InMemoryMetadataStore(lattice.connect())
        // Each end has its own table, so each looks for itself.
        let basis = TrustBasis(
            lattice: lattice.lattice, operatorKey: lattice.operator.publicKey, document: try lattice.document())
        let unrelated = CertificateLookup(store, lattice.subjects, Gatekeeper(basis))
        let withoutLookup = try CallBench(certificates: unrelated, by: process, lattice: lattice)
        let origin = Entity.provider(lattice.provider, lattice.contract, .default)
        let lookup = CertificateLookup(store, lattice.subjects, withoutLookup.farGatekeeper)
        let task = Task { await lookup.run() }
        defer { task.cancel() }
        let target = CallTarget.actor(lattice.actor)
        try withoutLookup.serve(
            target, withoutLookup.server(certificates: lookup), handler: Self.echo)
        // Not there yet.
        #expect(await withoutLookup.call(target, from: origin).refusal?.code == .wrongCluster)
        try await lattice.put(.process(process.publicKey), lattice.certificate(of: process.publicKey))
        #expect(try await withoutLookup.call(target, from: origin).get() == [1, 2, 3])
        // It speaks for its own provider only.
        let other = Entity.provider(ProviderKeyPair.generate().publicKey, lattice.contract, .default)
        #expect(await withoutLookup.call(target, from: other).refusal?.code == .wrongCluster)
    }

    @Test("a reply by a provider process counts with its certificate, for its own provider")
    func replyByProcess() async throws {
        let lattice = try ExchangeBench()
        let process = ClusterKeyPair.generate()
        let signer = InvocationSigner(key: process, host: lattice.two.host.publicKey, lattice: lattice.lattice)
        let bench = try CallBench(lattice: lattice)
        let lookup = CertificateLookup(
            InMemoryMetadataStore(lattice.connect()), lattice.subjects, bench.nearGatekeeper)
        let task = Task { await lookup.run() }
        defer { task.cancel() }
        let caller = RemoteCaller(
            gatekeeper: bench.nearGatekeeper, bus: bench.near, subjects: lattice.subjects,
            signer: bench.signer(lattice.one), certificates: lookup, work: { $0() }, refused: { _ in })
        for target in [bench.providerTarget, bench.actorTarget] {
            try bench.respond(target) { invocation in
                InvocationResponse(
                    payload: [7], to: invocation.id.text,
                    token: signer.replyToken(to: invocation.id.text, error: nil, result: [7], at: .now()))
            }
        }
        func call(_ target: CallTarget) async -> Result<[UInt8], Refusal> {
            await withCheckedContinuation { continuation in
                let call = RemoteCall(
                    caller.nextID(), from: .actor(lattice.actor), to: target, operation: "Test.Call", argument: [],
                    timeout: .seconds(20))
                caller.call(call) { continuation.resume(returning: $0) }
            }
        }
        #expect(await call(bench.providerTarget).refusal?.code == .forged)
        try await lattice.put(.process(process.publicKey), lattice.certificate(of: process.publicKey))
        // The lookup's run may have begun only now.
        var result = await call(bench.providerTarget)
        let limit = ContinuousClock.now + .seconds(20)
        while result.refusal != nil, bench.nearGatekeeper.certificate(of: process.publicKey) == nil {
            try #require(ContinuousClock.now < limit)
            result = await call(bench.providerTarget)
        }
        #expect(try result.get() == [7])
        #expect(await call(bench.actorTarget).refusal?.code == .forged, "it may not answer for an actor")
    }

    // MARK: The bus

    @Test("nobody there, nobody answering, and no bus are told apart, with what the call was about")
    func busFailures() async throws {
        let bench = try CallBench()
        let noActor = await bench.call(bench.actorTarget).refusal
        #expect(noActor?.code == .noActor && noActor?.facts.actor == bench.lattice.other)
        let noProvider = await bench.call(bench.providerTarget).refusal
        #expect(noProvider?.code == .noProvider)
        #expect(noProvider?.facts.provider == bench.lattice.provider && noProvider?.facts.actor == bench.lattice.actor)
        try bench.respond(bench.actorTarget) { _ in nil }
        let id = bench.caller.nextID()
        let late = await bench.call(bench.actorTarget, timeout: .milliseconds(30), id: id).refusal
        #expect(late?.code == .deadline && late?.call == id)
        #expect(late?.facts.setting == SettingName("actors.timeout_ms"))
        let large = await bench.call(bench.actorTarget, [UInt8](repeating: 0, count: 1 << 20)).refusal
        #expect(large?.code == .tooLarge && large?.facts.limit == 1 << 20)
        #expect(bench.nearRefusals.events.map(\.code) == [.noActor, .noProvider, .deadline, .tooLarge])
    }

    @Test("a call that waits fails with the connection, at once and once, and so does one that comes later")
    func disconnected() async throws {
        let bench = try CallBench()
        try bench.respond(bench.actorTarget) { _ in nil }
        async let waiting = bench.call(bench.actorTarget, timeout: .seconds(50))
        try await bench.sent.wait(forCount: 1)
        bench.near.disconnect(reason: "cable")
        let refusal = await waiting.refusal
        #expect(refusal?.code == .disconnected)
        #expect(refusal?.sentence.contains("since 20") == true && refusal?.sentence.contains("cable") == true)
        #expect(await bench.call(bench.actorTarget).refusal?.code == .disconnected)
        bench.near.reconnect()
        bench.near.close(reason: "over")
        #expect(await bench.call(bench.actorTarget).refusal?.code == .disconnected)
        #expect(bench.sent.events.count == 1, "nothing is sent again")
        #expect(bench.nearRefusals.events.count == 3)
    }

    @Test(
        "each failure of the bus has its code",
        arguments: [
            (BusError.busy(requestsMax: 3), RefusalCode.busy), (.cancelled, .disconnected),
            (.refused(reason: "x"), .disconnected), (.invalidHeader(name: "x"), .disconnected),
            (.payloadTooLarge(bytesCount: 3, max: 2), .tooLarge),
        ])
    func codes(error: BusError, code: RefusalCode) throws {
        let bench = try CallBench()
        let summary = RemoteCall.Summary(
            id: bench.caller.nextID(), target: bench.actorTarget, facts: RefusalFacts(actor: bench.lattice.other))
        let refusal = Refusal(error, of: summary)
        #expect(refusal.code == code)
        #expect(refusal.call == summary.id && refusal.facts.actor == bench.lattice.other)
        #expect(refusal.facts.limit == (code == .tooLarge ? 2 : nil))
    }

    // MARK: Time

    @Test("a call says what is left for it, never more than 55 s; without time left nothing is sent")
    func timeouts() async throws {
        let bench = try CallBench()
        try bench.serve(bench.actorTarget, handler: Self.echo)
        for timeout in [Duration.zero, .seconds(-3), .microseconds(900)] {
            let refusal = await bench.call(bench.actorTarget, timeout: timeout).refusal
            #expect(refusal?.code == .deadline, "\(timeout)")
        }
        #expect(bench.sent.events.isEmpty)
        for (timeout, milliseconds) in [(Duration.milliseconds(1_500), 1_500), (.seconds(500), 55_000)] {
            #expect(try await bench.call(bench.actorTarget, timeout: timeout).get() == [1, 2, 3])
            let token = try ReceivedToken<InvocationClaims>(try #require(bench.sent.events.last?.token))
            #expect(token.claims.payload.timeoutMilliseconds == UInt64(milliseconds))
        }
    }

    // MARK: Refusals of the other end

    @Test("a refusal of the other end keeps its code and the call that it names, and is told there only")
    func refusedThere() async throws {
        let bench = try CallBench()
        let inner = bench.caller.nextID()
        let cases: [(Refusal, InvocationID?)] = [
            (Refusal(.trap, "it broke"), nil), (Refusal(.noLink, "no link", call: inner), inner),
        ]
        let next = EventLog<Refusal>()
        try bench.serve(bench.actorTarget) { _, _, completion in completion(.failure(next.events.last!)) }
        for (refusal, id) in cases {
            next.append(refusal)
            let own = bench.caller.nextID()
            let result = await bench.call(bench.actorTarget, id: own).refusal
            #expect(result?.code == refusal.code && result?.sentence == refusal.sentence)
            #expect(result?.call == id ?? own)
        }
        #expect(bench.nearRefusals.events.isEmpty)
        #expect(bench.farRefusals.events.map(\.code) == [.trap], "the other one was told where it was made")
    }

    @Test("what the other end's judge refuses comes back signed, under its own code")
    func judgedThere() async throws {
        let bench = try CallBench()
        try bench.serve(bench.providerTarget, handler: Self.echo)
        _ = bench.farGatekeeper.update { [id = bench.link.id] in $0.removeLink(id) }
        #expect(await bench.call(bench.providerTarget).refusal?.code == .noLink)
        #expect(bench.farRefusals.events.map(\.code) == [.noLink])
        #expect(bench.nearRefusals.events.isEmpty)
    }

    @Test("other words are those of the actor or provider, and told here", arguments: [false, true])
    func ownWords(ofProvider: Bool) async throws {
        let bench = try CallBench(settings: TrustSettings(links: .classic, invocations: .classic))
        let target = ofProvider ? bench.providerTarget : bench.actorTarget
        let words = String(repeating: "é", count: 20_000)
        try bench.respond(target) { InvocationResponse(payload: [], to: $0.id.text, error: words) }
        let refusal = await bench.call(target).refusal
        #expect(refusal?.code == (ofProvider ? .providerError : .guestError))
        #expect(refusal?.sentence.utf8.count == RemoteCaller.errorBytesMax)
        #expect(bench.nearRefusals.events == [refusal])
    }

    // MARK: Overload

    @Test("a server that has too much to verify says so at once, and is believed though it has not signed")
    func busy() async throws {
        let bench = try CallBench()
        let jobs = EventLog<@Sendable () -> Void>()
        try bench.serve(
            bench.actorTarget, bench.server(waitingMax: 1, work: { jobs.append($0) }), handler: Self.echo)
        async let first = bench.call(bench.actorTarget)
        try await jobs.wait(forCount: 1)
        let second = await bench.call(bench.actorTarget).refusal
        #expect(second?.code == .busy && second?.call != nil)
        jobs.events.first?()
        #expect(try await first.get() == [1, 2, 3])
        // There is room again.
        async let third = bench.call(bench.actorTarget)
        try await jobs.wait(forCount: 2)[1]()
        #expect(try await third.get() == [1, 2, 3])
    }

    @Test("a result or an error that no message can hold is an error that one can")
    func tooLarge() async throws {
        let bench = try CallBench()
        let results: [Result<[UInt8], Refusal>] = [
            .success([UInt8](repeating: 0, count: 1 << 20)),
            .failure(Refusal(.providerError, String(repeating: "x", count: 2 << 20))),
        ]
        let next = EventLog<Int>()
        try bench.serve(bench.actorTarget) { _, _, completion in completion(results[next.events.count - 1]) }
        next.append(0)
        #expect(await bench.call(bench.actorTarget).refusal?.code == .tooLarge)
        next.append(1)
        #expect(await bench.call(bench.actorTarget).refusal?.code == .providerError)
    }
}
