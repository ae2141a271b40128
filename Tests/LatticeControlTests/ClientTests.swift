import LatticeBus
import LatticeControlTestSupport
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Synchronization
import Testing

@testable import LatticeControl

@Suite("asking and telling a lattice")
struct ClientTests {
    let lattice = ScriptedLattice()
    var client: LatticeClient { lattice.client }

    @Test("hosts answer a ping; nobody is an empty list")
    func hosts() async throws {
        #expect(try await client.hosts(within: .milliseconds(50)).isEmpty)
        let (one, other) = (try lattice.host("b"), try lattice.host("a"))
        let replies = try await client.hosts(within: .milliseconds(100))
        #expect(replies.map(\.host) == [other.key, one.key])
    }

    @Test("when all who should answer have, nobody waits")
    func hostsEarly() async throws {
        let (one, other) = (try lattice.host("b"), try lattice.host("a"))
        let replies = try await client.hosts(
            expecting: [one.cluster.publicKey, other.cluster.publicKey], within: .seconds(600))
        #expect(replies.map(\.name) == ["a", "b"])
    }

    @Test("a stranger who answers first does not take the place of a host")
    func stranger() async throws {
        let (stranger, host) = (try lattice.host("stranger"), try lattice.host("host"))
        let replies = try await client.hosts(expecting: [host.cluster.publicKey], within: .milliseconds(100))
        #expect(Set(replies.map(\.host)) == [stranger.key, host.key])
    }

    @Test("inventories of all hosts; one that is gone is named")
    func inventories() async throws {
        let (one, gone) = (try lattice.host("one"), try lattice.host("gone"))
        let key = ModuleKeyPair.generate().publicKey
        one.state.withLock {
            $0.actors = [ActorDescription(key: key, imageReference: nil, name: "counter", instances: [])]
        }
        let hosts = try await client.hosts(within: .milliseconds(100))
        gone.vanish()
        let view = await client.view(of: hosts)
        #expect(view.inventories.map(\.host) == [one.key] && view.silent == [gone.key])
        #expect(view.runs(of: key).map(\.host) == [one.key])
        #expect(view.presence.actors == [key])
    }

    @Test("a provider that failed serves nobody")
    func serving() async throws {
        let host = try lattice.host("one")
        let contract = try ContractID("wasmcloud:keyvalue")
        let keys = (0..<3).map { _ in ProviderKeyPair.generate().publicKey }
        host.state.withLock { state in
            for (key, providerState) in zip(keys, [.running, .failed, nil] as [ProviderDescription.State?]) {
                state.providers.append(
                    ProviderDescription(
                        key: key, imageReference: nil, contract: contract.text, link: .default, name: nil,
                        state: providerState))
            }
        }
        let view = await client.view(of: try await client.hosts(within: .milliseconds(100)))
        #expect(view.providers(of: contract, .default) == [keys[0], keys[2]].sorted())
        #expect(view.providers(of: contract, try LinkName("x")).isEmpty)
        #expect(view.presence.providers.count == 2)
    }

    @Test("without hosts, a question fails at once and says so")
    func nobody() async throws {
        await #expect(throws: ControlError.nobody(.default)) { try await client.links() }
        let key = HostKeyPair.generate().publicKey
        await #expect(throws: ControlError.noHost(key)) { try await client.inventory(of: key) }
        await #expect(throws: ControlError.noHost(key)) { try await client.stop(host: key, wait: .seconds(1)) }
        #expect(try await client.refusals(hostsCount: 1).isEmpty)
    }

    @Test("a host's no to a question is told in its words")
    func refusedQuestion() async throws {
        let bus = lattice.server.connect()
        let subscription = try bus.subscribe(SubjectPattern(lattice.subjects.control(.getLinks))) { message in
            try? bus.answer(message, ControlAck.failed("not now").json)
        }
        await #expect(throws: ControlError.refused("not now")) { try await client.links() }
        subscription.unsubscribe()
    }

