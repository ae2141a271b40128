import Glibc
import LatticeBus
import LatticeControl
import LatticeHost
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust
import Testing

@Suite("Whole hosts on the in-memory bus")
struct HostServiceTests {
    // MARK: Enrolment

    @Test(
        "a host that nobody enrolled tells who it is, starts nothing, wins no auction, and comes alive when it is enrolled"
    )
    func enrolment() async throws {
        let bench = LatticeBench()
        let host = try await bench.host("one")
        let before = try #require(try await bench.client.hosts().first)
        #expect(before.name == "one")
        #expect(before.isEnrolled == false)
        let enrolment = try Enrolment(
            verifying: #require(before.enrolment), of: host.key, lattice: bench.lattice)
        #expect(enrolment.cluster == host.identity.cluster.publicKey)
        #expect(try await bench.client.inventory(of: host.key).actors.isEmpty)
        let refused = try await bench.start(try bench.sign(Guests.echo), on: host)
        #expect(refused.refusal?.code == "not-enrolled")
        let refusedProvider = try await bench.start(provider: "memo", on: host)
        #expect(refusedProvider.refusal?.code == "not-enrolled", "\(refusedProvider)")
        let auction = ActorAuction(try ArtifactReference("x"))
        #expect(try await bench.client.bids(auction, hostsCount: 1, within: .milliseconds(50)).isEmpty)
        await #expect(throws: ControlError.self) { try await bench.client.links() }

        try await bench.enrol([host])
        try await bench.eventually("it bids") {
            try await bench.client.bids(auction, hostsCount: 1, within: .milliseconds(50)) == [host.key]
        }
        #expect(try await bench.client.hosts().first?.isEnrolled == true)
        #expect(try await bench.client.hosts().first?.trustVersion == 1)
        #expect(try await bench.client.links().isEmpty)
        await bench.stop()
    }

    @Test("an issuer that is removed takes its actors along; trusted again, they are back")
    func removedIssuer() async throws {
        let bench = LatticeBench()
        let host = try await bench.host("one")
        try await bench.enrol([host])
        #expect(try await bench.start(try bench.sign(Guests.echo), on: host).outcome == .started)
        try await bench.enrol([host], version: 2, issuers: [])
        try await bench.eventually("it is stopped") { try await bench.client.inventory(of: host.key).actors.isEmpty }
        let refusals = try await bench.client.refusals(countMax: 5, expecting: [host.key])
        #expect(refusals.contains { $0.code == "untrusted-issuer" })
        try await bench.enrol([host], version: 3)
        try await bench.eventually("it runs again") { try await bench.client.inventory(of: host.key).actors.count == 1 }
        await bench.stop()
    }

    @Test("a document that somebody deletes or takes back is written again by an enrolled host")
    func documentWrittenBack() async throws {
        let bench = LatticeBench()
        let host = try await bench.host("one")
        try await bench.enrol([host])
        try await bench.enrol([host], version: 2)
        let key = try TrustBucketKey.document.metadataKey()
        let bucket = bench.client.metadata.bucket(bench.client.subjects.trustBucket)
        let good = try #require(try await bucket.get(key)).value
        try await bucket.delete(key)
        try await bench.eventually("it is back") { try await bucket.get(key)?.value == good }
        try await bucket.put(key, [1, 2, 3])
        try await bench.eventually("it is back again") { try await bucket.get(key)?.value == good }
        #expect(host.service.gatekeeper.basis.documentVersion == 2)
        await bench.stop()
    }

    // MARK: Actors

    @Test("an actor is started, called, described and stopped by control requests, and its claims are in both buckets")
    func actorLifecycle() async throws {
        let bench = LatticeBench()
        let host = try await bench.host("one")
        try await bench.enrol([host])
        let key = ModuleKeyPair.generate().publicKey
        let module = try bench.sign(Guests.echo, capabilities: ["wasmcloud:keyvalue"], alias: "test/echo", key: key)
        #expect(try await bench.start(module, on: host).outcome == .started)
        #expect(try await bench.start(module, on: host).outcome == .unchanged)
        let other = try bench.sign(Guests.module("i32.const 1"), key: key)
        let refused = try await bench.start(other, on: host)
        #expect(!refused.accepted && refused.error.contains("lattice update actor"))

        #expect(try await bench.call(key, "Test.Call", [1, 2]).payload == [1, 2])
        let actor = try #require(try await bench.client.inventory(of: host.key).actors.first)
        #expect(actor.key == key)
        #expect(actor.name == "test")
        #expect(actor.callsCount == 1)
        #expect(actor.capabilities == ["wasmcloud:keyvalue"])
        #expect(actor.instances.first?.revision == 3)
        let claims = try await bench.client.claims()
        #expect(claims.map(\.callAlias) == ["test/echo"])
        let trust = bench.client.metadata.bucket(bench.client.subjects.trustBucket)
        let proof = try await trust.get(TrustBucketKey.claims(key).metadataKey())
        #expect(proof != nil)

        #expect(try await bench.client.stop(actor: key, on: host.key, wait: .seconds(20)).outcome == .stopped)
        #expect(try await bench.client.stop(actor: key, on: host.key, wait: .seconds(20)).accepted == false)
        await #expect(throws: BusError.self) { try await bench.call(key) }
        await bench.stop()
    }

    @Test("scaling changes the limit, starts what does not run, and stops at 0")
    func scaling() async throws {
        let bench = LatticeBench()
        let host = try await bench.host("one")
        try await bench.enrol([host])
        let key = ModuleKeyPair.generate().publicKey
        let reference = try ArtifactReference(
            "\(try await bench.client.put(module: bench.sign(Guests.echo, key: key)))")
        func scale(_ target: ScaleActorCommand.Target) async throws -> ControlAck {
            try await bench.client.scale(actor: key, reference, on: host.key, to: target, wait: .seconds(20))
        }
        #expect(try await scale(.instances(3)).outcome == .started)
        #expect(try await bench.client.inventory(of: host.key).actors.first?.instancesMax == 3)
        #expect(try await scale(.instances(7)).outcome == .scaled)
        #expect(try await bench.client.inventory(of: host.key).actors.first?.instancesMax == 7)
        #expect(try await scale(.stopped).outcome == .stopped)
        #expect(try await bench.client.inventory(of: host.key).actors.isEmpty)
        await bench.stop()
    }

    @Test(
        "what can't be fetched or is no actor says why", arguments: ["registry.example/echo:1", "lattice://sha256/AB"])
    func unknownReference(_ text: String) async throws {
        let bench = LatticeBench()
        let host = try await bench.host("one")
        try await bench.enrol([host])
        let ack = try await bench.client.start(actor: ArtifactReference(text), on: host.key, wait: .seconds(20))
        #expect(!ack.accepted)
        #expect(ack.error.contains(text))
        await bench.stop()
    }

    @Test("a host that comes back runs what it ran, with its limits, and not what was stopped")
    func restore() async throws {
        let bench = LatticeBench()
        let (kept, stopped) = (ModuleKeyPair.generate().publicKey, ModuleKeyPair.generate().publicKey)
        let folder = try await runBefore(bench, keeping: kept, stopping: stopped)

        // Without the bus: everything that it needs is in its folder.
        let second = try bench.away("one", in: folder)
        try await bench.eventually("the actor runs") { second.service.runs(kept) }
        #expect(!second.service.runs(stopped))
        second.bus.reconnect()
        try await bench.eventually("it answers") {
            guard let inventory = try? await bench.client.inventory(of: second.key) else { return false }
            return inventory.actors.map(\.key) == [kept] && inventory.providers.count == 1
        }
        #expect(try await bench.call(kept, "Test.Call", [9]).payload == [9])
        await second.stop()
    }

    /// The first life of a host: its folder is free again when this returns.
    private func runBefore(
        _ bench: LatticeBench, keeping kept: ModuleKey, stopping stopped: ModuleKey
    ) async throws -> TemporaryFolder {
        let host = try await bench.host("one")
        try await bench.enrol([host])
        for key in [kept, stopped] {
            #expect(try await bench.start(bench.sign(Guests.echo, key: key), on: host).outcome == .started)
        }
        #expect(try await bench.start(provider: "memo", on: host).outcome == .started)
        #expect(try await bench.client.stop(actor: stopped, on: host.key, wait: .seconds(20)).accepted)
        await bench.stop()
        bench.forgetHosts()
        return host.folder
    }

    @Test("a start that can't be remembered fails, and leaves nothing running")
    func notRemembered() async throws {
        let bench = LatticeBench()
        let host = try await bench.host("one")
        try await bench.enrol([host])
        // No file can take the place of a folder.
        try #require(mkdir("\(host.folder.path)/restore.json", 0o700) == 0)
        #expect(try await bench.start(bench.sign(Guests.echo), on: host).accepted == false)
        #expect(try await bench.start(provider: "memo", on: host).accepted == false)
        let inventory = try await bench.client.inventory(of: host.key)
        #expect(inventory.actors.isEmpty && inventory.providers.isEmpty)
        #expect(host.providers.all.map(\.isShutDown) == [true])
        await bench.stop()
    }

    // MARK: Links

    @Test("a link has an outcome: applied, unchanged, refused by the provider and taken back, or pending")
    func linkOutcomes() async throws {
        let bench = LatticeBench()
        let host = try await bench.host("one")
        try await bench.enrol([host])
        let key = ModuleKeyPair.generate().publicKey
        #expect(
            try await bench.start(
                bench.sign(
                    Guests.calling("wasmcloud:keyvalue", operation: "Test.Op"), capabilities: ["wasmcloud:keyvalue"],
                    key: key), on: host
            ).accepted)

        let unlinked = try await bench.call(key, "Test.Call", [1])
        #expect(unlinked.error?.contains("[no-link, call ") == true)
        let nobody = try await bench.put(bench.link(key, "memo"))
        #expect(nobody.refusal?.code == "no-provider")
        #expect(try await bench.client.links().isEmpty)
        #expect(try await bench.put(bench.link(key, "memo"), pending: true).outcome == .pending)
        try await bench.eventually("it is shown") { try await bench.client.links().map(\.state) == [.pending] }

        #expect(try await bench.start(provider: "memo", on: host).outcome == .started)
        try await bench.eventually("it is applied") { try await bench.client.links().map(\.state) == [.applied] }
        let linked = try await bench.call(key, "Test.Call", [1])
        #expect(linked.error == nil)
        #expect(linked.payload == Array("Test.Op".utf8) + [1])

        #expect(try await bench.put(bench.link(key, "memo")).outcome == .applied)
        let other = bench.link(key, "memo", ["refuse": "not today"])
        let unreplaced = try await bench.put(other)
        #expect(unreplaced.error.contains("--replace"))
        let refused = try await bench.put(other, replace: true)
        #expect(refused.error.contains("not today"))
        #expect(refused.parts.map(\.host) == [host.key])
        // The one before is in force again.
        try await bench.eventually("it is back") { try await bench.client.links().map(\.state) == [.applied] }
        #expect(try await bench.call(key, "Test.Call", [2]).error == nil)

        #expect(
            try await bench.client.deleteLink(key, .keyValue, .default, wait: .seconds(20)).outcome == .deleted)
        try await bench.eventually("calls are refused") {
            try await bench.call(key, "Test.Call", [2]).error?.contains("no-link") == true
        }
        await bench.stop()
    }

    @Test(
        "a link without a grant, or that the claims do not cover, is refused; written past the host, it counts for nothing"
    )
    func ungranted() async throws {
        let bench = LatticeBench()
        let host = try await bench.host("one")
        try await bench.enrol([host])
        let (bold, meek) = (ModuleKeyPair.generate().publicKey, ModuleKeyPair.generate().publicKey)
        let caller = Guests.calling("wasmcloud:keyvalue", operation: "Test.Op")
        #expect(
            try await bench.start(bench.sign(caller, capabilities: ["wasmcloud:keyvalue"], key: bold), on: host)
                .accepted)
        #expect(try await bench.start(bench.sign(caller, key: meek), on: host).accepted)
        #expect(try await bench.start(provider: "memo", on: host).accepted)

        #expect(try await bench.put(bench.link(bold, "memo", granted: false)).refusal?.code == "no-grant")
        #expect(try await bench.put(bench.link(meek, "memo")).refusal?.code == "no-claim")
        // An actor that nobody has seen may be linked before it is started.
        let unseen = ModuleKeyPair.generate().publicKey
        #expect(try await bench.put(bench.link(unseen, "memo")).outcome == .applied)

        let bucket = bench.client.metadata.bucket(bench.client.subjects.metadataBucket)
        let link = bench.link(bold, "memo", granted: false)
        try await bucket.put(LatticeDataKey.link(link.id).metadataKey(), link.json)
        try await bench.eventually("it is shown as refused") {
            try await bench.client.links().contains { $0.actor == "\(bold)" && $0.state == .refused }
        }
        #expect(try await bench.call(bold).error?.contains("no-grant") == true)
        #expect(host.providers.all.first?.links.map(\.actor) == [unseen])
        await bench.stop()
    }

    // MARK: Two hosts

    @Test("an actor reaches a provider on another host; stopped there and started here, it goes on")
    func twoHosts() async throws {
        let bench = LatticeBench()
        let (one, two) = (try await bench.host("one"), try await bench.host("two"))
        try await bench.enrol([one, two])
        let key = ModuleKeyPair.generate().publicKey
        let module = try bench.sign(
            Guests.calling("wasmcloud:keyvalue", operation: "Test.Op"), capabilities: ["wasmcloud:keyvalue"], key: key)
        #expect(try await bench.start(provider: "memo", on: one).accepted)
        #expect(try await bench.start(module, on: two).accepted)
        #expect(try await bench.put(bench.link(key, "memo")).outcome == .applied)
        #expect(try await bench.call(key, "Test.Call", [5]).payload == Array("Test.Op".utf8) + [5])
        #expect(try await bench.client.stop(actor: key, on: two.key, wait: .seconds(20)).accepted)
        #expect(try await bench.start(module, on: one).accepted)
        #expect(try await bench.call(key, "Test.Call", [6]).payload == Array("Test.Op".utf8) + [6])
        await bench.stop()
    }

    @Test("a provider that keeps its state in files runs once under a link name; the second is told where the first is")
    func localState() async throws {
        let bench = LatticeBench()
        let (one, two) = (try await bench.host("one"), try await bench.host("two"))
        try await bench.enrol([one, two])
        #expect(try await bench.start(provider: "file", on: one).accepted)
        let refused = try await bench.start(provider: "file", on: two)
        #expect(refused.error.contains("\(one.key)") && refused.error.contains("--link-name"))
        #expect(try await bench.start(provider: "file", LinkName("second"), on: two).accepted)
        #expect(try await bench.start(provider: "memo", on: one).accepted)
        #expect(try await bench.start(provider: "memo", on: two).accepted)
        await bench.stop()
    }

    // MARK: Hostile and foreign requests

    @Test("whatever is sent to the control subjects, the host answers and goes on")
    func malformedControl() async throws {
        let bench = LatticeBench()
        let host = try await bench.host("one")
        try await bench.enrol([host])
        try await bench.eventually("it answers for the lattice") { (try? await bench.client.links()) != nil }
        let subjects = bench.client.subjects
        let bodies: [[UInt8]] = [
            [], [0], Array("{".utf8), Array("[]".utf8), Array("{\"host_id\":7}".utf8),
            Array(repeating: 0x5B, count: 5_000),
        ]
        for topic in HostTopic.allCases where topic != .inventory {
            for body in bodies {
                let reply = try await bench.client.bus.request(
                    BusMessage(to: subjects.control(topic, host.key), payload: body), timeout: .seconds(20))
                #expect(try ControlAck(json: reply.payload).accepted == false, "\(topic)")
            }
        }
        for topic in [ControlTopic.putLink, .deleteLink, .auctionActor, .auctionProvider] {
            for body in bodies {
                let reply = try await bench.client.bus.request(
                    BusMessage(to: subjects.control(topic), payload: body), timeout: .seconds(20))
                #expect(try ControlAck(json: reply.payload).accepted == false, "\(topic)")
            }
        }
        #expect(try await bench.client.hosts().count == 1)
        await bench.stop()
    }

    @Test("a command whose body names another host is not obeyed")
    func otherHost() async throws {
        let bench = LatticeBench()
        let host = try await bench.host("one")
        try await bench.enrol([host])
        let key = ModuleKeyPair.generate().publicKey
        #expect(try await bench.start(try bench.sign(Guests.echo, key: key), on: host).outcome == .started)
        let other = HostKeyPair.generate().publicKey
        let bodies: [HostTopic: String] = [
            .startActor: #"{"actor_ref":"x","host_id":"\#(other)"}"#,
            .stopActor: #"{"actor_ref":"\#(key)","host_id":"\#(other)"}"#,
            .scaleActor: #"{"actor_ref":"\#(key)","actor_id":"\#(key)","count":0,"host_id":"\#(other)"}"#,
            .startProvider: #"{"provider_ref":"memo","link_name":"default","host_id":"\#(other)"}"#,
            .stopProvider:
                #"{"provider_ref":"\#(BundledProvider.key(of: "memo"))","link_name":"default","contract_id":"a:b","host_id":"\#(other)"}"#,
            .stopHost: #"{"host_id":"\#(other)"}"#,
        ]
        for (topic, body) in bodies {
            let message = BusMessage(to: bench.client.subjects.control(topic, host.key), payload: Array(body.utf8))
            let reply = try await bench.client.bus.request(message, timeout: .seconds(20))
            let ack = try ControlAck(json: reply.payload)
            #expect(!ack.accepted && ack.error.contains("\(other)"), "\(topic): \(ack)")
        }
        #expect(!host.service.isStopping)
        #expect(host.service.runs(key))
        await bench.stop()
    }

    @Test("the claims of an actor that runs survive whatever is written over them, and are written again")
    func displacedClaims() async throws {
        let bench = LatticeBench()
        let host = try await bench.host("one")
        try await bench.enrol([host])
        let key = ModuleKeyPair.generate().publicKey
        #expect(try await bench.start(try bench.sign(Guests.echo, key: key), on: host).outcome == .started)
        let bucket = bench.client.metadata.bucket(bench.client.subjects.trustBucket)
        let name = try TrustBucketKey.claims(key).metadataKey()
        let good = try #require(try await bucket.get(name)).value
        let forged = TokenClaims(
            id: "1", subject: "\(key)", issuedAt: .now(), payload: ActorClaims(name: "test", capabilities: [])
        ).signed(by: AccountKeyPair.generate())
        for bad in [Array(forged.utf8), [1, 2, 3]] {
            try await bucket.put(name, bad)
            try await bench.eventually("they are back") { try await bucket.get(name)?.value == good }
            #expect(try await bench.call(key, "Test.Call", [7]).payload == [7])
        }
        try await bucket.delete(name)
        try await bench.eventually("they are back") { try await bucket.get(name)?.value == good }
        await bench.stop()
    }

    @Test("a classic client's requests get the classic answers: accepted at once, the outcome as an event")
    func classicRequests() async throws {
        let bench = LatticeBench()
        let host = try await bench.host("one")
        try await bench.enrol([host])
        let events = HostBench.Log<CloudEvent>()
        let subscription = try bench.client.bus.subscribe(SubjectPattern(bench.client.subjects.events)) { message in
            if let event = try? CloudEvent(json: message.payload) { events.add(event) }
        }
        let key = ModuleKeyPair.generate().publicKey
        let reference = try await bench.client.put(module: bench.sign(Guests.echo, key: key))
        func ask(_ verb: String, _ body: String) async throws -> String {
            let subject = try Subject("wasmbus.ctl.default.cmd.\(host.key).\(verb)")
            let message = BusMessage(to: subject, payload: Array(body.utf8))
            return String(
                decoding: try await bench.client.bus.request(message, timeout: .seconds(20)).payload, as: UTF8.self)
        }
        #expect(
            try await ask("la", #"{"actor_ref":"\#(reference)","host_id":"\#(host.key)","count":1}"#)
                == #"{"accepted":true,"error":""}"#)
        try await bench.eventually("actors_started") { events.all.contains { $0.name == .actorsStarted } }
        #expect(events.all.contains { $0.name == .actorStarted && $0.source == "\(host.key)" })
        #expect(try await ask("sa", #"{"actor_ref":"\#(key)","host_id":"\#(host.key)"}"#).contains(#""accepted":true"#))
        try await bench.eventually("actors_stopped") { events.all.contains { $0.name == .actorsStopped } }
        try await bench.eventually("host_heartbeat") { events.all.contains { $0.name == .hostHeartbeat } }
        subscription.unsubscribe()
        await bench.stop()
    }

    @Test("every refusal is an event, and is found again by its call on the host that made it")
    func refusalLog() async throws {
        let bench = LatticeBench()
        let host = try await bench.host("one")
        try await bench.enrol([host])
        let events = HostBench.Log<CloudEvent>()
        let subscription = try bench.client.bus.subscribe(SubjectPattern(bench.client.subjects.events(.callRefused))) {
            if let event = try? CloudEvent(json: $0.payload) { events.add(event) }
        }
        let key = ModuleKeyPair.generate().publicKey
        #expect(
            try await bench.start(
                bench.sign(
                    Guests.calling("wasmcloud:keyvalue", operation: "Test.Op"), capabilities: ["wasmcloud:keyvalue"],
                    key: key), on: host
            ).accepted)
        let error = try #require(try await bench.call(key).error)
        let refusal = try #require(Refusal(text: error))
        #expect(refusal.code == .noLink)
        let call = try #require(refusal.call)
        let found = try await bench.client.refusals(of: call, countMax: 10, expecting: [host.key])
        #expect(found.contains { $0.code == "no-link" && $0.host == host.key })
        try await bench.eventually("the event") { !events.all.isEmpty }
        subscription.unsubscribe()
        await bench.stop()
    }

    @Test("a host that is told to stop says so and lets the calls under way end")
    func stopping() async throws {
        let bench = LatticeBench()
        let host = try await bench.host("one")
        try await bench.enrol([host])
        let events = HostBench.Log<CloudEvent>()
        let subscription = try bench.client.bus.subscribe(SubjectPattern(bench.client.subjects.events(.hostStopped))) {
            if let event = try? CloudEvent(json: $0.payload) { events.add(event) }
        }
        #expect(try await bench.client.stop(host: host.key, wait: .seconds(20)).accepted)
        await host.stop()
        #expect(events.all.count == 1)
        #expect(try await bench.client.hosts(within: .milliseconds(50)).isEmpty)
        subscription.unsubscribe()
    }
}
