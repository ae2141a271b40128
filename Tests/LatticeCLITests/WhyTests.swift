import LatticeControlTestSupport
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Testing

@testable import LatticeCLI

@Suite("why something was refused, or would be")
struct WhyTests {
    let bench: CommandBench
    var lattice: ScriptedLattice { bench.lattice }
    let host: ScriptedHost
    let actor: ModuleKey
    let keyvalue: ContractID

    /// The demo: the counter may use both contracts and is linked to the HTTP server only.
    init() async throws {
        bench = try CommandBench()
        host = try bench.lattice.host("quiet-otter")
        try await bench.lattice.trust(hosts: [host])
        actor = try await bench.lattice.actor("counter", ["wasmcloud:httpserver", "wasmcloud:keyvalue"])
        keyvalue = try ContractID("wasmcloud:keyvalue")
        let httpServer = try #require(BundledNames["httpserver"])
        try await bench.lattice.link(
            LinkDefinition(actor: actor, provider: httpServer.key, contract: httpServer.contract))
        let providers = [try bench.running("httpserver"), try bench.running("keyvalue-local")]
        let running = ActorDescription(key: actor, imageReference: nil, name: "counter", instances: [])
        host.state.withLock {
            $0.providers = providers
            $0.actors = [running]
        }
    }

    private func refuse(_ refusal: Refusal, at time: WallTime = .now()) {
        host.remember(refusal.report(time: time, host: host.key))
    }

