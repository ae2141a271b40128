import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTestSupport
import LatticeTrust
import Synchronization
import Testing

@testable import LatticeExchange

@Suite("Watching the lattice's buckets")
struct WatchTests {
    // MARK: The document

    @Test("a newer document counts at once, and whom nobody trusts any more is named")
    func documents() async throws {
        let bench = try ExchangeBench()
        let kept = AccountKeyPair.generate().publicKey
        var settings = TrustSettings()
        settings.issuers = [kept]
        let watcher = Watcher(bench, settings: settings)
        try await watcher.untilCurrent()
        try await bench.put(.document, bench.document(1, issuers: [bench.account.publicKey, kept]).text)
        try await watcher.wait("version 1") {
            if case .documentAdopted(let document, [], []) = $0 { document.version == 1 } else { false }
        }
        #expect(watcher.gatekeeper.basis.documentVersion == 1)
        #expect(watcher.gatekeeper.basis.isEnrolled(bench.two.cluster.publicKey))
        try await bench.put(.document, bench.document(5, issuers: [], clusters: [bench.one.entry]).text)
        let (account, cluster) = (bench.account.publicKey, bench.two.cluster.publicKey)
        try await watcher.wait("version 5") {
            guard case .documentAdopted(let document, let issuers, let clusters) = $0 else { return false }
            // What the configuration trusts stays trusted.
            return document.version == 5 && issuers == [account] && clusters == [cluster]
        }
        #expect(!watcher.gatekeeper.basis.isEnrolled(cluster))
        #expect(watcher.trust.highestVersion == 5)
    }

    @Test("an older document is outdated, and ours can be written over it")
    func olderDocument() async throws {
        let bench = try ExchangeBench()
        let ours = try bench.document(7)
        let watcher = Watcher(bench, document: ours)
        try await watcher.untilCurrent()
        let revision = try await bench.put(.document, bench.document(6).text)
        try await watcher.wait("outdated") {
            if case .documentOutdated(found: 6, revision) = $0 { true } else { false }
        }
        #expect(watcher.gatekeeper.basis.documentVersion == 7)
        #expect(try await !watcher.watch.writeBack(over: MetadataRevision(revision.number + 9)), "somebody was quicker")
        #expect(try await watcher.watch.writeBack(over: revision))
        let stored = try await bench.trustBucket(nil).get(TrustBucketKey.document.metadataKey())
        #expect(stored?.value == Array(ours.text.utf8))
    }

    @Test("a bucket without a document is told once all was read, and when it is deleted")
    func missingDocument() async throws {
        let bench = try ExchangeBench()
        let watcher = Watcher(bench, document: try bench.document(7))
        try await watcher.untilCurrent()
        let isMissing: @Sendable (KnowledgeChange) -> Bool = {
            if case .documentOutdated(nil, .none) = $0 { true } else { false }
        }
        try await watcher.wait("missing", until: isMissing)
        #expect(try await watcher.watch.writeBack(over: .none))
        try await bench.delete(.document)
        try await watcher.changes.wait("missing again") { $0.filter(isMissing).count == 2 }
        // A marker is no value: writing back works over it, too.
        #expect(try await watcher.watch.writeBack(over: .none))
    }

    @Test("of two documents of one version only one is ever written back")
    func twins() async throws {
        let bench = try ExchangeBench()
        let documents = try [bench.document(3), bench.document(3)].sorted { $0.text < $1.text }
        let key = try TrustBucketKey.document.metadataKey()
        let (lower, higher) = (documents[0], documents[1])
        let first = Watcher(bench, document: lower)
        let second = Watcher(bench, document: higher)
        try await first.untilCurrent()
        try await second.untilCurrent()
        try await bench.put(.document, higher.text)
        #expect(try await first.refusal(of: key).contains("another document of version 3"))
        try await bench.put(.document, lower.text)
        try await second.wait("outdated") { if case .documentOutdated(found: 3, _) = $0 { true } else { false } }
        #expect(first.trust.document == lower)
        #expect(second.trust.document == higher)
    }

