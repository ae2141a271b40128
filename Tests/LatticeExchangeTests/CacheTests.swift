import Foundation
import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTestSupport
import LatticeTrust
import Testing

@testable import LatticeExchange

@Suite("What is remembered on disk")
struct CacheTests {
    private func filled(_ bench: ExchangeBench, _ folder: TemporaryFolder) async throws {
        let watcher = Watcher(bench, cache: KnowledgeCache(folder: folder.path))
        try await bench.put(.document, bench.document(4).text)
        try await bench.put(.claims(bench.actor), bench.claims(of: bench.actor, alias: "counter"))
        try await bench.put(.revoked(AnyKey(bench.account.publicKey)), bench.revocations(1, ["gone"]))
        try await bench.put(bench.link())
        try await watcher.wait("link") { if case .link(.added) = $0 { true } else { false } }
        try await watcher.wait("revocations") { if case .revocations = $0 { true } else { false } }
        await watcher.stop()
    }

    @Test("a restarted process knows document, actors, links and revocations without a bus")
    func restored() async throws {
        let (bench, folder) = (try ExchangeBench(), try TemporaryFolder())
        try await filled(bench, folder)
        let again = Watcher(bench, cache: KnowledgeCache(folder: folder.path), isRunning: false)
        #expect(again.trust.problems.isEmpty)
        #expect(again.gatekeeper.basis.documentVersion == 4)
        again.watch.restore()
        let records = again.gatekeeper.records
        #expect(records.actors(called: "counter") == [bench.actor])
        #expect(records.link(bench.actor, bench.contract, .default)?.definition.provider == bench.provider)
        #expect(records.revocations.list(of: AnyKey(bench.account.publicKey))?.grants == ["gone"])
        let judge = again.gatekeeper.judge
        let call = OutgoingCall(from: bench.actor, namespace: bench.contract.text, link: "default")
        #expect(throws: Never.self) { try judge.judge(call, at: .now()) }
        #expect(again.changes.events.filter(\.isCacheProblem).isEmpty)
    }

