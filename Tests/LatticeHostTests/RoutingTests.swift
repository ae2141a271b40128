import ActorRuntime
import LatticeBus
import LatticeExchange
import LatticeHost
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTestSupport
import LatticeTrust
import Testing

@Suite("Two hosts of one lattice")
struct RoutingTests {
    private let keyvalue = "wasmcloud:keyvalue"

    // MARK: Actors and actors

    @Test("an actor reaches one on the other host, by alias and by key, and hosts learn of both from the buckets")
    func acrossHosts() async throws {
        let bench = try await RoutingBench()
        let ponger = try await bench.start(Guests.echo, on: bench.two, alias: "lattice/ponger")
        let byAlias = try await bench.start(Guests.calling("lattice/ponger", binding: ""), on: bench.one)
        let byKey = try await bench.start(Guests.calling("\(ponger)", binding: ""), on: bench.one)
        #expect(try await bench.call(byAlias, [4, 2]).payload == [4, 2])
        #expect(try await bench.call(byKey, [2, 4]).payload == [2, 4])
        #expect(bench.two.host.actors[ponger]?.callCount == 2)
        #expect(bench.one.refusals.events.isEmpty && bench.two.refusals.events.isEmpty)
    }

    @Test("what runs here is called here, also when it runs elsewhere, too")
    func sameHost() async throws {
        let bench = try await RoutingBench()
        let key = ModuleKeyPair.generate().publicKey
        try await bench.start(Guests.echo, on: bench.one, key: key, alias: "ponger")
        try await bench.start(Guests.echo, on: bench.two, key: key, alias: "ponger")
        let caller = try await bench.start(Guests.calling("ponger", binding: ""), on: bench.one)
        for _ in 0..<4 { #expect(try await bench.call(caller, [1]).payload == [1]) }
        #expect(bench.one.host.actors[key]?.callCount == 4)
        #expect(bench.two.host.actors[key]?.callCount == 0)
        #expect(await bench.one.host.stop(actor: key))
        #expect(try await bench.call(caller, [1]).payload == [1])
        #expect(bench.two.host.actors[key]?.callCount == 1)
    }

    @Test("a local actor at its limit is busy, not called elsewhere")
    func busyHere() async throws {
        let bench = try await RoutingBench()
        let silent = try await bench.known()
        let silence = try bench.silence(silent)
        var limits = ActorLimits()
        limits.instancesMax = 1
        limits.queuedCallsMax = 0
        let key = ModuleKeyPair.generate().publicKey
        let waiting = Guests.calling("\(silent)", binding: "")
        try await bench.start(waiting, on: bench.one, key: key, alias: "full", limits: limits)
        try await bench.start(waiting, on: bench.two, key: key, alias: "full", limits: limits)
        let caller = try await bench.start(Guests.calling("full", binding: ""), on: bench.one)
        async let first = bench.call(caller, timeout: .milliseconds(700))
        try await bench.sent.wait("a waiting call") { $0.contains { $0.target == .actor(silent) } }
        let second = try await bench.call(caller)
        #expect(Refusal(text: second.error ?? "")?.code == .busy, "\(second.error ?? "no error")")
        #expect(bench.two.host.actors[key]?.callCount == 0)
        #expect(Refusal(text: try await first.error ?? "")?.code == .deadline)
        silence.unsubscribe()
    }

    @Test("an actor whose issuer is trusted no more is not called in the same host either")
    func issuerOfTarget() async throws {
        let bench = try await RoutingBench()
        let ponger = try await bench.start(Guests.echo, on: bench.one)
        let caller = try await bench.start(Guests.calling("\(ponger)", binding: ""), on: bench.one)
        let stranger = AccountKeyPair.generate()
        let token = TokenClaims(
            id: NUIDGenerator().next(), subject: "\(ponger)", issuedAt: .now(), payload: ActorClaims(name: "other")
        ).signed(by: stranger)
        let record = try ActorRecord(verifying: token, of: ponger)
        _ = bench.one.gatekeeper.update { $0.put(record) }
        let response = try await bench.call(caller)
        #expect(Refusal(text: response.error ?? "")?.code == .untrustedIssuer)
        #expect(bench.one.host.actors[ponger]?.callCount == 0)
    }

    // MARK: Refusals

    @Test("a refusal is told once, where it was made, and keeps its own call on the whole way back")
    func toldOnce() async throws {
        let bench = try await RoutingBench()
        let unlinked = try await bench.start(Guests.calling(keyvalue), on: bench.two, alias: "unlinked")
        let between = try await bench.start(Guests.calling("\(unlinked)", binding: ""), on: bench.one, alias: "between")
        let caller = try await bench.start(Guests.calling("between", binding: ""), on: bench.one)
        let link = try bench.link(caller)
        try await bench.put(link)
        let refusal = await bench.one.call(over: link).refusal
        #expect(refusal?.code == .noLink)
        #expect(bench.two.refusals.events.map(\.code) == [.noLink])
        #expect(bench.two.refusals.events.first?.call == refusal?.call)
        #expect(bench.one.refusals.events.isEmpty)
        // In one host the same.
        let here = await bench.two.call(over: link).refusal
        #expect(here?.code == .noLink)
        #expect(bench.two.refusals.events.count == 2 && bench.one.refusals.events.isEmpty)
        _ = between
    }

    @Test("an actor's own error is told once, by the host that it runs on", arguments: [false, true])
    func ownError(isRemote: Bool) async throws {
        let bench = try await RoutingBench()
        let source = Guests.module(
            "(call $fail (i32.const 0) (i32.const 5)) i32.const 0", data: "(data (i32.const 0) \"sorry\")")
        let target = try await bench.start(source, on: isRemote ? bench.two : bench.one)
        let caller = try await bench.start(Guests.calling("\(target)", binding: ""), on: bench.one)
        let response = try await bench.call(caller)
        let refusal = try #require(Refusal(text: response.error ?? ""), "\(response.error ?? "no error")")
        #expect(refusal.code == .guestError && refusal.sentence == "sorry")
        let told = (isRemote ? bench.two : bench.one).refusals.events
        #expect(told.map(\.call) == [refusal.call])
        #expect((isRemote ? bench.one : bench.two).refusals.events.isEmpty)
    }

    // MARK: Providers

    @Test("a provider in the host is called in process, with everything that it needs")
    func localProvider() async throws {
        let bench = try await RoutingBench()
        let actor = try await bench.start(Guests.calling(keyvalue), on: bench.one)
        let link = try bench.link(actor)
        try await bench.put(link)
        let calls = EventLog<ProviderCall>()
        bench.one.providers.put(link.provider, link.contract) { call in
            calls.append(call)
            return .success(call.argument.reversed())
        }
        #expect(try await bench.call(actor, [1, 2, 3]).payload == [3, 2, 1])
        let call = try #require(calls.events.first)
        #expect(call.link == link && call.operation == "Test.Call")
        #expect(ContinuousClock.now.duration(to: call.deadline) <= .seconds(20))
        #expect(bench.sent.events.count == 1, "only the first call went over the bus")
    }

    @Test("what a provider in the host refuses is told once, under the call that it got")
    func localProviderRefuses() async throws {
        let bench = try await RoutingBench()
        let actor = try await bench.start(Guests.calling(keyvalue), on: bench.one)
        let link = try bench.link(actor)
        try await bench.put(link)
        let calls = EventLog<ProviderCall>()
        bench.one.providers.put(link.provider, link.contract) { call in
            calls.append(call)
            // With and without the call's name.
            let refusal = Refusal(.providerError, "out of order")
            return .failure(calls.events.count == 1 ? refusal : refusal.of(call.id))
        }
        for count in 1...2 {
            let response = try await bench.call(actor)
            let refusal = try #require(Refusal(text: response.error ?? ""))
            #expect(refusal.code == .providerError && refusal.call == calls.events.last?.id)
            #expect(bench.one.refusals.events.count == count)
            #expect(bench.one.refusals.events.last?.call == calls.events.last?.id)
        }
    }

    @Test("a provider in the host gets no call without a link, nor one for another contract")
    func localProviderChecks() async throws {
        let bench = try await RoutingBench()
        let actor = try await bench.start(Guests.calling(keyvalue), on: bench.one)
        let link = try bench.link(actor)
        let calls = EventLog<ProviderCall>()
        let other = try ContractID("wasmcloud:messaging")
        bench.one.providers.put(link.provider, link.contract) { call in
            calls.append(call)
            return .success([])
        }
        #expect(Refusal(text: try await bench.call(actor).error ?? "")?.code == .noLink)
        try await bench.put(link)
        bench.one.providers.put(link.provider, other) { call in
            calls.append(call)
            return .success([])
        }
        #expect(Refusal(text: try await bench.call(actor).error ?? "")?.code == .noProvider)
        #expect(calls.events.isEmpty)
        #expect(bench.one.refusals.events.map(\.code) == [.noLink, .noProvider])
    }

    @Test("a provider on the other host is called over the bus; when nobody runs it, that is said")
    func remoteProvider() async throws {
        let bench = try await RoutingBench()
        let actor = try await bench.start(Guests.calling(keyvalue), on: bench.one)
        let link = try bench.link(actor)
        try await bench.put(link)
        #expect(Refusal(text: try await bench.call(actor).error ?? "")?.code == .noProvider)
        let identity = bench.two.host.identity
        let server = InvocationServer(
            gatekeeper: bench.two.gatekeeper, bus: bench.two.bus,
            signer: InvocationSigner(
                key: identity.cluster, host: identity.host.publicKey, lattice: bench.lattice),
            work: { $0() }, refused: { _ in })
        let target = CallTarget.provider(link.provider, link.contract, link.link)
        let subscription = try bench.two.bus.subscribe(
            SubjectPattern(bench.subjects.calls(of: link.provider, link.link)), group: LatticeSubjects.providerGroup
        ) { message in
            server.receive(message, for: target) { call, _, completion in
                #expect(call.origin == .actor(actor) && call.link == link)
                completion(.success(call.argument + [9]))
            }
        }
        #expect(try await bench.call(actor, [1]).payload == [1, 9])
        subscription.unsubscribe()
    }

    @Test("a provider calls a linked actor here, on its own thread, and on the other host", arguments: [false, true])
    func providerCalls(isRemote: Bool) async throws {
        let bench = try await RoutingBench()
        let actor = try await bench.start(Guests.echo, on: isRemote ? bench.two : bench.one)
        let link = try bench.link(actor)
        #expect(await bench.one.call(over: link, [7]).refusal?.code == .noLink)
        #expect(bench.one.refusals.events.map(\.code) == [.noLink])
        try await bench.put(link)
        #expect(try await bench.one.call(over: link, [7]).get() == [7])
        #expect(bench.sent.events.count == (isRemote ? 1 : 0))
        guard !isRemote else { return }
        let results = EventLog<Result<[UInt8], Refusal>>()
        bench.one.host.actorCaller.call(
            ActorCall(over: link, operation: "Test.Call", argument: [8], timeout: .seconds(20))
        ) { results.append($0) }
        #expect(try results.events.first?.get() == [8], "it was done before the call returned")
    }

    // MARK: Hosts

    @Test("a host that is not enrolled any more has nothing to say, in its own process neither")
    func notEnrolled() async throws {
        let bench = try await RoutingBench()
        let actor = try await bench.start(Guests.echo, on: bench.one)
        let caller = try await bench.start(Guests.calling("\(actor)", binding: ""), on: bench.one)
        let link = try bench.link(caller)
        try await bench.put(link)
        #expect(try await bench.one.call(over: link, [1]).get() == [1])
        try await bench.put(document: 2, [bench.two.entry])
        #expect(await bench.one.call(over: link, [1]).refusal?.code == .notEnrolled)
        let response = try await bench.call(caller)
        #expect(Refusal(text: response.error ?? "")?.code == .notEnrolled)
        #expect(bench.one.refusals.events.map(\.code) == [.notEnrolled, .notEnrolled])
        #expect(bench.one.refusals.events.last?.facts.host == bench.one.host.identity.host.publicKey)
    }

    @Test("the time that is left shrinks from hop to hop, and the last hop ends with it")
    func deadlines() async throws {
        let bench = try await RoutingBench()
        let silent = try await bench.known()
        let silence = try bench.silence(silent)
        let last = try await bench.start(Guests.calling("\(silent)", binding: ""), on: bench.two, alias: "last")
        let first = try await bench.start(Guests.calling("last", binding: ""), on: bench.one)
        let response = try await bench.call(first, timeout: .milliseconds(600))
        #expect(Refusal(text: response.error ?? "")?.code == .deadline, "\(response.error ?? "no error")")
        let left = try bench.sent.events.map { invocation in
            let token = try ReceivedToken<InvocationClaims>(invocation.token)
            return (invocation.target, token.claims.payload.timeoutMilliseconds ?? 0)
        }
        #expect(left.map(\.0) == [.actor(first), .actor(last), .actor(silent)])
        #expect(left[0].1 == 600 && left[1].1 < 600 && left[2].1 <= left[1].1 && left[2].1 > 0)
        silence.unsubscribe()
    }

    @Test("a call that waits for another host fails with the bus; calls in the host go on")
    func disconnected() async throws {
        let bench = try await RoutingBench()
        let silent = try await bench.known()
        let silence = try bench.silence(silent)
        let echo = try await bench.start(Guests.echo, on: bench.one)
        let remote = try await bench.start(Guests.calling("\(silent)", binding: ""), on: bench.one)
        let local = try await bench.start(Guests.calling("\(echo)", binding: ""), on: bench.one)
        let links = [try bench.link(remote), try bench.link(local)]
        for link in links { try await bench.put(link) }
        async let waiting = bench.one.call(over: links[0])
        try await bench.sent.wait(forCount: 1)
        bench.one.bus.disconnect(reason: "cable")
        let refusal = await waiting.refusal
        #expect(refusal?.code == .disconnected && refusal?.sentence.contains("cable") == true)
        #expect(try await bench.one.call(over: links[1], [5]).get() == [5])
        #expect(await bench.one.call(over: links[0]).refusal?.code == .disconnected)
        #expect(bench.one.refusals.events.map(\.code) == [.disconnected, .disconnected])
        #expect(bench.sent.events.count == 1, "nothing is sent again")
        silence.unsubscribe()
    }
}

extension Result where Failure == Refusal {
    fileprivate var refusal: Refusal? { if case .failure(let refusal) = self { refusal } else { nil } }
}