    @Test("an answer that is no JSON is an error")
    func unreadable() async throws {
        let bus = lattice.server.connect()
        let subscription = try bus.subscribe(SubjectPattern(lattice.subjects.control(.getLinks))) { message in
            try? bus.answer(message, [0x7B])
        }
        do {
            _ = try await client.links()
            Issue.record("no error")
        } catch {
            guard case .unreadable = error else { throw error }
        }
        subscription.unsubscribe()
    }

    @Test("refusals of all hosts, the newest first")
    func refusals() async throws {
        let (one, other) = (try lattice.host("one"), try lattice.host("other"))
        func report(_ call: String, _ time: Int64) -> RefusalReport {
            RefusalReport(code: "no-link", sentence: call, call: call, time: WallTime(milliseconds: time))
        }
        one.state.withLock { $0.refusals = [report("b", 20), report("a", 10)] }
        other.state.withLock { $0.refusals = [report("c", 15)] }
        let newest = try await client.refusals(countMax: 3, hostsCount: 2)
        #expect(newest.map(\.sentence) == ["b", "c", "a"])
        #expect(newest.map(\.host) == [one.key, other.key, one.key])
        #expect(try await client.refusals(hostsCount: 2).map(\.sentence) == ["b"])
        #expect(
            try await client.refusals(of: InvocationID("c"), hostsCount: 2).map(\.sentence) == ["c"])
    }

    @Test("commands carry how long to wait, and come back with their outcome")
    func commands() async throws {
        let host = try lattice.host("one")
        let reference = ArtifactReference(try await client.put(module: [1, 2, 3]))
        #expect(
            try await client.start(actor: reference, on: host.key, instancesMax: 7, wait: .seconds(3)).outcome
                == .started)
        guard case .startActor(let command)? = host.state.withLock({ $0.commands.first }) else {
            Issue.record("not told")
            return
        }
        #expect(command.reference == reference && command.instancesMax == 7)
        #expect(command.options.waitMilliseconds == 3_000)
        let bytes = try await lattice.client.objects.bucket(lattice.subjects.moduleBucket).get(
            ModuleReference(SHA256Digest(of: [1, 2, 3])).objectName(), bytesMax: 10)
        #expect(bytes == [1, 2, 3])
        host.state.withLock { $0.acks[.stopActor] = .failed("no") }
        let key = ModuleKeyPair.generate().publicKey
        #expect(try await client.stop(actor: key, on: host.key, wait: .seconds(1)) == .failed("no"))
    }

    @Test("willing hosts bid")
    func auctions() async throws {
        let arm = try lattice.host("arm", labels: ["arch": "arm"])
        _ = try lattice.host("x86", labels: ["arch": "x86"])
        let reference = try ArtifactReference("redis")
        let window = Duration.milliseconds(100)
        #expect(
            try await client.bids(ActorAuction(reference), hostsCount: 2, within: .seconds(60)).count == 2)
        #expect(
            try await client.bids(
                ActorAuction(reference, constraints: ["arch": "arm"]), hostsCount: 2, within: window) == [arm.key])
        #expect(
            try await client.bids(
                ProviderAuction(reference, constraints: ["arch": "z"]), hostsCount: 2, within: window
            ).isEmpty)
    }

    @Test("events reach whoever asks for them")
    func events() async throws {
        let seen = Mutex<[String]>([])
        let subscription = try client.events { event in seen.withLock { $0.append(event.type) } }
        let host = HostKeyPair.generate().publicKey
        for message in LatticeEvent.hostStopped(labels: [:]).messages(
            id: "1", source: host, time: .now(), in: lattice.subjects)
        {
            try client.bus.publish(message)
        }
        try client.bus.publish([0x7B], to: lattice.subjects.events)
        try await client.bus.flush(timeout: .seconds(5))
        #expect(seen.withLock { $0 } == [EventName.hostStopped.type])
        subscription.unsubscribe()
    }
}
