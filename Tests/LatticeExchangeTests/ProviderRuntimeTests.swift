import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTestSupport
import LatticeTrust
import Testing

@testable import LatticeExchange

@Suite("A running provider", .serialized)
struct ProviderRuntimeTests {
    private static func settings(_ change: (inout ProviderRuntime.Settings) -> Void) -> ProviderRuntime.Settings {
        var settings = ProviderRuntime.Settings()
        change(&settings)
        return settings
    }

    // MARK: Links

    @Test("links that are there at the start are given before it takes calls; later ones come, change and go")
    func links() async throws {
        let bench = try ProviderBench()
        let actor = bench.lattice.actor
        let other = ModuleKeyPair.generate().publicKey
        bench.put(bench.link(["v": "1"]))
        #expect(await bench.start())
        #expect(bench.provider.events.events == [.put(actor, ["v": "1"])])
        #expect(bench.runtime.links.map(\.standing) == [.applied])
        bench.put(bench.link(["v": "2"]))
        bench.put(bench.link(actor: other))
        try await bench.provider.events.wait("all") {
            $0.contains(.put(actor, ["v": "2"])) && $0.contains(.put(other, [:]))
        }
        bench.delete(bench.link(actor: other))
        try await bench.provider.events.wait(for: .removed(other))
        // Nothing new: nobody is told.
        let count = bench.provider.events.events.count
        for _ in 0..<100 { bench.runtime.recordsChanged() }
        #expect(try await bench.answer(to: try #require(bench.runtime.links.first?.link)).error == nil)
        #expect(bench.provider.events.events.count == count)
    }

