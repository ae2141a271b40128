import ChildProcesses
import Glibc
import HTTPServerProvider
import LatticeBus
import LatticeContracts
import LatticeExchange
import LatticeHost
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTestSupport
import LatticeTrust
import LocalKeyValueProvider
import Testing

@Suite("provider processes on a real server", .serialized)
struct ProviderProgramTests {
    private func increment(_ bench: ProgramBench, _ link: LinkDefinition) async throws -> Int32 {
        let argument = KeyValue.IncrementRequest(key: "n", value: 1).messagePack
        return try Int32(messagePack: await bench.call(link, "KeyValue.Increment", argument).get())
    }

    @Test("it takes the links of the bucket and calls, keeps its data, and ends when its host says so")
    func life() async throws {
        let bench = try await ProgramBench()
        let link = bench.link(to: .keyValueLocal)
        try await bench.put(link)
        for round in Int32(1)...2 {
            let process = try await bench.start(.keyValueLocal)
            try await bench.waitUntilServing(link)
            #expect(try await increment(bench, link) == round)
            let health = BusMessage(
                to: bench.subjects.health(link.provider, .default), payload: HealthRequest.messagePack)
            let reply = try await bench.connection.request(health, timeout: .seconds(5))
            #expect(try HealthReply(messagePack: reply.payload).isHealthy)
            let order = ShutdownOrder.signed(
                for: link.provider, .default, by: bench.cluster, lattice: bench.lattice, at: .now(), ids: bench.ids)
            let shutdown = ShutdownRequest(host: bench.host.publicKey, claims: order)
            let message = BusMessage(to: bench.subjects.shutdown(link.provider, .default), payload: shutdown.json)
            #expect(try await bench.connection.request(message, timeout: .seconds(5)).payload == ShutdownRequest.reply)
            #expect(await ended(process) == .exited(0))
        }
    }

    @Test("a link that comes later is answered: yes, or why not; without a grant it is not even looked at")
    func links() async throws {
        let bench = try await ProgramBench()
        let process = try await bench.start(.keyValueLocal)
        try await bench.lines.wait("ready") { $0.contains { $0.contains("links and claims are known") } }
        let bad = bench.link(to: .keyValueLocal, ["namespace": "no/no"])
        #expect(try await bench.answer(to: bad).error?.contains("'no/no'") == true)
        let ungranted = try await bench.answer(to: bench.link(to: .keyValueLocal, isGranted: false))
        #expect(ungranted.refusal?.code == "no-grant")
        let good = bench.link(to: .keyValueLocal, ["namespace": "yes"])
        #expect(try await bench.answer(to: good) == LinkAnswer(host: bench.host.publicKey))
        #expect(try await increment(bench, good) == 1)
        #expect(await process.stop(delay: .seconds(10)) == .exited(0))
    }

    @Test("calls that are forged or unlinked are refused, and the host hears of it on a line of its own")
    func refusals() async throws {
        let bench = try await ProgramBench()
        let link = bench.link(to: .keyValueLocal)
        try await bench.put(link)
        let process = try await bench.start(.keyValueLocal)
        try await bench.waitUntilServing(link)
        let stranger = InvocationSigner(key: .generate(), host: bench.host.publicKey, lattice: bench.lattice)
        let subject = bench.subjects.calls(of: link.provider, .default)
        let draft = InvocationSigner.Draft(
            from: .actor(link.actor), to: .provider(link.provider, link.contract, .default),
            operation: "KeyValue.Get", argument: "n".messagePack, id: stranger.nextID())
        let forged = stranger.sign(draft, .strict(subject: subject.text, timeout: .seconds(5)), at: .now())
        let reply = try await bench.connection.request(
            BusMessage(to: subject, payload: forged.messagePack), timeout: .seconds(5))
        #expect(try InvocationResponse(messagePack: reply.payload).error?.contains("[wrong-cluster") == true)
        var unlinked = link
        unlinked.actor = ModuleKeyPair.generate().publicKey
        guard case .failure(let refusal) = await bench.call(unlinked, "KeyValue.Get", "n".messagePack) else {
            Issue.record("it was performed")
            return
        }
        #expect(refusal.code == .noClaim)
        try await bench.lines.wait("both") { lines in
            let reports = lines.filter { $0.hasPrefix(RefusalReport.linePrefix) }
                .compactMap { try? RefusalReport(json: Array($0.utf8.dropFirst(RefusalReport.linePrefix.utf8.count))) }
            return ["wrong-cluster", "no-claim"].allSatisfy { code in reports.contains { $0.code == code } }
        }
        #expect(await process.stop(delay: .seconds(10)) == .exited(0))
    }

