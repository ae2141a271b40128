import LatticeBus
import LatticeControl
import LatticeControlTestSupport
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Testing

@testable import LatticeCLI

@Suite("starting and stopping")
struct ActingTests {
    let bench: CommandBench
    var lattice: ScriptedLattice { bench.lattice }

    init() throws { bench = try CommandBench() }

    private func hosts(_ names: String..., labels: [String: String] = [:]) async throws -> [ScriptedHost] {
        let hosts = try names.map { try lattice.host($0, labels: labels) }
        try await lattice.trust(hosts: hosts)
        return hosts
    }

    private func started(_ host: ScriptedHost) -> [StartActorCommand] {
        host.state.withLock { state in
            state.commands.compactMap { if case .startActor(let command) = $0 { command } else { nil } }
        }
    }

    // MARK: Starting actors

    @Test("a module goes into the object store, and a willing host starts it and is waited for")
    func startActor() async throws {
        let host = try #require(try await hosts("one").first)
        let module = try bench.signed("counter")
        let file = try bench.file("counter.wasm", module)
        let report = try await bench.run(StartActor.self, "start", "actor", file, "--max-instances", "9")
        let command = try #require(started(host).first)
        #expect(command.reference.text == "lattice://sha256/\(SHA256Digest(of: module))")
        #expect(command.instancesMax == 9 && command.options.waitMilliseconds == 30_000)
        let stored = try await lattice.client.objects.bucket(lattice.subjects.moduleBucket)
            .get(ObjectName("\(SHA256Digest(of: module))"), bytesMax: 1 << 20)
        #expect(stored == module)
        let key = try SignedModule(module).key
        #expect(report.plain == "started actor counter (\(key)) on host one\n")
        #expect(report.object?["outcome"] == "started" && report.object?["id"] == .string("\(key)"))
    }

    @Test("what runs already as it is stays as it is, anywhere or on the named host")
    func unchanged() async throws {
        let hosts = try await hosts("one", "two")
        let module = try bench.signed("counter")
        let file = try bench.file("counter.wasm", module)
        let running = try bench.running(module)
        hosts[0].state.withLock { $0.actors = [running] }
        var report = try await bench.run(StartActor.self, "start", "actor", file)
        #expect(report.plain == "actor counter runs already on host one\n")
        #expect(report.object?["outcome"] == "unchanged")
        report = try await bench.run(StartActor.self, "start", "actor", file, "--host", "one")
        #expect(report.object?["outcome"] == "unchanged")
        #expect(started(hosts[0]).isEmpty && started(hosts[1]).isEmpty)
        _ = try await bench.run(StartActor.self, "start", "actor", file, "--host", "two")
        #expect(started(hosts[0]).isEmpty && started(hosts[1]).count == 1)
    }

    @Test("another module under the same key is refused, and the command that replaces it is named")
    func otherVersion() async throws {
        let host = try #require(try await hosts("one").first)
        let key = ModuleKeyPair.generate().publicKey
        let running = try bench.running(try bench.signed("counter", key: key, revision: 1))
        host.state.withLock { $0.actors = [running] }
        let file = try bench.file("new.wasm", try bench.signed("counter", key: key, revision: 2))
        let failure = try await bench.failure(StartActor.self, "start", "actor", file)
        #expect(failure.status == .refused && failure.fix == "lattice update actor counter \(file)")
        #expect(failure.message.contains("'lattice update actor'"))
        #expect(started(host).isEmpty)
    }

    @Test("on so many hosts, those with the least to do first")
    func count() async throws {
        let hosts = try await hosts("one", "two", "three")
        let module = try bench.signed("counter")
        let file = try bench.file("counter.wasm", module)
        let (running, other) = (try bench.running(module), try bench.running(try bench.signed("other")))
        hosts[0].state.withLock { $0.actors = [running] }
        hosts[1].state.withLock { $0.actors = [other] }
        let report = try await bench.run(StartActor.self, "start", "actor", file, "--count", "2")
        #expect(hosts.map { started($0).count } == [0, 0, 1])
        #expect(report.plain.hasPrefix("actor counter runs already on host one\nstarted actor counter ("))
        let failure = try await bench.failure(StartActor.self, "start", "actor", file, "--count", "5")
        #expect(failure.message == "4 more hosts are wanted, and 2 are willing to run it")
    }