    @Test("a document that another operator signed, of another lattice, or without an operator here is refused")
    func foreignDocuments() async throws {
        let bench = try ExchangeBench()
        let key = try TrustBucketKey.document.metadataKey()
        let watcher = Watcher(bench)
        try await watcher.untilCurrent()
        let keyless = Watcher(bench, operatorKey: .some(nil))
        try await keyless.untilCurrent()
        try await bench.put(.document, bench.document(9, by: .generate()).text)
        #expect(try await watcher.refusal(of: key).contains("where the operator"))
        #expect(try await keyless.refusal(of: key).contains("trust.operator"))
        #expect(watcher.gatekeeper.basis.documentVersion == 0)
    }

    // MARK: Actors

    @Test("an actor counts with its own token, whoever put it there; what does not verify is refused with the reason")
    func actors() async throws {
        let bench = try ExchangeBench()
        let watcher = Watcher(bench)
        try await watcher.untilCurrent()
        let (actor, other) = (bench.actor, bench.other)
        try await bench.put(.claims(actor), bench.claims(of: actor, alias: "counter"))
        try await watcher.wait("added") { if case .actor(.added) = $0 { true } else { false } }
        #expect(watcher.gatekeeper.records.actors(called: "counter") == [actor])
        // Signed by somebody whom nobody trusts: known, and refused whenever it is used.
        try await bench.put(.claims(other), bench.claims(of: other, by: bench.stranger))
        try await watcher.changes.wait("added too") { events in
            events.contains { if case .actor(.added(let record)) = $0 { record.key == other } else { false } }
        }
        // The neighbours: another actor's token, half of one, none.
        let token = bench.claims(of: actor)
        for bad in [bench.claims(of: other), String(token.dropLast(10)), ""] {
            let count = watcher.changes.events.count
            try await bench.put(.claims(actor), bad)
            let key = try TrustBucketKey.claims(actor).metadataKey()
            try await watcher.changes.wait("refused") { $0.dropFirst(count).contains { $0.refused(key) != nil } }
            #expect(watcher.gatekeeper.records.actor(actor) == nil, "what stood there before is gone")
            try await bench.put(.claims(actor), bench.claims(of: actor))
            try await watcher.changes.wait("added again") { events in
                events.dropFirst(count).contains { if case .actor(.added) = $0 { true } else { false } }
            }
        }
    }

    @Test("deleted claims take the actor with them, but not one that runs here")
    func deletedClaims() async throws {
        let bench = try ExchangeBench()
        let (here, gone) = (bench.actor, bench.other)
        let watcher = Watcher(bench, runsHere: { $0 == here })
        try await watcher.untilCurrent()
        let own = try ActorRecord(verifying: bench.claims(of: here), of: here)
        _ = watcher.gatekeeper.update { $0.put(own) }
        try await bench.put(.claims(gone), bench.claims(of: gone))
        try await bench.delete(.claims(here))
        try await bench.delete(.claims(gone))
        try await watcher.wait("removed") {
            if case .actor(.removed(let record)) = $0 { record.key == gone } else { false }
        }
        #expect(watcher.gatekeeper.records.actor(here) == own)
        #expect(watcher.gatekeeper.records.actor(gone) == nil)
    }

    @Test("whatever the bucket says of an actor that runs here, it keeps its own claims, and is told to publish them")
    func displacedClaims() async throws {
        let bench = try ExchangeBench()
        let here = bench.actor
        let watcher = Watcher(bench, document: try bench.document(1), runsHere: { $0 == here })
        try await watcher.untilCurrent()
        let own = try ActorRecord(verifying: bench.claims(of: here), of: here)
        _ = watcher.gatekeeper.update { $0.put(own) }
        let countOf: @Sendable ([KnowledgeChange]) -> Int = { changes in
            changes.count { if case .displaced(here) = $0 { true } else { false } }
        }
        for bad in [bench.claims(of: here, by: bench.stranger), bench.claims(of: bench.other), ""] {
            let count = countOf(watcher.changes.events)
            try await bench.put(.claims(here), bad)
            try await watcher.changes.wait("displaced") { countOf($0) == count + 1 }
            #expect(watcher.gatekeeper.records.actor(here) == own)
        }
        // The neighbours: its own, and those of another version that somebody trusted signed.
        try await bench.put(.claims(here), bench.claims(of: here))
        try await bench.put(.claims(here), bench.claims(of: here, alias: "next"))
        try await bench.delete(.claims(here))
        try await watcher.changes.wait("displaced by the deletion only") { countOf($0) == 4 }
        #expect(watcher.gatekeeper.records.actor(here) == own)
    }

