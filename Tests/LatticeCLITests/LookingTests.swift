import LatticeControlTestSupport
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Testing

@testable import LatticeCLI

@Suite("looking at a lattice")
struct LookingTests {
    let bench: CommandBench
    var lattice: ScriptedLattice { bench.lattice }

    init() throws { bench = try CommandBench() }

    @Test("without hosts every question is exit 3, and says what to do")
    func nobody() async throws {
        for failure in [
            try await bench.failure(GetHosts.self, "get", "hosts"), try await bench.failure(Status.self, "status"),
            try await bench.failure(GetLinks.self, "get", "links"), try await bench.failure(Why.self, "why"),
        ] {
            #expect(failure.status == .nobodyReachable && failure.fix == "lattice up", "\(failure)")
            #expect(failure.message == "no host answers in the lattice 'default'")
        }
    }

    @Test("hosts, with every field")
    func hosts() async throws {
        let host = try lattice.host("kitchen", labels: ["arch": "arm"])
        let stranger = try lattice.host("stranger")
        stranger.state.withLock { $0.isEnrolled = false }
        try await lattice.trust(version: 3, hosts: [host])
        let report = try await bench.run(GetHosts.self, "get", "hosts")
        #expect(
            report.array.first
                == [
                    "id": .string("\(host.key)"), "name": "kitchen",
                    "cluster_key": .string("\(host.cluster.publicKey)"),
                    "enrolled": true, "labels": ["arch": "arm"], "uptime_seconds": 5, "version": "0.1.0",
                    "trust_version": 3,
                ])
        #expect(report.array.map { $0["enrolled"] } == [true, false])
        let lines = report.plain.split(separator: "\n")
        #expect(lines.count == 3 && lines[0].hasPrefix("NAME      HOST      ENROLLED  UP"))
        #expect(lines[1].contains(String("\(host.key)".prefix(8))) && lines[1].hasSuffix("arch=arm"))
    }

    @Test("actors and providers of each host, with every field")
    func runs() async throws {
        let (one, other) = (try lattice.host("one"), try lattice.host("other"))
        try await lattice.trust(hosts: [one, other])
        let module = try bench.signed("counter", ["wasmcloud:keyvalue"])
        let running = try bench.running(module)
        let provider = try bench.running("redis", .default, .failed, lastError: "gone")
        for host in [one, other] { host.state.withLock { $0.actors = [running] } }
        one.state.withLock { $0.providers = [provider] }
        let actors = try await bench.run(GetActors.self, "get", "actors").array
        #expect(actors.count == 2)
        var expected: JSONObject = [
            "id": .string("\(running.key)"), "name": "counter", "host": .string("\(min(one.key, other.key))"),
            "instances": 1, "max_instances": 64, "calls": 7, "image_ref": .string(running.imageReference ?? ""),
            "issuer": .string("\(lattice.account.publicKey)"), "capabilities": ["wasmcloud:keyvalue"],
        ]
        for member in expected.members { #expect(actors.first?[member.key] == member.value, "\(member.key)") }
        let providers = try await bench.run(GetProviders.self, "get", "providers").array
        expected = [
            "id": .string("\(provider.key)"), "name": "redis", "contract": "wasmcloud:keyvalue",
            "link_name": "default", "host": .string("\(one.key)"), "isolation": "host", "state": "failed",
            "restarts": 0, "last_error": "gone",
        ]
        for member in expected.members { #expect(providers.first?[member.key] == member.value, "\(member.key)") }
        #expect(providers.count == 1)
        let inventory = try await bench.run(GetInventory.self, "get", "inventory", "one").array
        #expect(inventory.count == 1 && inventory.first?["host"] == .string("\(one.key)"))
        #expect(try await bench.run(GetInventory.self, "get", "inventory").array.count == 2)
        let failure = try await bench.failure(GetInventory.self, "get", "inventory", "cellar")
        #expect(failure == CLIError(.refused, "no host is called 'cellar'", fix: "lattice get hosts"))
    }

    @Test("nothing that runs is an empty list, and not a failure")
    func empty() async throws {
        let host = try lattice.host("one")
        try await lattice.trust(hosts: [host])
        #expect(try await bench.run(GetActors.self, "get", "actors").json == [])
        #expect(try await bench.run(GetProviders.self, "get", "providers").plain == "no providers\n")
        #expect(try await bench.run(LinkList.self, "link", "list").json == [])
    }

    @Test("links with what has become of them, also those that can't be links")
    func links() async throws {
        let host = try lattice.host("one")
        try await lattice.trust(hosts: [host])
        let actor = try await lattice.actor("counter", [])
        let redis = try #require(BundledNames["redis"])
        let expires = TokenTime(seconds: 4_000_000_000)
        host.state.withLock {
            $0.links = [
                LinkReport(
                    actor: "\(actor)", provider: "\(redis.key)", contract: "wasmcloud:keyvalue", link: "default",
                    values: ["url": "redis://x"], state: .applied, grantedBy: "AX", expires: expires),
                LinkReport(
                    actor: "nonsense", provider: "V", contract: "x", link: "a b", values: [:], state: .refused,
                    reason: "no grant"),
            ]
        }
        let report = try await bench.run(GetLinks.self, "get", "links")
        let first = try #require(report.array.first)
        let expected: JSONObject = [
            "actor": .string("\(actor)"), "provider": .string("\(redis.key)"), "contract": "wasmcloud:keyvalue",
            "link_name": "default", "values": ["url": "redis://x"], "state": "applied", "reason": .null,
            "granted_by": "AX", "expires": .string("\(expires)"),
        ]
        for member in expected.members { #expect(first[member.key] == member.value, "\(member.key)") }
        #expect(report.array.last?["state"] == "refused" && report.array.last?["reason"] == "no grant")
        #expect(report.plain.contains("counter   redis     keyvalue  default  applied  url=redis://x"))
    }

    @Test("links of hosts that tell no state are judged here")
    func classicLinks() async throws {
        let host = try lattice.host("one")
        try await lattice.trust(hosts: [host])
        let actor = try await lattice.actor("counter", [])
        let redis = try #require(BundledNames["redis"])
        let link = LinkDefinition(actor: actor, provider: redis.key, contract: redis.contract)
        var granted = link
        granted.grant = Grant.signed(
            for: link, by: AnyKeyPair(lattice.account), lattice: .default, at: .now(), ids: lattice.ids)
        func states() async throws -> [JSONValue?] {
            try await bench.run(GetLinks.self, "get", "links").array.map { $0["state"] }
        }
        func report(_ link: LinkDefinition) -> LinkReport {
            LinkReport(
                actor: "\(link.actor)", provider: "\(link.provider)", contract: link.contract.text, link: "default",
                values: [:], grant: link.grant, state: nil)
        }
        host.state.withLock { $0.links = [report(link)] }
        #expect(try await states() == ["refused"])
        host.state.withLock { $0.links = [report(granted)] }
        #expect(try await states() == ["pending"])
        let running = try bench.running("redis")
        host.state.withLock { $0.providers = [running] }
        #expect(try await states() == ["applied"])
    }

    // MARK: What is wrong

    @Test("nothing is wrong with a lattice in which all is well")
    func well() async throws {
        let host = try lattice.host("one")
        try await lattice.trust(hosts: [host])
        let running = try bench.running("redis")
        host.state.withLock { $0.providers = [running] }
        let report = try await bench.run(Status.self, "status")
        #expect(report.problems.isEmpty)
        #expect(
            report.plain.hasPrefix(
                "lattice default  memory  trust version 1  1 host, 0 actors, 1 provider, 0 links\n\nNAME"))
    }

    @Test("what is wrong comes first, each with the command that mends it")
    func problems() async throws {
        let (host, stranger, absent) = (
            try lattice.host("one"), try lattice.host("stranger"), try lattice.host("absent")
        )
        try await lattice.trust(version: 2, hosts: [host, absent])
        absent.vanish()
        stranger.state.withLock { $0.isEnrolled = false }
        let actor = try await lattice.actor("counter", [])
        let redis = try bench.running("redis", .default, .failed, lastError: "no route")
        let local = try #require(BundledNames["keyvalue-local"])
        host.state.withLock {
            $0.trustVersion = 1
            $0.providers = [redis]
            $0.links = [
                LinkReport(
                    LinkDefinition(actor: actor, provider: local.key, contract: local.contract), state: .pending,
                    reason: "nobody runs it"),
                LinkReport(
                    LinkDefinition(actor: actor, provider: redis.key, contract: local.contract), state: .refused,
                    reason: "no grant"),
            ]
        }
        let report = try await bench.run(Status.self, "status")
        #expect(
            report.problems == [
                StatusProblem(
                    "host one (\(host.key)) goes by version 1 of the trust document, and the lattice has version 2"),
                StatusProblem(
                    "host stranger (\(stranger.key)) is not enrolled: it runs nothing",
                    fix: "lattice trust add \(stranger.key)"),
                StatusProblem("host \(absent.key) is enrolled and does not answer"),
                StatusProblem("provider redis on host one has failed: no route"),
                StatusProblem(
                    "the link 'default' from actor counter to provider keyvalue-local is pending: nobody runs it",
                    fix: "lattice start provider keyvalue-local"),
                StatusProblem(
                    "the link 'default' from actor counter to provider redis is refused: no grant",
                    fix: "lattice link put counter redis keyvalue --replace"),
            ])
        #expect(report.plain.contains("! provider redis on host one has failed: no route\n"))
        #expect(report.object?["problems"] != [])
        #expect(report.object?["lattice"] == "default")
    }

    @Test("no document, and one that does not count")
    func trustProblems() async throws {
        _ = try lattice.host("one")
        var report = try await bench.run(Status.self, "status")
        #expect(report.problems.first?.fix == "lattice trust init")
        try await lattice.trust(by: OperatorKeyPair.generate())
        report = try await bench.run(Status.self, "status")
        #expect(
            report.problems.first?.sentence.hasPrefix("the trust document does not count: it is signed by O") == true)
    }

    // MARK: Events

    @Test("one event, one line")
    func events() throws {
        let host = HostKeyPair.generate().publicKey
        let actor = ModuleKeyPair.generate().publicKey
        let refusal = RefusalReport(
            code: "no-link", sentence: "no\nlink", call: "c1", facts: ["actor": "\(actor)"])
        let time = WallTime(milliseconds: 1_700_000_000_123)
        let message = try #require(
            LatticeEvent.callRefused(refusal).messages(id: "1", source: host, time: time, in: lattice.subjects).first)
        let event = try CloudEvent(json: message.payload)
        let command = try #require(try Lattice.parseAsRoot(["events"]) as? Events)
        #expect(
            command.line(event, .init())
                == "22:13:20.123  call_refused        \("\(host)".prefix(8))      [no-link]  no\u{FFFD}link  call c1\n")
        let json = try #require(try Lattice.parseAsRoot(["events", "-o", "json"]) as? Events)
        #expect(json.line(event, .init()) == String(decoding: event.json, as: UTF8.self) + "\n")
    }
}
