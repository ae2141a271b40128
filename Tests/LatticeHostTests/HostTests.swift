import ActorRuntime
import Dispatch
import LatticeBus
import LatticeContracts
import LatticeExchange
import LatticeHost
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Synchronization
import Testing
import WasmTestSupport

@Suite("A host on the in-memory bus")
struct HostTests {
    // MARK: Starting

    @Test("an actor answers as soon as it is started, and no longer when it is stopped")
    func startAndStop() async throws {
        let bench = try HostBench()
        let actor = try await bench.start(Guests.echo)
        let response = try await bench.call(actor, "Test.Call", [1, 2, 3])
        #expect(response.error == nil)
        #expect(response.payload == [1, 2, 3])
        #expect(bench.host.actors[actor]?.callCount == 1)
        #expect(await bench.host.stop(actor: actor))
        #expect(await !bench.host.stop(actor: actor))
        await #expect(throws: BusError.self) { try await bench.call(actor) }
    }

    @Test("a call that comes while the actor is still being started is answered")
    func callWithinStart() async throws {
        let first = Late<FirstCall>()
        let bench = try HostBench { _ in first.value?.makeAndWait() }
        let key = ModuleKeyPair.generate().publicKey
        let call = BusMessage(
            to: LatticeSubjects(bench.lattice).calls(of: key),
            payload: bench.invocation(key, "Test.Call", [4]).messagePack)
        let made = FirstCall(call, over: bench.bus)
        first.value = made
        _ = try await bench.host.start(actor: ModuleFile(bench.sign(Guests.echo, key: key)), reference: "test")
        #expect(try made.response?.payload == [4])
    }

    @Test("calls that have come when an actor is stopped are still answered, each")
    func callsWithinStop() async throws {
        let bench = try HostBench()
        let actor = try await bench.start(Guests.echo)
        // Whatever is sent from now on waits behind this.
        let gate = DispatchSemaphore(value: 0)
        let blocker = try bench.bus.subscribe(SubjectPattern(received: "test.block")) { _ in gate.wait() }
        try bench.bus.publish([], to: Subject(received: "test.block"))
        let calls = (UInt8(0)..<20).map { number in
            BusMessage(
                to: LatticeSubjects(bench.lattice).calls(of: actor),
                payload: bench.invocation(actor, "Test.Call", [number]).messagePack)
        }
        let answers = HostBench.Log<Result<BusMessage, BusError>>()
        for call in calls {
            bench.bus.request(call, timeout: .seconds(5)) { answers.add($0) }
        }
        async let isStopped = bench.host.stop(actor: actor, grace: .seconds(5))
        try await Task.sleep(for: .milliseconds(20))
        gate.signal()
        #expect(await isStopped)
        while answers.all.count < calls.count { try await Task.sleep(for: .milliseconds(5)) }
        for answer in answers.all {
            #expect(try InvocationResponse(messagePack: answer.get().payload).error == nil)
        }
        blocker.unsubscribe()
    }