    @Test("labels that nobody has, and a host that does not have them")
    func constraints() async throws {
        _ = try await hosts("one", labels: ["arch": "arm"])
        let file = try bench.file("counter.wasm", try bench.signed("counter"))
        var failure = try await bench.failure(StartActor.self, "start", "actor", file, "--constraint", "arch=x86")
        #expect(failure.message == "no host with the labels arch=x86 is willing to run it")
        failure = try await bench.failure(
            StartActor.self, "start", "actor", file, "--constraint", "arch=x86", "--host", "one")
        #expect(failure.message == "host one does not have the labels arch=x86")
        #expect(
            try await bench.run(StartActor.self, "start", "actor", file, "--constraint", "arch=arm").object?["outcome"]
                == "started")
    }

    @Test("hosts that are not enrolled are not willing, and what enrols them is named")
    func notEnrolled() async throws {
        let host = try lattice.host("one")
        host.state.withLock { $0.isEnrolled = false }
        try await lattice.trust()
        let file = try bench.file("counter.wasm", try bench.signed("counter"))
        let failure = try await bench.failure(StartActor.self, "start", "actor", file)
        #expect(failure.message == "no host is willing to run it; 1 that answer are not enrolled")
        #expect(failure.fix == "lattice trust add \(host.key)")
    }

    @Test("a host that is not enrolled is found by its name beside enrolled ones, and says no itself")
    func namedStranger() async throws {
        _ = try await hosts("one")
        let stranger = try lattice.host("stranger")
        let refusal = Refusal(.notEnrolled, "s", RefusalFacts(host: stranger.key))
        stranger.state.withLock {
            $0.isEnrolled = false
            $0.acks[.startActor] = ControlAck(accepted: false, error: "\(refusal)", refusal: refusal.report())
        }
        let file = try bench.file("counter.wasm", try bench.signed("counter"))
        let named = try await bench.failure(StartActor.self, "start", "actor", file, "--host", "stranger")
        #expect(named.fix == "lattice trust add \(stranger.key)" && named.message.hasSuffix("[not-enrolled]"))
        let tooMany = try await bench.failure(StartActor.self, "start", "actor", file, "--count", "2")
        #expect(tooMany.fix == "lattice trust add \(stranger.key)")
    }

    @Test("an unsigned or altered module is refused before it travels")
    func unsigned() async throws {
        let host = try #require(try await hosts("one").first)
        let unsigned = try bench.file("a.wasm", CommandBench.emptyModule)
        var failure = try await bench.failure(StartActor.self, "start", "actor", unsigned)
        #expect(failure.status == .refused && failure.message.hasSuffix("[unsigned]"))
        #expect(failure.fix == "lattice sign \(unsigned) --name a")
        let altered = try bench.file("b.wasm", try bench.signed("b") + [0, 2, 1, 0x61])
        failure = try await bench.failure(StartActor.self, "start", "actor", altered)
        #expect(failure.message.hasSuffix("[tampered]"))
        #expect(started(host).isEmpty)
    }

    @Test("a host's no is shown with its code and what mends it")
    func refused() async throws {
        let host = try #require(try await hosts("one").first)
        let file = try bench.file("counter.wasm", try bench.signed("counter"))
        let account = AnyKey(lattice.account.publicKey)
        let refusal = Refusal(.untrustedIssuer, "nobody trusts it", RefusalFacts(issuer: account))
        host.state.withLock {
            $0.acks[.startActor] = ControlAck(accepted: false, error: "\(refusal)", refusal: refusal.report())
        }
        var failure = try await bench.failure(StartActor.self, "start", "actor", file)
        #expect(
            failure
                == CLIError(
                    .refused, "denied: nobody trusts it [untrusted-issuer]", fix: "lattice trust add \(account)"))
        host.state.withLock { $0.acks[.startActor] = .failed("own words") }
        failure = try await bench.failure(StartActor.self, "start", "actor", file)
        #expect(failure == CLIError(.refused, "own words"))
    }

    @Test("a classic host only takes it up; it is looked at until it is true")
    func classic() async throws {
        let host = try #require(try await hosts("one").first)
        let module = try bench.signed("counter")
        let file = try bench.file("counter.wasm", module)
        let running = try bench.running(module)
        host.state.withLock { $0.acks[.startActor] = .accepted }
        let later = Task {
            try await Task.sleep(for: .milliseconds(100))
            host.state.withLock { $0.actors = [running] }
        }
        #expect(try await bench.run(StartActor.self, "start", "actor", file).object?["outcome"] == "started")
        try await later.value
    }

    @Test(
        "wrong usage",
        arguments: [
            ["start", "actor"], ["start", "actor", "a", "--count", "0"],
            ["start", "actor", "a", "--max-instances", "0"],
            ["start", "actor", "a", "--host", "b", "--count", "2"], ["start", "actor", "a", "--constraint", "x"],
            ["start", "provider", "redis", "--isolation", "moon"],
            ["start", "provider", "redis", "--link-name", "a b"],
            ["scale", "actor", "a", "-1"], ["call", "a"], ["call", "a", "b", "--data", "1", "--raw", "f"],
            ["call", "a", "b", "--timeout", "56s"], ["link", "put", "a", "b", "nonsense"],
            ["link", "put", "a", "b", "keyvalue", "=v"], ["why", "a", "b", "c", "d"], ["trust", "add"],
            ["events", "--count", "0"],
        ])
    func wrongUsage(words: [String]) {
        #expect(throws: (any Error).self) { try Lattice.parseAsRoot(words) }
    }

    // MARK: Providers

    @Test("a provider is started by its name, with configuration and place")
    func startProvider() async throws {
        let host = try #require(try await hosts("one").first)
        let file = try bench.file("redis.json", Array(#"{"url":"x"}"#.utf8))
        let report = try await bench.run(
            StartProvider.self, "start", "provider", "redis", "--link-name", "cache", "--provider-config", file,
            "--isolation", "process")
        guard case .startProvider(let command)? = host.state.withLock({ $0.commands.first }) else {
            Issue.record("not told")
            return
        }
        #expect(command.reference.text == "redis" && command.link.text == "cache")
        #expect(command.configuration == #"{"url":"x"}"# && command.isolation == .process)
        #expect(report.plain == "started provider redis under link name 'cache' on host one\n")
    }

    @Test("one that runs already says so; one that has failed is started again")
    func runningProvider() async throws {
        let host = try #require(try await hosts("one").first)
        let (running, failed) = (try bench.running("redis"), try bench.running("redis", .default, .failed))
        host.state.withLock { $0.providers = [running] }
        #expect(
            try await bench.run(StartProvider.self, "start", "provider", "redis").plain
                == "provider redis runs already on host one\n")
        #expect(host.state.withLock { $0.commands.isEmpty })
        host.state.withLock { $0.providers = [failed] }
        #expect(
            try await bench.run(StartProvider.self, "start", "provider", "redis").plain
                == "started provider redis on host one\n")
        let failure = try await bench.failure(StartProvider.self, "start", "provider", "urk")
        #expect(failure.message.contains("there are httpserver, keyvalue-local, redis"))
    }

    // MARK: Stopping and scaling

    @Test("an actor stops wherever it runs, or on one host")
    func stopActor() async throws {
        let hosts = try await hosts("one", "two")
        let running = try bench.running(try bench.signed("counter"))
        for host in hosts { host.state.withLock { $0.actors = [running] } }
        var report = try await bench.run(StopActor.self, "stop", "actor", "counter", "--host", "two")
        #expect(report.plain == "stopped actor counter on host two\n")
        #expect(hosts.map { $0.state.withLock { $0.commands.count } } == [0, 1])
        report = try await bench.run(StopActor.self, "stop", "actor", "counter")
        #expect(report.plain == "stopped actor counter on host one\nstopped actor counter on host two\n")
        var failure = try await bench.failure(StopActor.self, "stop", "actor", "other")
        #expect(failure == CLIError(.refused, "no actor is called 'other'", fix: "lattice get actors"))
        for host in hosts { host.state.withLock { $0.actors = [] } }
        failure = try await bench.failure(StopActor.self, "stop", "actor", "\(running.key)")
        #expect(failure.message == "actor \(running.key) does not run anywhere")
    }

    @Test("a provider under several link names has to be told apart")
    func stopProvider() async throws {
        let host = try #require(try await hosts("one").first)
        let providers = [try bench.running("redis"), try bench.running("redis", try LinkName("cache"))]
        host.state.withLock { $0.providers = providers }
        let failure = try await bench.failure(StopProvider.self, "stop", "provider", "redis")
        #expect(failure.status == .wrongUsage && failure.message.contains("cache, default"))
        _ = try await bench.run(StopProvider.self, "stop", "provider", "redis", "--link-name", "cache")
        guard case .stopProvider(let command)? = host.state.withLock({ $0.commands.first }) else {
            Issue.record("not told")
            return
        }
        #expect(command.link.text == "cache" && command.contract?.text == "wasmcloud:keyvalue")
    }

    @Test("a host is stopped when it does not answer any more")
    func stopHost() async throws {
        let host = try #require(try await hosts("one", "two").first)
        let report = try await bench.run(StopHost.self, "stop", "host", "one")
        #expect(report.plain == "stopped host one\n" && report.object?["id"] == .string("\(host.key)"))
    }

    @Test("scaling reaches each host that runs it")
    func scale() async throws {
        let host = try #require(try await hosts("one").first)
        let running = try bench.running(try bench.signed("counter"))
        host.state.withLock { $0.actors = [running] }
        let report = try await bench.run(ScaleActor.self, "scale", "actor", "counter", "8")
        #expect(report.plain == "actor counter handles 8 calls at a time on host one\n")
        guard case .scaleActor(let command)? = host.state.withLock({ $0.commands.first }) else {
            Issue.record("not told")
            return
        }
        #expect(command.target == .instances(8) && command.actor == running.key)
        host.state.withLock { $0.actors = [] }
        let failure = try await bench.failure(ScaleActor.self, "scale", "actor", "\(running.key)", "8")
        #expect(failure.fix == "lattice start actor FILE.wasm")
    }
}