    @Test("a provider that calls actors signs for itself, with the newest certificate that its host has given it")
    func actorCalls() async throws {
        let bench = try await ProgramBench()
        let bundled = BundledProvider.httpServer()
        let calls = EventLog<PermittedInvocation>()
        let target = CallTarget.actor(bench.actor)
        let subscription = try bench.connection.subscribe(SubjectPattern(bench.subjects.calls(of: bench.actor))) {
            bench.server.receive($0, for: target) { call, _, completion in
                calls.append(call)
                completion(.success(HTTPServer.Response(statusCode: 201, body: Array("from afar".utf8)).messagePack))
            }
        }
        let key = ClusterKeyPair.generate()
        // Over already, save for the tolerance of clocks: only a renewed one counts.
        let old = bench.certificate(of: key.publicKey, for: bundled, lifetime: .seconds(-60))
        let process = try await bench.start(bundled, key: key, certificate: old)
        let port = try freePort()
        let link = bench.link(to: bundled, ["address": "127.0.0.1:\(port)"])
        #expect(try await bench.answer(to: link).error == nil)
        let refused = try await ask(port)
        #expect(refused.status == 403 && refused.body.contains("wrong-cluster"), "\(refused)")
        let renewed = bench.certificate(of: key.publicKey, for: bundled)
        try await bench.trustBucket.put(
            TrustBucketKey.process(key.publicKey).metadataKey(), Array(renewed.utf8))
        var response = refused
        for _ in 0..<200 where response.status != 201 {
            try await Task.sleep(for: .milliseconds(10))
            response = try await ask(port)
        }
        #expect(response.status == 201 && response.body == "from afar", "\(response)")
        #expect(calls.events.first?.origin == .provider(bundled.key, .httpServer, .default))
        #expect(calls.events.first?.link == link)
        subscription.unsubscribe()
        // Nobody runs the actor any more.
        let lonely = try await ask(port)
        #expect(lonely.status == 503 && lonely.body.contains("no-actor"), "\(lonely)")
        #expect(await process.stop(delay: .seconds(10)) == .exited(0))
    }

    // MARK: The end

    @Test("it does not outlive its host: the end of its standard input, however it comes, is its own")
    func lifeline() async throws {
        let bench = try await ProgramBench()
        let link = bench.link(to: .keyValueLocal)
        try await bench.put(link)
        let process = try await bench.start(.keyValueLocal)
        try await bench.waitUntilServing(link)
        // As the kernel does when the host is killed.
        process.closeInput()
        #expect(await ended(process) == .exited(0))
        #expect(process.lastWords.contains { $0.contains("the host is gone") })
    }

    @Test("a signal ends it, too, and is obeyed in order", arguments: [SIGTERM, SIGINT])
    func signals(number: CInt) async throws {
        let bench = try await ProgramBench()
        let process = try await bench.start(.keyValueLocal)
        try await bench.lines.wait("ready") { $0.contains { $0.contains("links and claims are known") } }
        process.signal(number)
        #expect(await ended(process) == .exited(0))
    }

    // MARK: Starts that fail

    @Test("what keeps it from running is said in its last words, and is exit code 1")
    func failures() async throws {
        let bench = try await ProgramBench()
        let broken = BundledProvider("broken", contract: .keyValue, state: .shared) { _ in throw LinkProblem("") }
        let first = try await bench.start(broken)
        #expect(await ended(first) == .exited(1))
        #expect(first.lastWords.last == "'broken' can't run: its disk is upside down")
        let second = try await bench.start(.keyValueLocal, configuration: "nonsense")
        #expect(await ended(second) == .exited(1))
        #expect(second.lastWords.last?.contains("configuration") == true)
        var hostData = try bench.hostData(.keyValueLocal, key: .generate())
        hostData.trust?.settings = ["links": "loose"]
        let third = try bench.start("keyvalue-local", hostData)
        #expect(await ended(third) == .exited(1))
        #expect(third.lastWords.last?.contains("'loose'") == true)
        hostData.trust = nil
        let classic = try bench.start("keyvalue-local", hostData)
        #expect(await ended(classic) == .exited(1))
        #expect(classic.lastWords.last?.contains("whom to trust") == true)
    }

    @Test("started by a person it says what it is for, and does nothing")
    func terminal() async throws {
        let pipe = try Pipe()
        // Gives it a terminal, and passes on what it says and how it ends.
        let child = try ChildProcess(
            "/usr/bin/script", ["-qec", "'\(try ProgramBench.program())' keyvalue-local", "/dev/null"],
            environment: [:], output: .descriptor(pipe.writeEnd), error: .descriptor(pipe.writeEnd))
        #expect(await child.waitForEnd() == .exited(2))
        pipe.closeWriteEnd()
        var bytes = [UInt8](repeating: 0, count: 1_000)
        let count = read(pipe.readEnd, &bytes, bytes.count)
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        #expect(text.contains("capability provider") && text.contains("fix: lattice start provider keyvalue-local"))
        pipe.closeReadEnd()
    }

    /// How it ended by itself; one that does not is killed, so that a broken test fails instead of hanging.
    private func ended(_ process: ProviderProcess) async -> ProviderProcess.End? {
        let killer = Task {
            try await Task.sleep(for: .seconds(20))
            process.signal(SIGKILL)
        }
        defer { killer.cancel() }
        return await process.waitForEnd()
    }

    private func ask(_ port: UInt16) async throws -> RawClient.Response {
        let client = try RawClient(port: port)
        try await client.send("GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n")
        return try await client.receiveResponse()
    }
}