    @Test("while an actor is being stopped it is not started anew, and whoever stops it, too, waits for the end")
    func startWithinStop() async throws {
        let bench = try HostBench()
        let key = ModuleKeyPair.generate().publicKey
        let file = ModuleFile(try bench.sign(Guests.echo, key: key))
        _ = try await bench.host.start(actor: file, reference: "test")
        // The bus confirms nothing before this is over.
        let gate = DispatchSemaphore(value: 0)
        let blocker = try bench.bus.subscribe(SubjectPattern(received: "test.block")) { _ in gate.wait() }
        try bench.bus.publish([], to: Subject(received: "test.block"))
        let order = HostBench.Log<String>()
        let host = bench.host
        async let first: Void = {
            #expect(await host.stop(actor: key))
            order.add("first")
        }()
        while host.actors[key] != nil { try await Task.sleep(for: .milliseconds(1)) }
        async let second: Void = {
            #expect(await !host.stop(actor: key))
            order.add("second")
        }()
        do {
            _ = try await bench.host.start(actor: file, reference: "test")
            Issue.record("it was started")
        } catch ActorSupervisor.StartFailure.stopping(let stopping) { #expect(stopping == key) }
        #expect(order.all.isEmpty)
        gate.signal()
        _ = await (first, second)
        #expect(order.all.sorted() == ["first", "second"])
        guard case .started = try await bench.host.start(actor: file, reference: "test") else {
            Issue.record("it is not started again")
            return
        }
        blocker.unsubscribe()
    }

    @Test("modules that may not run are refused by the first check that fails, before their code is looked at")
    func refusedModules() async throws {
        let bench = try HostBench()
        let good = try bench.sign(Guests.echo)
        var altered = good
        altered[30] ^= 1
        let cases: [([UInt8], RefusalCode)] = [
            (try WAT.assemble(Guests.echo), .unsigned),
            (altered, .tampered),
            (Array(good.dropLast()), .tampered),
            (try bench.sign(Guests.echo, expires: TokenTime.now().advanced(by: .seconds(-60))), .expired),
            (try bench.sign(Guests.echo, by: bench.stranger), .untrustedIssuer),
            ([], .tampered),
        ]
        for (bytes, code) in cases {
            do {
                _ = try await bench.host.start(actor: ModuleFile(bytes), reference: "test")
                Issue.record("\(code) was started")
            } catch ActorSupervisor.StartFailure.refused(let refusal) {
                #expect(refusal.code == code, "\(refusal)")
            }
        }
        #expect(bench.host.actors.all.isEmpty)
    }

    @Test("a host that nobody enrolled starts nothing")
    func notEnrolled() async throws {
        let bench = try HostBench(isEnrolled: false)
        do {
            try await bench.start(Guests.echo)
            Issue.record("it was started")
        } catch ActorSupervisor.StartFailure.refused(let refusal) {
            #expect(refusal.code == .notEnrolled)
        }
    }

    @Test("the same module is there already; another one under its key is refused by name")
    func startedTwice() async throws {
        let bench = try HostBench()
        let key = ModuleKeyPair.generate().publicKey
        let first = try bench.sign(Guests.echo, key: key)
        guard case .started = try await bench.host.start(actor: ModuleFile(first), reference: "a"),
            case .alreadyRunning = try await bench.host.start(actor: ModuleFile(first), reference: "b")
        else {
            Issue.record("not the expected outcomes")
            return
        }
        let other = try bench.sign(Guests.module("i32.const 1"), key: key)
        do {
            _ = try await bench.host.start(actor: ModuleFile(other), reference: "c")
            Issue.record("it was started")
        } catch let failure as ActorSupervisor.StartFailure {
            #expect("\(failure)".contains("lattice update actor"))
        }
    }

    @Test("a signed module that is no actor says why")
    func notAnActor() async throws {
        let bench = try HostBench()
        do {
            try await bench.start("(module (memory 1))")
            Issue.record("it was started")
        } catch let failure as ActorSupervisor.StartFailure {
            #expect("\(failure)".contains("does not export __guest_call"))
        }
    }

    // MARK: Calls that come in

    @Test("what is no authentic invocation is answered with the reason, and never reaches the actor")
    func forgeries() async throws {
        let bench = try HostBench()
        let actor = try await bench.start(Guests.echo)
        let other = try await bench.start(Guests.echo)
        let good = bench.invocation(actor, "Test.Call", [1, 2, 3])
        func altered(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
            var bytes = good.messagePack
            change(&bytes)
            return bytes
        }
        let payload = try #require(good.messagePack.firstRange(of: [0xC4, 3, 1, 2, 3]))
        let cases: [([UInt8], ModuleKey, RefusalCode)] = [
            ([], actor, .forged),
            ([0xC1], actor, .forged),
            (Array(good.messagePack.dropLast(5)), actor, .forged),
            (altered { $0[payload.lowerBound + 2] = 9 }, actor, .forged),
            // For another subject than its own.
            (good.messagePack, other, .forged),
            (bench.invocation(actor, by: ClusterKeyPair.generate()).messagePack, actor, .wrongCluster),
            (bench.invocation(actor, at: TokenTime.now().advanced(by: .seconds(-600))).messagePack, actor, .clock),
            (bench.invocation(actor, at: TokenTime.now().advanced(by: .seconds(600))).messagePack, actor, .clock),
        ]
        for (bytes, target, code) in cases {
            let response = try await bench.send(bytes, to: target)
            #expect(response.error?.contains("[\(code.rawValue)") == true, "\(code): \(response.error ?? "accepted")")
        }
        #expect(bench.host.actors[actor]?.callCount == 0)
        #expect(bench.host.actors[other]?.callCount == 0)
        #expect(bench.refusals.all.map(\.code) == cases.map(\.2))
    }

    @Test("an invocation counts once")
    func replay() async throws {
        let bench = try HostBench()
        let actor = try await bench.start(Guests.echo)
        let bytes = bench.invocation(actor).messagePack
        #expect(try await bench.send(bytes, to: actor).error == nil)
        let again = try await bench.send(bytes, to: actor)
        #expect(again.error?.contains("[replayed, call ") == true)
        #expect(bench.host.actors[actor]?.callCount == 1)
    }

    @Test("a client needs a certificate by somebody who is trusted, and speaks for itself only")
    func clients() async throws {
        let bench = try HostBench()
        let actor = try await bench.start(Guests.echo)
        let client = ClusterKeyPair.generate()
        let certificate = bench.certificate(for: client.publicKey)
        let good = bench.invocation(actor, "Test.Call", [7], from: .client, by: client, certificate: certificate)
        #expect(try await bench.send(good.messagePack, to: actor).payload == [7])
        let forActor = bench.invocation(actor, by: client, certificate: certificate)
        let refused = try await bench.send(forActor.messagePack, to: actor)
        #expect(refused.error?.contains("[wrong-cluster") == true)
        let other = ClusterKeyPair.generate()
        let stolen = bench.invocation(actor, from: .client, by: other, certificate: certificate)
        #expect(try await bench.send(stolen.messagePack, to: actor).error?.contains("[wrong-cluster") == true)
    }

    @Test("replies to strict calls are signed, failures too")
    func signedReplies() async throws {
        let bench = try HostBench()
        let actor = try await bench.start(Guests.module("(if (local.get $payload) (then unreachable)) i32.const 1"))
        for payload in [[], [1]] as [[UInt8]] {
            let response = try await bench.call(actor, "Test.Call", payload)
            let token = try ReceivedToken<JSONObject>(try #require(response.token))
            #expect(token.isSignedByIssuer)
            #expect(token.issuer == AnyKey(bench.host.identity.cluster.publicKey))
            #expect(token.claims.subject == response.invocationID)
            #expect((response.error == nil) == payload.isEmpty)
        }
    }

    @Test("an actor's own error, a trap and a limit each come back under their code")
    func failures() async throws {
        let bench = try HostBench()
        var limits = ActorLimits()
        limits.fuelPerCall = 10_000
        let cases: [(String, String)] = [
            ("(call $fail (i32.const 0) (i32.const 5)) i32.const 0", "failed: sorry [guest-error, call "),
            ("unreachable", "[trap, call "), ("(loop (br 0)) i32.const 1", "[fuel, call "),
        ]
        for (handler, expected) in cases {
            let actor = try await bench.start(
                Guests.module(handler, data: "(data (i32.const 0) \"sorry\")"), limits: limits)
            let response = try await bench.call(actor)
            #expect(response.error?.contains(expected) == true, "\(response.error ?? "no error")")
        }
    }

    @Test("a result that no message can hold is refused with both sizes")
    func tooLarge() async throws {
        let bench = try HostBench()
        let actor = try await bench.start(
            Guests.module(
                "(drop (memory.grow (i32.const 20))) (call $respond (i32.const 0) (i32.const 1200000)) i32.const 1"))
        let response = try await bench.call(actor)
        #expect(response.error?.contains("[too-large, call ") == true)
    }

    // MARK: Calls that go out

    @Test("actors call each other by alias and by key, without leaving the host")
    func actorToActor() async throws {
        let bench = try HostBench()
        let ponger = try await bench.start(Guests.echo, alias: "lattice/ponger")
        let byAlias = try await bench.start(Guests.calling("lattice/ponger", binding: ""))
        let byKey = try await bench.start(Guests.calling("\(ponger)", binding: ""))
        #expect(try await bench.call(byAlias, "Test.Call", [4, 2]).payload == [4, 2])
        #expect(try await bench.call(byKey, "Test.Call", [2, 4]).payload == [2, 4])
        #expect(bench.host.actors[ponger]?.callCount == 2)
    }

    @Test(
        "what an actor may not do is refused at once, with the sentence, and told",
        arguments: [
            ("wasmcloud:keyvalue", [], RefusalCode.noClaim), ("wasmcloud:keyvalue", ["wasmcloud:keyvalue"], .noLink),
            ("wasmcloud:builtin:logging", [], .noClaim), ("nobody", [], .noActor), ("", [], .noActor),
        ] as [(String, [String], RefusalCode)])
    func refusedCalls(namespace: String, capabilities: [String], code: RefusalCode) async throws {
        let bench = try HostBench()
        let actor = try await bench.start(Guests.calling(namespace), capabilities: capabilities)
        let response = try await bench.call(actor)
        let refusal = try #require(Refusal(text: response.error ?? ""), "\(response.error ?? "no error")")
        #expect(refusal.code == code)
        #expect(refusal.call != nil)
        #expect(bench.refusals.all.first?.code == code)
    }

    @Test("builtins need the claim and nothing else")
    func builtins() async throws {
        let bench = try HostBench()
        let logger = try await bench.start(
            Guests.calling("wasmcloud:builtin:logging", operation: "Logging.WriteLog"),
            capabilities: ["wasmcloud:builtin:logging"])
        let entry = Logging.LogEntry(level: "info", text: "hello").messagePack
        #expect(try await bench.call(logger, "Test.Call", entry).error == nil)
        #expect(bench.lines.all == ["info: hello"])
        let numbers = try await bench.start(
            Guests.calling("wasmcloud:builtin:numbergen", operation: "NumberGen.GenerateGuid"),
            capabilities: ["wasmcloud:builtin:numbergen"])
        let guid = try String(messagePack: try await bench.call(numbers).payload)
        #expect(guid.count == 36)
    }

    @Test("an alias that two actors claim is ambiguous, and neither is called")
    func ambiguousAlias() async throws {
        let bench = try HostBench()
        try await bench.start(Guests.echo, alias: "twin")
        try await bench.start(Guests.echo, alias: "twin")
        let caller = try await bench.start(Guests.calling("twin", binding: ""))
        #expect(try await bench.call(caller).error?.contains("[ambiguous, call ") == true)
    }

    @Test("actors that call each other in circles end at their deadline or concurrency, and nothing hangs")
    func circles() async throws {
        let bench = try HostBench()
        var limits = ActorLimits()
        limits.instancesMax = 4
        limits.queuedCallsMax = 2
        let actor = try await bench.start(Guests.calling("ouroboros", binding: ""), alias: "ouroboros", limits: limits)
        let invocation = bench.invocation(actor, timeout: .milliseconds(500))
        let response = try await bench.send(invocation.messagePack, to: actor)
        let refusal = try #require(Refusal(text: response.error ?? ""), "\(response.error ?? "no error")")
        #expect(refusal.code == .deadline || refusal.code == .busy)
    }
}

/// A call made while a subscription is being made, by whoever makes that: an answer that waits for him never comes.
private final class FirstCall: Sendable {
    private let call: BusMessage
    private let bus: InMemoryBus
    private let answer = Mutex<Result<BusMessage, BusError>?>(nil)

    init(_ call: BusMessage, over bus: InMemoryBus) {
        self.call = call
        self.bus = bus
    }

    func makeAndWait() {
        let answered = DispatchSemaphore(value: 0)
        bus.request(call, timeout: .seconds(5)) { [self] result in
            answer.withLock { $0 = result }
            answered.signal()
        }
        answered.wait()
    }

    /// Nil when it was not made.
    var response: InvocationResponse? {
        get throws {
            try answer.withLock { $0 }.map { try InvocationResponse(messagePack: $0.get().payload) }
        }
    }
}