    @Test("something that is no document is reported for writing back; the document of another operator is not")
    func noDocument() async throws {
        let bench = try ExchangeBench()
        let watcher = Watcher(bench, document: try bench.document(7))
        try await watcher.untilCurrent()
        let foreign = try await bench.put(.document, bench.document(9, by: .generate()).text)
        let junk = try await bench.put(.document, "no document")
        try await watcher.wait("outdated") { if case .documentOutdated(nil, junk) = $0 { true } else { false } }
        #expect(
            !watcher.changes.events.contains { if case .documentOutdated(_, foreign) = $0 { true } else { false } })
        #expect(try await watcher.watch.writeBack(over: junk))
    }

    @Test(
        "claims of the classic bucket count under the classic profile only, and never before the actor's own",
        arguments: [
            (TrustSettings.Links.classic, TrustSettings.Invocations.classic, true),
            (.classic, .strict, false), (.signed, .classic, false), (.signed, .strict, false),
        ])
    func classicClaims(
        links: TrustSettings.Links, invocations: TrustSettings.Invocations, count: Bool
    ) async throws {
        let bench = try ExchangeBench()
        let watcher = Watcher(bench, settings: TrustSettings(links: links, invocations: invocations))
        try await watcher.untilCurrent()
        let (actor, other) = (bench.actor, bench.other)
        let entry = { (key: ModuleKey) in
            ClaimsEntry(
                subject: .actor(key), issuer: "\(bench.account.publicKey)", name: "n", revision: "1", version: "1",
                capabilities: ["a:classic"])
        }
        try await bench.put(.claims(other), bench.claims(of: other))
        try await watcher.wait("own claims") { if case .actor = $0 { true } else { false } }
        try await bench.put(.claims(AnyKey(actor)), entry(actor).json)
        try await bench.put(.claims(AnyKey(other)), entry(other).json)
        // What comes later has been told later.
        let last = LatticeDataKey.claims(AnyKey(bench.provider))
        try await bench.put(last, entry(other).json)
        _ = try await watcher.refusal(of: last.metadataKey())
        #expect((watcher.gatekeeper.records.actor(actor) != nil) == count)
        #expect(watcher.gatekeeper.records.actor(other)?.capabilities == ["wasmcloud:keyvalue"])
        // Without its own claims the actor falls back to the classic ones.
        try await bench.delete(.claims(other))
        try await watcher.changes.wait("changed") { events in
            events.contains { event in
                switch event {
                case .actor(.removed(let record)): record.key == other && !count
                case .actor(.replaced(let record, _)): record.capabilities == ["a:classic"] && count
                default: false
                }
            }
        }
    }

    // MARK: Links

    @Test("links come, change and go")
    func links() async throws {
        let bench = try ExchangeBench()
        let watcher = Watcher(bench, document: try bench.document())
        try await watcher.untilCurrent()
        let link = bench.link()
        try await bench.put(link)
        try await watcher.wait("added") { if case .link(.added) = $0 { true } else { false } }
        let record = watcher.gatekeeper.records.link(bench.actor, bench.contract, .default)
        #expect(throws: Never.self) { try record?.check(watcher.gatekeeper.basis, Revocations(), at: .now()) }
        let changed = bench.link(values: ["URL": "redis://y"], isGranted: false)
        try await bench.put(changed)
        try await watcher.wait("replaced") {
            if case .link(.replaced(let new, let old)) = $0 {
                new.definition == changed && new.proof == .none && old.definition == link
            } else {
                false
            }
        }
        try await bench.delete(.link(link.id))
        try await watcher.wait("removed") { if case .link(.removed) = $0 { true } else { false } }
        #expect(watcher.gatekeeper.records.allLinks.isEmpty)
    }

    @Test("entries that are no links are refused, shown, and take the place of what they overwrote")
    func refusedLinks() async throws {
        let bench = try ExchangeBench()
        let watcher = Watcher(bench)
        try await watcher.untilCurrent()
        let link = bench.link()
        let other = LinkDefinition(actor: bench.other, provider: bench.provider, contract: bench.contract)
        let odd = try MetadataKey("LINKDEF_odd")
        let bucket = bench.dataBucket
        let key = try LatticeDataKey.link(link.id).metadataKey()
        try await bench.put(link)
        try await bucket.put(key, other.json)
        #expect(try await watcher.refusal(of: key).contains("the hash of another link"))
        #expect(watcher.gatekeeper.records.allLinks.isEmpty)
        try await bucket.put(odd, Array(#"{"actor_id":"me","values":{}}"#.utf8))
        _ = try await watcher.refusal(of: odd)
        let shown = watcher.watch.refusedLinks
        #expect(shown.map(\.state) == [.refused, .refused])
        #expect(shown.contains { $0.actor == "\(bench.other)" && $0.reason?.contains("another link") == true })
        #expect(shown.contains { $0.actor == "me" && $0.reason?.contains("LINKDEF_odd") == true })
        try await bench.put(link)
        try await bucket.delete(odd)
        try await watcher.changes.wait("added again") {
            $0.filter { if case .link(.added) = $0 { true } else { false } }.count == 2
        }
        // The deletion has been taken when what follows it has.
        try await bench.put(other)
        try await watcher.changes.wait("added") {
            $0.filter { if case .link(.added) = $0 { true } else { false } }.count == 3
        }
        #expect(watcher.watch.refusedLinks.isEmpty)
    }

    @Test("providers' claims are remembered for remedies, references ignored, and strange keys told")
    func otherEntries() async throws {
        let bench = try ExchangeBench()
        let watcher = Watcher(bench)
        try await watcher.untilCurrent()
        let entry = ClaimsEntry(
            subject: .provider(bench.provider), issuer: "x", name: "kv", revision: "0", version: "",
            contract: bench.contract.text)
        try await bench.put(.claims(AnyKey(bench.provider)), entry.json)
        try await bench.put(.reference("example.org/echo:1"), Array("{}".utf8))
        let strange = try MetadataKey("strange")
        try await bench.dataBucket.put(strange, [1])
        #expect(try await watcher.refusal(of: strange) == "it is no key of this bucket")
        #expect(watcher.gatekeeper.records.providers(of: bench.contract) == [bench.provider])
        #expect(watcher.refusals().count == 1)
    }

    @Test("a bucket with more entries than are kept is told so")
    func tooMany() async throws {
        let bench = try ExchangeBench()
        let watcher = Watcher(bench, entriesMax: 1)
        try await watcher.untilCurrent()
        try await bench.put(.claims(bench.actor), bench.claims(of: bench.actor))
        try await bench.put(.claims(bench.other), bench.claims(of: bench.other))
        let reason = try await watcher.refusal(of: TrustBucketKey.claims(bench.other).metadataKey())
        #expect(reason == "this process keeps no more entries")
        #expect(watcher.gatekeeper.records.actor(bench.actor) != nil)
    }

    @Test("what strangers write takes up half of the room at most, and revocations need none")
    func room() async throws {
        let bench = try ExchangeBench()
        let watcher = Watcher(bench, document: try bench.document(1), entriesMax: 4)
        try await watcher.untilCurrent()
        let strangers = (0..<3).map { _ in ModuleKeyPair.generate().publicKey }
        for key in strangers { try await bench.put(.claims(key), bench.claims(of: key, by: bench.stranger)) }
        let reason = try await watcher.refusal(of: TrustBucketKey.claims(strangers[2]).metadataKey())
        #expect(reason == "this process keeps no more entries")
        for key in [bench.actor, bench.other] { try await bench.put(.claims(key), bench.claims(of: key)) }
        let signer = AnyKey(bench.account.publicKey)
        try await bench.put(.revoked(signer), bench.revocations(1, ["a"]))
        try await watcher.wait("revoked") { if case .revocations = $0 { true } else { false } }
        #expect(watcher.gatekeeper.records.actor(bench.other) != nil)
        #expect(watcher.gatekeeper.records.revocations.list(of: signer)?.grants == ["a"])
    }

    // MARK: Revocations and certificates

    @Test("what was revoked stays so, whatever the bucket says later")
    func revocations() async throws {
        let bench = try ExchangeBench()
        let watcher = Watcher(bench)
        try await watcher.untilCurrent()
        let key = TrustBucketKey.revoked(AnyKey(bench.account.publicKey))
        let signer = AnyKey(bench.account.publicKey)
        try await bench.put(key, bench.revocations(2, ["a"]))
        try await watcher.wait("revoked") { if case .revocations = $0 { true } else { false } }
        try await bench.delete(key)
        try await bench.put(key, bench.revocations(1, []))
        #expect(try await watcher.refusal(of: key.metadataKey()).contains("version 2 was seen before"))
        #expect(watcher.gatekeeper.records.revocations.list(of: signer)?.grants == ["a"])
    }

    @Test("a certificate counts as soon as its host is enrolled, also when it came before the document")
    func certificates() async throws {
        let bench = try ExchangeBench()
        let process = ClusterKeyPair.generate().publicKey
        let watcher = Watcher(bench)
        try await watcher.untilCurrent()
        let key = try TrustBucketKey.process(process).metadataKey()
        try await watcher.untilCurrent()
        try await bench.put(.process(process), bench.certificate(of: process))
        #expect(try await watcher.refusal(of: key).contains("the cluster key of an enrolled host"))
        #expect(watcher.gatekeeper.certificate(of: process) == nil)
        try await bench.put(.document, bench.document().text)
        try await watcher.wait("document") { if case .documentAdopted = $0 { true } else { false } }
        #expect(watcher.gatekeeper.certificate(of: process) != nil)
        // Under another key than its own it says nothing.
        let other = ClusterKeyPair.generate().publicKey
        try await bench.put(.process(other), bench.certificate(of: process))
        #expect(
            try await watcher.refusal(of: TrustBucketKey.process(other).metadataKey())
                == "it is about the key \(process)")
        try await bench.delete(.process(process))
        try await bench.put(.process(other), "")
        try await watcher.changes.wait("refused") { $0.filter { $0.refused(key) != nil }.count == 1 }
        try await watcher.changes.wait("refused again") { events in
            events.filter { if case .refused(_, .trust, _) = $0 { true } else { false } }.count == 3
        }
        #expect(watcher.gatekeeper.certificate(of: process) == nil)
    }

    @Test("a certificate that is not told yet is looked for, once, and only while somebody runs the lookup")
    func lookup() async throws {
        let bench = try ExchangeBench()
        let process = ClusterKeyPair.generate().publicKey
        let trust = TrustKeeper(
            operatorKey: bench.operator.publicKey, lattice: bench.lattice, document: try bench.document().text)
        let gatekeeper = Gatekeeper(trust.basis)
        let lookup = CertificateLookup(InMemoryMetadataStore(bench.connect()), bench.subjects, gatekeeper)
        let answers = EventLog<ClusterKey>()
        lookup.find(process) { answers.append(process) }
        #expect(answers.events.count == 1, "nobody runs it, so it says at once that there is nothing")
        let task = Task { await lookup.run() }
        try await bench.put(.process(process), bench.certificate(of: process))
        let limit = ContinuousClock.now + .seconds(20)
        while gatekeeper.certificate(of: process) == nil {
            try #require(ContinuousClock.now < limit)
            let count = answers.events.count
            lookup.find(process) { answers.append(process) }
            try await answers.wait(forCount: count + 1)
        }
        let nobody = ClusterKeyPair.generate().publicKey
        lookup.find(nobody) { answers.append(nobody) }
        try await answers.wait(for: nobody)
        #expect(gatekeeper.certificate(of: nobody) == nil)
        task.cancel()
        await task.value
        let count = answers.events.count
        lookup.find(nobody) { answers.append(nobody) }
        #expect(answers.events.count == count + 1)
    }

    // MARK: Outages

    @Test("a lost bus is told with the time of the loss, once, and everything is current again after it")
    func outage() async throws {
        let bench = try ExchangeBench()
        let watcher = Watcher(bench)
        #expect(watcher.watch.state == .catchingUp)
        try await watcher.untilCurrent()
        #expect(watcher.watch.state == .current)
        watcher.bus.disconnect(reason: "cable")
        try await watcher.wait("interrupted") { if case .interrupted = $0 { true } else { false } }
        guard case .interrupted(let since, .bus(.disconnected(let lost, "cable"))) = watcher.watch.state else {
            Issue.record("\(watcher.watch.state)")
            return
        }
        #expect(since == lost)
        let link = bench.link()
        try await bench.put(link)
        watcher.bus.reconnect()
        try await watcher.wait("link") { if case .link(.added) = $0 { true } else { false } }
        try await watcher.changes.wait("current again") {
            $0.filter { if case .current = $0 { true } else { false } }.count == 2
        }
        #expect(watcher.changes.events.filter { if case .interrupted = $0 { true } else { false } }.count == 1)
    }

    @Test("a watch that ends with an error is begun again, and what is gone by then is removed")
    func endedWatch() async throws {
        let bench = try ExchangeBench()
        let fault = WatchFault()
        let watcher = Watcher(bench, store: { FaultyStore(InMemoryMetadataStore($0), fault) })
        try await watcher.untilCurrent()
        try await bench.put(bench.link())
        try await watcher.wait("link") { if case .link(.added) = $0 { true } else { false } }
        try await watcher.untilCurrent()
        fault.strike(.refused("maintenance"))
        try await watcher.wait("interrupted") {
            if case .interrupted(.refused("maintenance")) = $0 { true } else { false }
        }
        // While nobody watches, the bucket becomes another one.
        fault.empty()
        fault.heal()
        try await watcher.wait("removed") { if case .link(.removed) = $0 { true } else { false } }
        try await watcher.changes.wait("current again") {
            $0.filter { if case .current = $0 { true } else { false } }.count == 2
        }
    }
}