    @Test("a change reaches the disk by itself")
    func savedSoon() async throws {
        let (bench, folder) = (try ExchangeBench(), try TemporaryFolder())
        let watcher = Watcher(bench, cache: KnowledgeCache(folder: folder.path))
        try await bench.put(bench.link())
        try await watcher.wait("link") { if case .link(.added) = $0 { true } else { false } }
        let limit = ContinuousClock.now + .seconds(20)
        while folder.read("knowledge.json")?.contains("LINKDEF_") != true {
            try #require(ContinuousClock.now < limit)
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test("what the bucket lost meanwhile is forgotten when it has told everything, but never a revocation")
    func lostMeanwhile() async throws {
        let folder = try TemporaryFolder()
        let bench = try ExchangeBench()
        try await filled(bench, folder)
        // A server without memory in the place of the one that was.
        let fault = WatchFault()
        fault.empty()
        let again = Watcher(
            bench, cache: KnowledgeCache(folder: folder.path),
            store: { FaultyStore(InMemoryMetadataStore($0), fault) }, isRunning: false)
        again.watch.restore()
        #expect(again.gatekeeper.records.allLinks.count == 1)
        let task = Task { await again.watch.run() }
        try await again.untilCurrent()
        #expect(again.gatekeeper.records.allLinks.isEmpty)
        #expect(again.gatekeeper.records.allActors.isEmpty)
        #expect(again.gatekeeper.records.revocations.list(of: AnyKey(bench.account.publicKey)) != nil)
        #expect(again.gatekeeper.basis.documentVersion == 4)
        task.cancel()
        await task.value
        #expect(folder.read("knowledge.json")?.contains("LINKDEF_") == false)
        #expect(folder.read("knowledge.json")?.contains("revoked.") == true)
    }

    @Test("the version is on disk before the document counts, and no older one counts after a restart")
    func highestVersion() async throws {
        let (bench, folder) = (try ExchangeBench(), try TemporaryFolder())
        let cache = KnowledgeCache(folder: folder.path)
        let keeper = TrustKeeper(operatorKey: bench.operator.publicKey, lattice: bench.lattice, cache: cache)
        #expect(keeper.highestVersion == 0)
        guard case .adopted? = keeper.consider(try bench.document(4).text).change else {
            Issue.record("not adopted")
            return
        }
        #expect(folder.read("trust-versions") == "default \(bench.operator.publicKey) 4\n")
        #expect(folder.read("trust-document") == keeper.document?.text)
        // Without its document the number alone still holds.
        try FileManager.default.removeItem(atPath: folder.path + "/trust-document")
        let again = TrustKeeper(operatorKey: bench.operator.publicKey, lattice: bench.lattice, cache: cache)
        #expect(again.document == nil)
        #expect(again.consider(try bench.document(3).text).change == .outdated(found: 3))
        #expect(again.consider(try bench.document(4).text).change == .outdated(found: 4))
        #expect(again.highestVersion == 4)
        // Another operator's documents are another chain; ours is remembered beside it.
        let other = OperatorKeyPair.generate()
        let foreign = TrustKeeper(operatorKey: other.publicKey, lattice: bench.lattice, cache: cache)
        guard case .adopted? = foreign.consider(try bench.document(1, by: other).text).change else {
            Issue.record("not adopted")
            return
        }
        #expect(try cache.highestVersion(of: bench.operator.publicKey, in: bench.lattice) == 4)
        #expect(try cache.highestVersion(of: other.publicKey, in: bench.lattice) == 1)
    }

    @Test("of a crash between the two files nothing is lost: the document proves its version")
    func crashBetween() async throws {
        let (bench, folder) = (try ExchangeBench(), try TemporaryFolder())
        let cache = KnowledgeCache(folder: folder.path)
        try cache.save(bench.document(4))
        try folder.write(bench.document(5).text, to: "trust-document")
        let keeper = TrustKeeper(operatorKey: bench.operator.publicKey, lattice: bench.lattice, cache: cache)
        #expect(keeper.highestVersion == 5)
        // An older one that somebody put there is not taken back.
        try folder.write(bench.document(3).text, to: "trust-document")
        let fooled = TrustKeeper(operatorKey: bench.operator.publicKey, lattice: bench.lattice, cache: cache)
        #expect(fooled.document == nil)
        #expect(fooled.highestVersion == 4)
        #expect(fooled.problems.count == 1)
    }

    @Test(
        "damaged files are reported, and nothing of them is believed",
        arguments: ["trust-document", "trust-versions", "knowledge.json"])
    func damaged(name: String) async throws {
        let (bench, folder) = (try ExchangeBench(), try TemporaryFolder())
        try await filled(bench, folder)
        try folder.write("{\"format\":1,\"lattice\":\"default\",\"data\":[", to: name)
        let again = Watcher(bench, cache: KnowledgeCache(folder: folder.path), isRunning: false)
        again.watch.restore()
        let isReported = !again.trust.problems.isEmpty || again.changes.events.contains(where: \.isCacheProblem)
        #expect(isReported)
        #expect(again.trust.highestVersion == 4, "each of the two files knows it")
        #expect((again.trust.document == nil) == (name == "trust-document"))
        #expect(again.gatekeeper.records.allLinks.isEmpty == (name == "knowledge.json"))
    }

    @Test("entries on disk prove themselves as those of the bucket do; another lattice's are not looked at")
    func altered() async throws {
        let (bench, folder) = (try ExchangeBench(), try TemporaryFolder())
        try await filled(bench, folder)
        let whole = try #require(folder.read("knowledge.json"))
        try folder.write(whole.replacing("claims.\(bench.actor)", with: "claims.\(bench.other)"), to: "knowledge.json")
        let again = Watcher(bench, cache: KnowledgeCache(folder: folder.path), isRunning: false)
        again.watch.restore()
        #expect(again.gatekeeper.records.allActors.isEmpty)
        #expect(again.refusals().count == 1)
        try folder.write(whole.replacing(#""lattice":"default""#, with: #""lattice":"other""#), to: "knowledge.json")
        let elsewhere = Watcher(bench, cache: KnowledgeCache(folder: folder.path), isRunning: false)
        elsewhere.watch.restore()
        #expect(elsewhere.changes.events.isEmpty)
    }

    @Test("a document that cannot be stored counts all the same, and that is told")
    func unwritable() async throws {
        let bench = try ExchangeBench()
        let watcher = Watcher(bench, cache: KnowledgeCache(folder: "/nonexistent"))
        try await bench.put(.document, bench.document(2).text)
        try await watcher.wait("not stored") {
            if case .cache(let problem) = $0 { problem.contains("trust document is not stored") } else { false }
        }
        #expect(watcher.gatekeeper.basis.documentVersion == 2)
    }
}
