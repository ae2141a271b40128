import LatticeControlTestSupport
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Testing

@testable import LatticeCLI

@Suite("linking and calling")
struct LinkTests {
    let bench: CommandBench
    var lattice: ScriptedLattice { bench.lattice }
    let host: ScriptedHost
    let redis: ProviderKey

    init() async throws {
        bench = try CommandBench()
        host = try bench.lattice.host("one")
        redis = try #require(BundledNames["redis"]?.key)
        try await bench.lattice.trust(hosts: [host])
    }

    private var request: LinkPutRequest? {
        host.state.withLock { state in
            for case .putLink(let request) in state.commands { return request }
            return nil
        }
    }

    @Test("a link goes out with a grant that counts, and success is said when it is true")
    func put() async throws {
        let actor = try await lattice.actor("counter", ["wasmcloud:keyvalue"])
        let report = try await bench.run(
            LinkPut.self, "link", "put", "counter", "redis", "keyvalue", "url=redis://x", "empty=", "--ttl", "1h",
            "--link-name", "cache", "--pending")
        let request = try #require(request)
        #expect(request.link.actor == actor && request.link.provider == redis && request.link.link.text == "cache")
        #expect(request.link.values == ["url": "redis://x", "empty": ""])
        #expect(request.pending && !request.replace && request.options.waitMilliseconds == 10_000)
        let grant = try Grant(
            verifying: try #require(request.link.grant), for: request.link, lattice: lattice.name)
        #expect(grant.signer == AnyKey(lattice.account.publicKey) && grant.expires != nil)
        #expect(report.plain.hasPrefix("linked actor counter to provider redis for wasmcloud:keyvalue, until 20"))
        #expect(report.object?["outcome"] == "applied")
    }

    @Test(
        "what has become of it decides what is said",
        arguments: [
            (ControlAck.done(.pending), "stored a link", "pending"),
            (.done(.unconfirmed), "sent (unconfirmed)", "unconfirmed"),
            (.accepted, "sent (unconfirmed)", "unconfirmed"),
            (.done(.unchanged), "linked actor", "unchanged"),
        ])
    func outcomes(ack: ControlAck, text: String, word: String) async throws {
        try await lattice.actor("counter", ["wasmcloud:keyvalue"])
        host.state.withLock { $0.linkAck = ack }
        let report = try await bench.run(LinkPut.self, "link", "put", "counter", "redis", "keyvalue")
        #expect(report.plain.hasPrefix(text) && report.object?["outcome"] == .string(word))
    }

    @Test("what the claims do not name is refused here, with what would name it")
    func noClaim() async throws {
        try await lattice.actor("counter", ["wasmcloud:httpserver"])
        let failure = try await bench.failure(LinkPut.self, "link", "put", "counter", "redis", "keyvalue")
        #expect(failure.status == .refused && failure.message.hasSuffix("[no-claim]"))
        #expect(failure.fix == "lattice sign FILE.wasm --name NAME --cap http-server --cap keyvalue")
        #expect(request == nil)
    }

    @Test("an actor that the lattice has never seen can be linked by its key, and not by any other word")
    func neverSeen() async throws {
        let key = ModuleKeyPair.generate().publicKey
        _ = try await bench.run(LinkPut.self, "link", "put", "\(key)", "redis", "keyvalue")
        #expect(request?.link.actor == key)
        let failure = try await bench.failure(LinkPut.self, "link", "put", "counter", "redis", "keyvalue")
        #expect(failure.message == "no actor is called 'counter'")
    }

    @Test("a link that is there with other values has to be replaced by name")
    func existing() async throws {
        let actor = try await lattice.actor("counter", ["wasmcloud:keyvalue"])
        let contract = try ContractID("wasmcloud:keyvalue")
        try await lattice.link(
            LinkDefinition(actor: actor, provider: redis, contract: contract, values: ["url": "a b"]))
        let failure = try await bench.failure(
            LinkPut.self, "link", "put", "counter", "redis", "keyvalue", "url=c d")
        #expect(failure.message.contains("with other values (url=a b): --replace puts this one in its place"))
        #expect(failure.fix == "lattice link put counter redis keyvalue 'url=c d' --replace")
        #expect(request == nil)
        _ = try await bench.run(LinkPut.self, "link", "put", "counter", "redis", "keyvalue", "url=a b")
        _ = try await bench.run(
            LinkPut.self, "link", "put", "counter", "redis", "keyvalue", "url=c d", "--replace")
        let other = try await bench.failure(LinkPut.self, "link", "put", "counter", "keyvalue-local", "keyvalue")
        #expect(other.message.contains("already, with provider redis"))
    }

    @Test("a provider that does not run is a no with the command that starts it, whatever the host says")
    func noProvider() async throws {
        let actor = try await lattice.actor("counter", ["wasmcloud:keyvalue"])
        let link = LinkDefinition(actor: actor, provider: redis, contract: try ContractID("wasmcloud:keyvalue"))
        let refusal = Refusal.noProvider(link)
        for ack in [
            ControlAck(accepted: false, error: "\(refusal)", refusal: refusal.report()), .failed("nobody runs it"),
        ] {
            host.state.withLock { $0.linkAck = ack }
            let failure = try await bench.failure(LinkPut.self, "link", "put", "counter", "redis", "keyvalue")
            #expect(failure.fix == "lattice start provider redis" && failure.status == .refused)
        }
    }

    @Test("hosts that say no are named, each with its reason")
    func parts() async throws {
        let other = try lattice.host("two")
        try await lattice.trust(version: 2, hosts: [host, other])
        try await lattice.actor("counter", ["wasmcloud:keyvalue"])
        let running = try bench.running("redis")
        let ack = ControlAck.failed(
            "not all", parts: [.init(host: host.key, error: "port taken"), .init(host: other.key, error: "no route")])
        for host in [host, other] {
            host.state.withLock {
                $0.providers = [running]
                $0.linkAck = ack
            }
        }
        let failure = try await bench.failure(LinkPut.self, "link", "put", "counter", "redis", "keyvalue")
        #expect(failure == CLIError(.refused, "not all; on host one: port taken; on host two: no route"))
    }

    // MARK: Who signs

    @Test("without a trusted account nothing is signed, and what mends it is named")
    func untrusted() async throws {
        try await lattice.actor("counter", ["wasmcloud:keyvalue"])
        try await lattice.trust(version: 2, issuers: [], hosts: [host])
        // The operator may grant what no account here may.
        _ = try await bench.run(LinkPut.self, "link", "put", "counter", "redis", "keyvalue")
        let grant = try #require(request?.link.grant)
        #expect(try ReceivedToken<JSONObject>(grant).issuer == AnyKey(lattice.operatorKeys.publicKey))
        let other = OperatorKeyPair.generate()
        try await lattice.trust(version: 3, issuers: [], hosts: [host], by: other)
        let pinned = try await bench.failure(LinkPut.self, "link", "put", "counter", "redis", "keyvalue")
        #expect(pinned.message.contains("does not count here") && pinned.message.contains("\(other.publicKey)"))
    }

    @Test("several trusted accounts: the usual one, or the one that is named")
    func several() async throws {
        let team = AccountKeyPair.generate()
        try bench.keep(AnyKeyPair(team), as: "team")
        try await lattice.trust(version: 2, issuers: [lattice.account.publicKey, team.publicKey], hosts: [host])
        try await lattice.actor("counter", ["wasmcloud:keyvalue"])
        _ = try await bench.run(LinkPut.self, "link", "put", "counter", "redis", "keyvalue", "--issuer", "team")
        let grant = try #require(request?.link.grant)
        #expect(try ReceivedToken<JSONObject>(grant).issuer == AnyKey(team.publicKey))
    }

    // MARK: Deleting

    @Test("a link is deleted once; then there is nothing to do")
    func delete() async throws {
        let actor = try await lattice.actor("counter", ["wasmcloud:keyvalue"])
        let link = LinkDefinition(actor: actor, provider: redis, contract: try ContractID("wasmcloud:keyvalue"))
        try await lattice.link(link)
        var report = try await bench.run(LinkDelete.self, "link", "delete", "counter", "keyvalue")
        #expect(report.plain == "deleted the link 'default' of actor counter for wasmcloud:keyvalue\n")
        try await lattice.dataBucket.delete(LatticeDataKey.link(link.id).metadataKey())
        report = try await bench.run(LinkDelete.self, "link", "delete", "counter", "keyvalue")
        #expect(report.object?["outcome"] == "unchanged")
    }

    // MARK: Taking grants back

    /// Whether a link as it was once put still counts.
    private func counts(_ link: LinkDefinition) async throws -> RefusalCode? {
        let snapshot = try await bench.session.snapshot()
        do throws(Refusal) {
            try LinkRecord(link, lattice: lattice.name).check(
                snapshot.basis, snapshot.records.revocations, at: .now())
            return nil
        } catch { return error.code }
    }

    private func stored(_ link: LinkDefinition) async throws -> LinkDefinition {
        try await lattice.link(link)
        let snapshot = try await bench.session.snapshot()
        return try #require(snapshot.records.link(link.actor, link.contract, link.link)?.definition)
    }

    @Test("a deleted link that somebody kept a copy of is refused")
    func revokedByDelete() async throws {
        let actor = try await lattice.actor("counter", ["wasmcloud:keyvalue"])
        let contract = try ContractID("wasmcloud:keyvalue")
        let copy = try await stored(LinkDefinition(actor: actor, provider: redis, contract: contract))
        #expect(try await counts(copy) == nil)
        _ = try await bench.run(LinkDelete.self, "link", "delete", "counter", "keyvalue")
        #expect(try await counts(copy) == .grantRevoked)
        let other = try await stored(LinkDefinition(actor: actor, provider: redis, contract: contract))
        #expect(try await counts(other) == nil)
        _ = try await bench.run(LinkDelete.self, "link", "delete", "counter", "keyvalue")
        #expect(try await counts(other) == .grantRevoked)
        #expect(try await counts(copy) == .grantRevoked)
    }

    @Test("a replaced link's grant is revoked once the new one is there; the same link keeps its grant")
    func revokedByReplace() async throws {
        let actor = try await lattice.actor("counter", ["wasmcloud:keyvalue"])
        let contract = try ContractID("wasmcloud:keyvalue")
        let old = try await stored(LinkDefinition(actor: actor, provider: redis, contract: contract))
        _ = try await bench.run(LinkPut.self, "link", "put", "counter", "redis", "keyvalue")
        #expect(try #require(request).link.grant == old.grant)
        host.state.withLock { $0.linkAck = .failed("no") }
        _ = try await bench.failure(LinkPut.self, "link", "put", "counter", "redis", "keyvalue", "a=b", "--replace")
        #expect(try await counts(old) == nil)
        host.state.withLock { $0.linkAck = .done(.applied) }
        _ = try await bench.run(LinkPut.self, "link", "put", "counter", "redis", "keyvalue", "a=b", "--replace")
        #expect(try await counts(old) == .grantRevoked)
    }

    @Test("what another account granted, the operator takes back")
    func revokedByOperator() async throws {
        let other = AccountKeyPair.generate()
        try await lattice.trust(
            version: 2, issuers: [lattice.account.publicKey, other.publicKey], hosts: [host])
        let actor = try await lattice.actor("counter", ["wasmcloud:keyvalue"])
        var link = LinkDefinition(actor: actor, provider: redis, contract: try ContractID("wasmcloud:keyvalue"))
        link.grant = Grant.signed(
            for: link, by: AnyKeyPair(other), lattice: lattice.name, at: .now(), ids: lattice.ids)
        try await lattice.dataBucket.put(LatticeDataKey.link(link.id).metadataKey(), link.json)
        #expect(try await counts(link) == nil)
        _ = try await bench.run(LinkDelete.self, "link", "delete", "counter", "keyvalue")
        #expect(try await counts(link) == .grantRevoked)
    }

    // MARK: Calling

    @Test("JSON goes out as MessagePack and comes back as JSON")
    func call() async throws {
        let actor = try await lattice.actor("echo", [])
        try host.serve(actor)
        let report = try await bench.run(
            Call.self, "call", "echo", "Echo.Say", "--data", #"{"a":[1,{"$utf8":"x"}]}"#)
        #expect(report.plain == "{\n  \"a\": [\n    1,\n    {\n      \"$utf8\": \"x\"\n    }\n  ]\n}\n")
        #expect(report.json == ["a": [1, ["$utf8": "x"]]])
        let empty = try await bench.run(Call.self, "call", "\(actor)", "Echo.Say")
        #expect(empty.plain.isEmpty && empty.json == .null)
        let raw = try await bench.run(
            Call.self, "call", "echo", "Echo.Say", "--raw", try bench.file("raw", [0xFF, 0xFF]))
        #expect(raw.json == ["$bytes": "//8="])
        let file = try await bench.run(
            Call.self, "call", "echo", "Echo.Say", "--data", "@" + (try bench.file("json", Array("7".utf8))))
        #expect(file.json == 7)
    }

    @Test("a refusal of a call is shown with what mends it, from the host's memory")
    func refusedCall() async throws {
        let actor = try await lattice.actor("counter", ["wasmcloud:keyvalue"])
        try host.serve(actor)
        let keyvalue = try ContractID("wasmcloud:keyvalue")
        let running = try bench.running("redis")
        host.state.withLock { $0.providers = [running] }
        let (host, key) = (host, host.key)
        host.state.withLock {
            $0.reply = { [weak host] invocation in
                let refusal = Refusal.noLink(actor, keyvalue, .default, "", provider: nil).of(invocation.id)
                host?.remember(refusal.report(host: key))
                return .failure(.init("\(refusal)"))
            }
        }
        let failure = try await bench.failure(Call.self, "call", "counter", "Counter.Add")
        #expect(failure.status == .refused && failure.fix == "lattice link put counter redis keyvalue")
        #expect(failure.message.hasPrefix("denied: no link 'default' connects actor \(actor)"))
    }

    @Test("an actor that nobody runs, and one that fails in its own words")
    func failedCalls() async throws {
        let actor = try await lattice.actor("counter", [])
        var failure = try await bench.failure(Call.self, "call", "counter", "Counter.Add")
        #expect(
            failure
                == CLIError(
                    .refused, "failed: nobody runs actor \(actor) [no-actor]", fix: "lattice start actor FILE.wasm"))
        try host.serve(actor)
        host.state.withLock { $0.reply = { _ in .failure(.init("division by zero")) } }
        failure = try await bench.failure(Call.self, "call", "counter", "Counter.Add")
        #expect(failure.message.hasPrefix("the actor failed: division by zero (call "))
        failure = try await bench.failure(Call.self, "call", "counter", "Counter.Add", "--data", "{")
        #expect(failure.status == .wrongUsage)
        failure = try await bench.failure(Call.self, "call", "other", "Counter.Add")
        #expect(failure.message == "no actor is called 'other'")
    }
}
