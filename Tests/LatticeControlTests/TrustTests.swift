import LatticeBus
import LatticeControlTestSupport
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Testing

@testable import LatticeControl

@Suite("trust as a client sees and changes it")
struct TrustTests {
    let lattice = ScriptedLattice()
    var client: LatticeClient { lattice.client }

    // MARK: Both buckets

    @Test("a snapshot of nothing trusts nobody")
    func empty() async throws {
        let snapshot = try await client.snapshot(operatorKey: nil)
        #expect(snapshot.document == nil && snapshot.documentProblem == nil && snapshot.expectedClusters == nil)
        #expect(snapshot.basis.issuers.isEmpty && snapshot.records.allActors.isEmpty)
    }

    @Test("a snapshot judges as a host would")
    func snapshot() async throws {
        let host = try lattice.host("one")
        try await lattice.trust(hosts: [host])
        let actor = try await lattice.actor("counter", ["wasmcloud:keyvalue"], alias: "count")
        let contract = try ContractID("wasmcloud:keyvalue")
        let provider = ProviderKeyPair.generate().publicKey
        try await lattice.link(LinkDefinition(actor: actor, provider: provider, contract: contract))
        let snapshot = try await client.snapshot(operatorKey: lattice.operatorKeys.publicKey)
        #expect(snapshot.expectedClusters == [host.cluster.publicKey])
        let judge = OutgoingJudge(basis: snapshot.basis, records: snapshot.records)
        let call = OutgoingCall(from: actor, namespace: contract.text, link: "default")
        guard case .provider(let link) = try judge.judge(call, at: .now()) else {
            Issue.record("not a provider")
            return
        }
        #expect(link.provider == provider)
    }

    @Test("what others wrote into the buckets counts for nothing")
    func hostile() async throws {
        try await lattice.trust()
        let actor = ModuleKeyPair.generate().publicKey
        let other = ModuleKeyPair.generate().publicKey
        try await lattice.actor("other", [], key: other)
        let stolen = try #require(try await lattice.trustBucket.get(TrustBucketKey.claims(other).metadataKey()))
        try await lattice.trustBucket.put(TrustBucketKey.claims(actor).metadataKey(), stolen.value)
        try await lattice.trustBucket.put(MetadataKey("nonsense"), [1])
        try await lattice.dataBucket.put(MetadataKey("LINKDEF_x"), [1])
        let entry = ClaimsEntry(
            subject: .actor(actor), issuer: "\(lattice.account.publicKey)", name: "x", revision: "0", version: "",
            capabilities: ["wasmcloud:keyvalue"])
        try await lattice.dataBucket.put(LatticeDataKey.claims(AnyKey(actor)).metadataKey(), entry.json)
        let snapshot = try await client.snapshot(operatorKey: lattice.operatorKeys.publicKey)
        #expect(snapshot.records.actor(actor) == nil && snapshot.records.actor(other) != nil)
        #expect(snapshot.records.allLinks.isEmpty)
        let classic = try await client.snapshot(
            operatorKey: lattice.operatorKeys.publicKey, settings: TrustSettings(invocations: .classic))
        #expect(classic.records.actor(actor)?.capabilities == ["wasmcloud:keyvalue"])
    }

    @Test("a document by another operator than the pinned one does not count, and why is told")
    func otherOperator() async throws {
        try await lattice.trust()
        let pinned = OperatorKeyPair.generate().publicKey
        let snapshot = try await client.snapshot(operatorKey: pinned)
        #expect(snapshot.document == nil && snapshot.basis.issuers.isEmpty)
        guard case .signer? = snapshot.documentProblem else {
            Issue.record("\(String(describing: snapshot.documentProblem))")
            return
        }
        let unpinned = try await client.snapshot(operatorKey: nil)
        #expect(unpinned.document?.operatorKey == lattice.operatorKeys.publicKey)
    }

    // MARK: Changing the document

    @Test("contents: each change once")
    func contents() throws {
        var contents = TrustContents()
        let account = AccountKeyPair.generate().publicKey
        let host = HostKeyPair.generate()
        let (cluster, newer) = (ClusterKeyPair.generate().publicKey, ClusterKeyPair.generate().publicKey)
        func enrolment(_ cluster: ClusterKey) throws -> Enrolment {
            let token = Enrolment.signed(
                by: host, cluster: cluster, lattice: .default, at: .now(), ids: lattice.ids)
            return try Enrolment(verifying: token, of: host.publicKey, lattice: .default)
        }
        #expect(contents.add(account) && !contents.add(account))
        #expect(try contents.enrol(enrolment(cluster)) && !contents.enrol(enrolment(cluster)))
        #expect(try contents.enrol(enrolment(newer)))
        #expect(contents.clusters == [.init(key: newer, host: host.publicKey)])
        #expect(contents.remove(host.publicKey) && !contents.remove(host.publicKey))
        #expect(try contents.enrol(enrolment(cluster)) && contents.remove(cluster) && !contents.remove(cluster))
        let token = TokenClaims(
            id: "x", subject: "\(account)", issuedAt: .now(), payload: SignerClaims(name: nil)
        ).signed(by: lattice.operatorKeys)
        #expect(contents.add(accountToken: token) && !contents.add(accountToken: token))
        #expect(contents.remove(account) && contents == TrustContents() && !contents.remove(account))
    }