    @Test("a link that loses its grant is taken away, one that never had it is never given")
    func grants() async throws {
        let bench = try ProviderBench()
        let link = bench.link()
        var ungranted = bench.link(actor: ModuleKeyPair.generate().publicKey)
        ungranted.grant = nil
        bench.put(link)
        bench.put(ungranted)
        #expect(await bench.start())
        #expect(bench.provider.events.events == [.put(link.actor, [:])])
        guard case .refused(_, let refusal) = bench.runtime.link(ungranted.id)?.standing else {
            Issue.record("not refused")
            return
        }
        #expect(refusal?.code == .noGrant)
        let grant = try Grant(
            verifying: try #require(link.grant), for: link, lattice: bench.lattice.lattice)
        let list = try RevocationList(
            verifying: bench.lattice.revocations(1, [grant.id]), of: AnyKey(bench.lattice.account.publicKey),
            lattice: bench.lattice.lattice)
        _ = bench.gatekeeper.update { $0.adopt(list) }
        bench.runtime.recordsChanged()
        try await bench.provider.events.wait(for: .removed(link.actor))
        let response = try await bench.call(bench.invocation())
        #expect(response.error?.contains("[grant-revoked, call ") == true)
    }

    @Test("a grant's end takes the link away, though nobody says anything")
    func expiry() async throws {
        let bench = try ProviderBench()
        let link = bench.link(expires: TokenTime.now().advanced(by: .seconds(1)))
        bench.put(link)
        #expect(await bench.start())
        #expect(bench.runtime.link(link.id)?.standing == .applied)
        try await bench.provider.events.wait(for: .removed(link.actor))
        #expect(link.grant != nil)
    }

    @Test("what the provider refuses is offered again, and what it had serves meanwhile")
    func refusedByProvider() async throws {
        let bench = try ProviderBench(settings: Self.settings { $0.retryDelay = .milliseconds(20) })
        let actor = bench.lattice.actor
        bench.put(bench.link(["port": "1"]))
        #expect(await bench.start())
        bench.provider.problem.withLock { $0 = LinkProblem("port 2 is taken") }
        bench.put(bench.link(["port": "2"]))
        try await bench.provider.events.wait("three attempts") { events in
            events.count { $0 == .put(actor, ["port": "2"]) } >= 3
        }
        #expect(bench.runtime.links.first?.standing == .refused(reason: "port 2 is taken", nil))
        #expect(try await bench.call(bench.invocation()).error == nil)
        bench.provider.problem.withLock { $0 = nil }
        try await bench.standings.wait("applied again") { $0.last == .applied && $0.count > 3 }
        #expect(bench.runtime.links.first?.standing == .applied)
    }

    // MARK: Answers about links

    @Test("whoever puts a link and asks hears when it is in force, or why it is not")
    func answers() async throws {
        let bench = try ProviderBench(settings: Self.settings { $0.retryDelay = .seconds(600) })
        #expect(await bench.start())
        let link = bench.link()
        // The question may be there before the watch has told of the link.
        async let early = bench.answer(to: link)
        try await Task.sleep(for: .milliseconds(30))
        bench.put(link)
        let answer = try await early
        #expect(answer == LinkAnswer(host: bench.lattice.one.host.publicKey))
        #expect(bench.provider.events.events == [.put(link.actor, [:])])
        // Again: at once, and without bothering the provider.
        #expect(try await bench.answer(to: link).error == nil)
        #expect(bench.provider.events.events.count == 1)
        bench.provider.problem.withLock { $0 = LinkProblem("no such port") }
        let bad = bench.link(["port": "x"])
        bench.put(bad)
        #expect(try await bench.answer(to: bad).error == "no such port")
        // Asked again it is tried again, not answered from memory.
        bench.provider.problem.withLock { $0 = nil }
        #expect(try await bench.answer(to: bad).error == nil)
        var ungranted = bench.link(actor: ModuleKeyPair.generate().publicKey)
        ungranted.grant = nil
        bench.put(ungranted)
        let refusal = try await bench.answer(to: ungranted)
        #expect(refusal.error?.contains("nobody granted it") == true && refusal.refusal?.code == "no-grant")
    }

    @Test("a message is a hint and no more: what is not in the bucket is not given to the provider")
    func forgedHints() async throws {
        let bench = try ProviderBench(settings: Self.settings { $0.answerTime = .milliseconds(100) })
        let link = bench.link(["v": "1"])
        bench.put(link)
        #expect(await bench.start())
        let other = try await bench.answer(to: bench.link(["v": "2"]))
        #expect(other.error?.contains("another than that of the message") == true)
        let unknown = try await bench.answer(to: bench.link(actor: ModuleKeyPair.generate().publicKey))
        #expect(unknown.error?.contains("does not have this link") == true)
        var foreign = bench.link()
        foreign.link = try LinkName("other")
        #expect(try await bench.answer(to: foreign).error?.contains("another provider") == true)
        let put = bench.subjects.linkPut(bench.lattice.provider, .default)
        for payload in [[], [0xC1], Array(link.messagePack.dropLast())] as [[UInt8]] {
            let answer = try LinkAnswer(json: await bench.ask(put, payload))
            #expect(answer.error?.contains("no link definition") == true)
        }
        let delete = bench.subjects.linkDelete(bench.lattice.provider, .default)
        #expect(try await bench.answer(to: link, delete).error?.contains("still in the lattice's bucket") == true)
        #expect(bench.provider.events.events == [.put(link.actor, ["v": "1"])])
        #expect(bench.runtime.links.map(\.standing) == [.applied])
    }

    @Test("whoever deletes a link hears when the provider has given it up")
    func deletions() async throws {
        let bench = try ProviderBench()
        let link = bench.link()
        bench.put(link)
        #expect(await bench.start())
        let delete = bench.subjects.linkDelete(bench.lattice.provider, .default)
        async let answer = bench.answer(to: link, delete)
        try await Task.sleep(for: .milliseconds(30))
        #expect(bench.provider.events.events.count == 1)
        bench.delete(link)
        #expect(try await answer.error == nil)
        #expect(bench.provider.events.events.last == .removed(link.actor))
        #expect(try await bench.answer(to: link, delete).error == nil, "gone already")
    }

    @Test("questions beyond the limit are refused at once")
    func tooManyQuestions() async throws {
        let bench = try ProviderBench(
            settings: Self.settings {
                $0.questionsMax = 2
                $0.answerTime = .milliseconds(300)
            })
        #expect(await bench.start())
        let link = bench.link()
        let answers = try await withThrowingTaskGroup(of: LinkAnswer.self) { group in
            for _ in 0..<40 { group.addTask { try await bench.answer(to: link) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count == 40 && answers.allSatisfy { $0.error != nil })
    }

    // MARK: Calls

    @Test("a call of a linked actor is performed and answered; what is forged, replayed or unlinked is refused")
    func calls() async throws {
        let bench = try ProviderBench()
        bench.put(bench.link())
        #expect(await bench.start())
        let good = bench.invocation()
        let response = try await bench.call(good)
        #expect(response.error == nil && response.payload == [1, 2] && response.token != nil)
        let stranger = ModuleKeyPair.generate().publicKey
        let cases: [(Invocation, RefusalCode)] = [
            (good, .replayed), (bench.invocation(by: ExchangeBench.Member()), .wrongCluster),
            (bench.invocation(of: stranger), .noClaim),
        ]
        for (invocation, code) in cases {
            let response = try await bench.call(invocation)
            #expect(response.error?.contains("[\(code.rawValue), call ") == true, "\(response.error ?? "performed")")
        }
        var altered = bench.invocation().messagePack
        let argument = try #require(altered.firstRange(of: [0xC4, 2, 1, 2]))
        altered[argument.lowerBound + 2] = 9
        let subject = bench.subjects.calls(of: bench.lattice.provider, .default)
        let refused = try InvocationResponse(messagePack: await bench.ask(subject, altered))
        #expect(refused.error?.contains("[forged, call ") == true)
        bench.delete(bench.link())
        try await bench.provider.events.wait(for: .removed(bench.lattice.actor))
        #expect(try await bench.call(bench.invocation()).error?.contains("[no-link, call ") == true)
        #expect(bench.provider.events.events.count { if case .performed = $0 { true } else { false } } == 1)
    }

    @Test("a call along a link that the provider refused says so")
    func unserved() async throws {
        let bench = try ProviderBench()
        bench.provider.problem.withLock { $0 = LinkProblem("port 80 is not ours") }
        bench.put(bench.link())
        #expect(await bench.start())
        let error = try await bench.call(bench.invocation()).error
        #expect(error?.contains("[no-provider, call ") == true && error?.contains("port 80 is not ours") == true)
    }

    @Test("it says how it is")
    func health() async throws {
        let bench = try ProviderBench()
        #expect(await bench.start())
        let bytes = try await bench.ask(bench.subjects.health(bench.lattice.provider, .default), [0x80])
        #expect(try HealthReply(messagePack: bytes) == HealthReply(isHealthy: false, message: "so so"))
    }

    // MARK: The end

    @Test("asked to stop it takes no more calls, answers those that it has, and shuts the provider down")
    func stops() async throws {
        let bench = try ProviderBench()
        bench.put(bench.link())
        #expect(await bench.start())
        async let last = bench.call(bench.invocation("Test.Wait"))
        let waiting = try await bench.provider.waiting.wait(forCount: 1)
        bench.runtime.stop()
        let (subject, message) = (
            bench.subjects.calls(of: bench.lattice.provider, .default), bench.invocation().messagePack
        )
        // Others of its group would get it now.
        for _ in 0..<400 {
            do throws(BusError) {
                _ = try await bench.caller.request(
                    BusMessage(to: subject, payload: message), timeout: .milliseconds(50))
            } catch .noResponders { break } catch {}
        }
        #expect(bench.provider.events.events.last != .shutDown)
        waiting[0](.success([7]))
        #expect(try await last.payload == [7])
        try await bench.ended()
        #expect(bench.provider.events.events.last == .shutDown)
        #expect(!(await bench.runtime.started()))
        let call = ProviderCall(
            id: InvocationID(from: NUIDGenerator()), link: bench.link(), operation: "Test.Call", argument: [],
            deadline: .now + .seconds(1))
        let result = await withCheckedContinuation { continuation in
            bench.runtime.perform(call) { continuation.resume(returning: $0) }
        }
        #expect(result.refusal?.code == .noProvider)
    }

    @Test("its own host may end it over the bus, nobody else")
    func shutdown() async throws {
        let bench = try ProviderBench()
        #expect(await bench.start())
        let subject = bench.subjects.shutdown(bench.lattice.provider, .default)
        let (one, two) = (bench.lattice.one, bench.lattice.two)
        func order(
            by member: ExchangeBench.Member, at time: TokenTime = .now(), link: LinkName = .default
        ) -> String {
            ShutdownOrder.signed(
                for: bench.lattice.provider, link, by: member.cluster, lattice: bench.lattice.lattice, at: time,
                ids: bench.lattice.ids)
        }
        let refused = [
            ShutdownRequest(host: one.host.publicKey), ShutdownRequest(host: two.host.publicKey),
            ShutdownRequest(host: one.host.publicKey, claims: "no token"),
            ShutdownRequest(host: one.host.publicKey, claims: order(by: two)),
            ShutdownRequest(host: two.host.publicKey, claims: order(by: one)),
            ShutdownRequest(host: one.host.publicKey, claims: order(by: one, link: try LinkName("other"))),
            ShutdownRequest(
                host: one.host.publicKey, claims: order(by: one, at: TokenTime.now().advanced(by: .seconds(-300)))),
        ]
        for (index, request) in refused.enumerated() {
            await #expect(throws: BusError.self, "\(index)") {
                try await bench.ask(subject, request.json, within: .milliseconds(50))
            }
        }
        await #expect(throws: BusError.self) { try await bench.ask(subject, [1, 2], within: .milliseconds(50)) }
        let good = ShutdownRequest(host: one.host.publicKey, claims: order(by: one))
        // Without an address for the answer it is not meant for us.
        try bench.caller.publish(good.json, to: subject)
        _ = try await bench.ask(bench.subjects.health(bench.lattice.provider, .default))
        #expect(await bench.runtime.started())
        #expect(try await bench.ask(subject, good.json) == ShutdownRequest.reply)
        try await bench.ended()
        #expect(bench.provider.events.events == [.shutDown])
    }

    @Test("under the classic profile the host's name is enough, and in a host there is nothing to end")
    func classicShutdown() async throws {
        let bench = try ProviderBench(trust: TrustSettings(control: .classic))
        #expect(await bench.start())
        let subject = bench.subjects.shutdown(bench.lattice.provider, .default)
        let request = ShutdownRequest(host: bench.lattice.one.host.publicKey)
        #expect(try await bench.ask(subject, request.json) == ShutdownRequest.reply)
        try await bench.ended()
        let inHost = try ProviderBench(shutdown: .none)
        #expect(await inHost.start())
        await #expect(throws: BusError.noResponders(subject)) { try await inHost.ask(subject, request.json) }
    }

    @Test("a provider's secrets are its host's")
    func secrets() async throws {
        let bench = try ProviderBench(secrets: ["url": "redis://:x@h"])
        let link = bench.link(["URL": "@secret:url"])
        bench.put(link)
        bench.put(bench.link(["URL": "@secret:other"], actor: bench.lattice.other))
        #expect(await bench.start())
        #expect(bench.provider.events.events == [.put(link.actor, ["URL": "redis://:x@h"])])
        #expect(bench.runtime.link(link.id)?.link == link)
    }
}