/// Ends watches, and refuses new ones until healed.
final class WatchFault: Sendable {
    private struct Contents {
        var error: StoreError?
        var isEmpty = false
        var watches: [Task<Void, Never>] = []
    }

    private let contents = Mutex(Contents())

    var error: StoreError? { contents.withLock(\.error) }
    var isEmpty: Bool { contents.withLock(\.isEmpty) }

    func strike(_ error: StoreError) {
        let watches = contents.withLock { contents in
            contents.error = error
            return contents.watches
        }
        for watch in watches { watch.cancel() }
    }

    func heal() { contents.withLock { $0.error = nil } }
    func empty() { contents.withLock { $0.isEmpty = true } }
    func add(_ watch: Task<Void, Never>) { contents.withLock { $0.watches.append(watch) } }
}

struct FaultyStore: MetadataStore {
    let store: any MetadataStore
    let fault: WatchFault

    init(_ store: any MetadataStore, _ fault: WatchFault) {
        self.store = store
        self.fault = fault
    }

    func bucket(_ name: BucketName) -> any MetadataBucket { FaultyBucket(bucket: store.bucket(name), fault: fault) }
}

struct FaultyBucket: MetadataBucket {
    let bucket: any MetadataBucket
    let fault: WatchFault

    var name: BucketName { bucket.name }
    func open() async throws(StoreError) { try await bucket.open() }
    func get(_ key: MetadataKey) async throws(StoreError) -> MetadataEntry? { try await bucket.get(key) }
    func delete(_ key: MetadataKey) async throws(StoreError) { try await bucket.delete(key) }

    func put(_ key: MetadataKey, _ value: [UInt8]) async throws(StoreError) -> MetadataRevision {
        try await bucket.put(key, value)
    }

    func put(
        _ key: MetadataKey, _ value: [UInt8], at revision: MetadataRevision
    ) async throws(StoreError) -> MetadataRevision { try await bucket.put(key, value, at: revision) }

    func entries(entriesMax: Int) async throws(StoreError) -> [MetadataEntry] {
        try await bucket.entries(entriesMax: entriesMax)
    }

    func watch(_ onEvent: @escaping @Sendable (MetadataEvent) -> Void) async throws(StoreError) {
        if let error = fault.error { throw error }
        if fault.isEmpty { onEvent(.current) }
        let watch = Task { [bucket, fault] in
            guard !fault.isEmpty else {
                // Nothing is ever told again.
                while !Task.isCancelled { try? await Task.sleep(for: .seconds(60)) }
                return
            }
            try? await bucket.watch(onEvent)
        }
        fault.add(watch)
        await withTaskCancellationHandler {
            await watch.value
        } onCancel: {
            watch.cancel()
        }
        if !Task.isCancelled, let error = fault.error { throw error }
    }
}