    @Test("a version is written over the one that was read, and not over another")
    func compareAndSet() async throws {
        let none = try await client.storedTrust()
        #expect(none.text == nil && none.signer == nil && none.revision == .none)
        let first = try TrustDocument.signed(
            by: lattice.operatorKeys, lattice: .default, version: 1, issuers: [], clusters: [], at: .now(),
            ids: lattice.ids)
        try await client.put(first, over: none)
        let stored = try await client.storedTrust()
        #expect(stored.text == first.text && stored.signer == lattice.operatorKeys.publicKey)
        do {
            try await client.put(first, over: none)
            Issue.record("written twice")
        } catch {
            guard case .store(.conflict) = error else { throw error }
        }
        try await client.put(first, over: stored)
    }

    @Test("it is known which hosts go by a version")
    func spread() async throws {
        let (quick, slow) = (try lattice.host("quick"), try lattice.host("slow"))
        _ = try lattice.host("stranger")
        let document = try await lattice.trust(version: 3, hosts: [quick, slow])
        slow.state.withLock { $0.trustVersion = 2 }
        let spread = try await client.spread(of: document, within: .milliseconds(100))
        #expect(spread.reached.map(\.name) == ["quick"] && spread.behind.map(\.name) == ["slow"])
        slow.state.withLock { $0.trustVersion = 3 }
        #expect(try await client.spread(of: document, within: .seconds(60)).behind.isEmpty)
    }

    // MARK: Enrolling

    @Test("a host is enrolled by its own word, given by key or name")
    func candidate() async throws {
        let host = try lattice.host("kitchen")
        let replies = try await client.hosts(within: .milliseconds(50))
        for candidate in [
            try EnrolmentCandidate(host.key, among: replies, lattice: .default),
            try EnrolmentCandidate(named: "kitchen", among: replies, lattice: .default),
        ] {
            #expect(candidate.enrolment.host == host.key && candidate.enrolment.cluster == host.cluster.publicKey)
            #expect(candidate.name == "kitchen")
        }
        #expect(throws: EnrolmentCandidate.Problem.absent("cellar")) {
            try EnrolmentCandidate(named: "cellar", among: replies, lattice: .default)
        }
    }

    @Test("two replies that claim one name, key or cluster key: none is trusted")
    func twins() async throws {
        let host = try lattice.host("kitchen")
        _ = try lattice.host("kitchen")
        let replies = try await client.hosts(within: .milliseconds(50))
        #expect(throws: EnrolmentCandidate.Problem.claimedTwice("'kitchen'")) {
            try EnrolmentCandidate(named: "kitchen", among: replies, lattice: .default)
        }
        #expect(throws: EnrolmentCandidate.Problem.claimedTwice("the name 'kitchen'")) {
            try EnrolmentCandidate(host.key, among: replies, lattice: .default)
        }
        var forged = try #require(replies.first { $0.host == host.key })
        forged.name = "other"
        #expect(throws: EnrolmentCandidate.Problem.self) {
            try EnrolmentCandidate(host.key, among: [forged, forged], lattice: .default)
        }
        var thief = forged
        thief.host = HostKeyPair.generate().publicKey
        thief.name = "thief"
        #expect(throws: EnrolmentCandidate.Problem.claimedTwice("the cluster key \(host.cluster.publicKey)")) {
            try EnrolmentCandidate(host.key, among: [forged, thief], lattice: .default)
        }
    }

    @Test("a cluster key that the host's key has not signed for this lattice is not trusted")
    func forgedEnrolment() async throws {
        let host = try lattice.host("kitchen")
        var reply = try #require(try await client.hosts(within: .milliseconds(50)).first)
        func candidate() throws(EnrolmentCandidate.Problem) -> EnrolmentCandidate {
            try EnrolmentCandidate(host.key, among: [reply], lattice: .default)
        }
        _ = try candidate()
        let own = reply.cluster
        reply.cluster = ClusterKeyPair.generate().publicKey
        #expect(throws: EnrolmentCandidate.Problem.otherCluster(host.key, signed: host.cluster.publicKey)) {
            try candidate()
        }
        reply.cluster = own
        reply.enrolment = nil
        #expect(throws: EnrolmentCandidate.Problem.withoutEnrolment(host.key)) { try candidate() }
        let stranger = HostKeyPair.generate()
        reply.enrolment = Enrolment.signed(
            by: stranger, cluster: host.cluster.publicKey, lattice: .default, at: .now(), ids: lattice.ids)
        #expect(throws: EnrolmentCandidate.Problem.self) { try candidate() }
        reply.enrolment = Enrolment.signed(
            by: host.keys, cluster: host.cluster.publicKey, lattice: try LatticeName("other"), at: .now(),
            ids: lattice.ids)
        #expect(throws: EnrolmentCandidate.Problem.self) { try candidate() }
    }
}