    private func fields(_ report: WhyReport) throws -> JSONObject { try #require(report.object) }

    @Test("the demo's refusal, its checks, and the one command that allows it")
    func demo() async throws {
        let call = try InvocationID("abc123")
        refuse(Refusal.noLink(actor, keyvalue, .default, "", provider: nil).of(call))
        let report = try await bench.run(Why.self, "why")
        let fields = try fields(report)
        #expect(fields["fix"] == "lattice link put counter keyvalue-local keyvalue")
        #expect(fields["call"] == "abc123" && fields["code"] == "no-link" && fields["host"] == .string("\(host.key)"))
        #expect(
            fields["sentence"]
                == .string("no link 'default' connects actor \(actor) to a provider of wasmcloud:keyvalue"))
        #expect(
            report.checks.map { [$0.check, $0.verdict] } == [
                ["name", "passed"], ["actor", "passed"], ["issuer", "passed"], ["claim", "passed"],
                ["link", "refused"], ["grant", "skipped"], ["running", "skipped"],
            ])
        let text = report.plain
        #expect(text.hasPrefix("denied: no link 'default' connects actor \(actor)"))
        #expect(text.contains("on host quiet-otter, call abc123\n"))
        #expect(text.contains("  no  link     no link 'default'"))
        #expect(text.hasSuffix("link put counter keyvalue-local keyvalue\n"))
    }

    @Test("a call by its id, wherever it was refused")
    func byCall() async throws {
        refuse(Refusal(.busy, "full", call: try InvocationID("one"), .init(actor: actor, limit: 4)))
        refuse(Refusal(.trap, "unreachable", call: try InvocationID("two")))
        let report = try await bench.run(Why.self, "why", "one")
        #expect(report.code == "busy" && report.fix == "lattice scale actor \(actor) 8")
        #expect(report.checks == [.init(check: "busy", verdict: "refused", detail: "full")])
        #expect(try await bench.run(Why.self, "why").code == "trap")
        let failure = try await bench.failure(Why.self, "why", "three")
        #expect(failure == CLIError(.refused, "no host remembers having refused the call three"))
        #expect(try await bench.failure(Why.self, "why", "a b").status == .wrongUsage)
    }

    @Test("no refusal at all is exit 1")
    func nothing() async throws {
        #expect(try await bench.failure(Why.self, "why") == CLIError(.refused, "no host remembers a refusal"))
    }

    @Test("what was mended since is said")
    func mended() async throws {
        refuse(Refusal.noLink(actor, keyvalue, .default, "", provider: nil))
        let local = try #require(BundledNames["keyvalue-local"])
        try await lattice.link(LinkDefinition(actor: actor, provider: local.key, contract: keyvalue))
        let report = try await bench.run(Why.self, "why")
        #expect(report.now == "now it is allowed: it goes to provider \(local.key)")
        #expect(report.checks.map(\.check) == ["link"])
    }

    @Test("the word of a host becomes part of no command")
    func hostile() async throws {
        host.remember(
            RefusalReport(
                code: "no-link", sentence: "x\u{1B}[2J", facts: ["actor": "$(rm)", "contract": "a b", "provider": ";"],
                time: .now(), host: host.key))
        let report = try await bench.run(Why.self, "why")
        #expect(report.fix == "lattice link put ACTOR PROVIDER CONTRACT")
        #expect(!report.plain.contains("\u{1B}"))
        host.remember(RefusalReport(code: "new-code", sentence: "x", time: .now(), host: host.key))
        let unknown = try await bench.run(Why.self, "why")
        #expect(unknown.code == "new-code" && unknown.fix == nil)
        #expect(unknown.plain.hasPrefix("refused: x [new-code]"))
    }

    @Test("a remedy that this program does not have is not printed")
    func missingCommand() async throws {
        refuse(Refusal(.clock, "s"))
        #expect(try await bench.run(Why.self, "why").fix == nil)
    }

    // MARK: Judging without calling

    @Test("a call that nobody made: yes and no, both are answers")
    func judged() async throws {
        var report = try await bench.run(Why.self, "why", "counter", "keyvalue")
        #expect(report.code == "no-link" && report.fix == "lattice link put counter keyvalue-local keyvalue")
        #expect(report.call == nil && report.host == nil)
        report = try await bench.run(Why.self, "why", "counter", "wasmcloud:httpserver", "HttpServer.HandleRequest")
        let fields = try fields(report)
        #expect(fields["code"] == .null && fields["call"] == .null && fields["fix"] == .null)
        #expect(report.sentence.hasPrefix("it is allowed: it goes to provider"))
        #expect(report.checks.last?.check == "running" && report.checks.last?.verdict == "passed")
        report = try await bench.run(Why.self, "why", "counter", "messaging")
        #expect(report.code == "no-claim")
        #expect(
            report.fix
                == "lattice sign FILE.wasm --name NAME --cap http-server --cap keyvalue --cap messaging")
        report = try await bench.run(Why.self, "why", "counter", "keyvalue", "--link-name", "cache")
        #expect(report.advice.first?.line() == "lattice start provider keyvalue-local --link-name cache")
        #expect(report.plain.contains("first: ") && report.plain.contains("fix: "))
    }

    @Test("a link to a provider that does not run is refused with what starts it")
    func notRunning() async throws {
        let redis = try #require(BundledNames["redis"])
        try await lattice.link(LinkDefinition(actor: actor, provider: redis.key, contract: keyvalue))
        let report = try await bench.run(Why.self, "why", "counter", "keyvalue")
        #expect(report.code == "no-provider" && report.fix == "lattice start provider redis")
    }

    @Test("another actor, by name, and one that there is not")
    func actors() async throws {
        try await lattice.actor("echo", [])
        var report = try await bench.run(Why.self, "why", "counter", "echo")
        #expect(report.code == "no-actor")
        report = try await bench.run(Why.self, "why", "echo", "counter")
        #expect(report.code == nil)
        #expect(try await bench.failure(Why.self, "why", "counter", "nobody").message == "no actor is called 'nobody'")
        #expect(try await bench.failure(Why.self, "why", "nobody", "keyvalue").message == "no actor is called 'nobody'")
    }

    @Test("several providers that run: each command on its own line")
    func several() async throws {
        let redis = try bench.running("redis")
        host.state.withLock { $0.providers.append(redis) }
        let report = try await bench.run(Why.self, "why", "counter", "keyvalue")
        #expect(report.fix == "lattice link put counter keyvalue-local keyvalue")
        #expect(report.object?["alternatives"] == ["lattice link put counter redis keyvalue"])
        #expect(report.plain.contains("\nor: "))
    }
}
