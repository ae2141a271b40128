import LatticeIdentity
import LatticeProtocol
import Testing

@testable import LatticeTrust

@Suite("grants and links")
struct GrantTests {
    @Test("the hash over values keeps keys and values apart, and their order does not matter")
    func valuesHash() {
        #expect(
            "\(Grant.valuesHash([:]))" == "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")
        let bytes: [UInt8] = [1, 0, 0, 0, 0x61, 2, 0, 0, 0, 0x62, 0x63, 1, 0, 0, 0, 0x7A, 0, 0, 0, 0]
        #expect(Grant.valuesHash(["z": "", "a": "bc"]) == SHA256Digest(of: bytes))
        let hashes = [["a": "b"], ["ab": ""], ["": "ab"], ["a": "b", "": ""]].map(Grant.valuesHash)
        #expect(Set(hashes).count == 4)
    }

    @Test("a grant fits its link and no other")
    func fits() throws {
        let world = try World()
        let link = world.granted(try world.link())
        let text = try #require(link.grant)
        let grant = try Grant(verifying: text, for: link, lattice: world.lattice)
        #expect(grant.signer == AnyKey(world.account.publicKey) && grant.link == link.id && grant.expires == nil)
        let changes: [(inout LinkDefinition) throws -> Void] = [
            { $0.actor = world.other }, { $0.provider = ProviderKeyPair.generate().publicKey },
            { $0.contract = .logging }, { $0.link = try LinkName("x") }, { $0.values["URL"] = "redis://y" },
            { $0.values = [:] }, { $0.values["x"] = "" },
        ]
        for change in changes {
            var other = link
            try change(&other)
            #expect(throws: ProofError.self) { try Grant(verifying: text, for: other, lattice: world.lattice) }
        }
        #expect(throws: ProofError.self) { try Grant(verifying: text, for: link, lattice: LatticeName("x")) }
        var same = link
        same.grant = nil
        #expect(throws: Never.self) { try Grant(verifying: text, for: same, lattice: world.lattice) }
    }

    @Test("links count with a valid grant only, and each refusal says why")
    func links() throws {
        let world = try World()
        let link = try world.link()
        let classic = try World(settings: TrustSettings(links: .classic)).basis
        var revocations = Revocations()
        func code(_ definition: LinkDefinition, _ basis: TrustBasis, at time: TokenTime) -> RefusalCode? {
            LatticeTrustTests.code {
                try LinkRecord(definition, lattice: world.lattice).check(basis, revocations, at: time)
            }
        }
        let later = world.now.advanced(by: .seconds(10))
        #expect(code(world.granted(link), world.basis, at: later) == nil)
        #expect(code(world.granted(link, by: AnyKeyPair(world.operator)), world.basis, at: later) == nil)
        #expect(code(link, world.basis, at: later) == .noGrant)
        #expect(code(link, classic, at: later) == nil)
        #expect(code(world.granted(link, by: .generate(.account)), world.basis, at: later) == .noGrant)
        #expect(code(world.granted(link, by: AnyKeyPair(world.cluster)), world.basis, at: later) == .noGrant)
        #expect(code(world.granted(link, expires: later), world.basis, at: later) == nil)
        #expect(code(world.granted(link, expires: world.now), world.basis, at: later) == .noGrant)
        var altered = world.granted(link)
        altered.values = ["URL": "other"]
        #expect(code(altered, world.basis, at: later) == .noGrant)
        altered.grant = "nonsense"
        #expect(code(altered, world.basis, at: later) == .noGrant)

        let granted = world.granted(link)
        let grant = try Grant(verifying: try #require(granted.grant), for: granted, lattice: world.lattice)
        let stranger = AnyKeyPair.generate(.account)
        for (signer, expected) in [
            (stranger, nil), (AnyKeyPair(world.account), RefusalCode.grantRevoked),
        ] as [(AnyKeyPair, RefusalCode?)] {
            let text = RevocationList.signed(
                by: signer, lattice: world.lattice, version: 1, grants: [grant.id], at: world.now, ids: world.ids)
            revocations.adopt(try RevocationList(verifying: text, of: signer.publicKey, lattice: world.lattice))
            #expect(code(granted, world.basis, at: later) == expected)
        }
        #expect(code(world.granted(link), world.basis, at: later) == nil)
    }

    @Test("lists of revoked grants only grow in version, and stand under their signer's key")
    func revocations() throws {
        let world = try World()
        let signer = AnyKeyPair(world.operator)
        func list(_ version: UInt64, _ grants: Set<String>) throws -> RevocationList {
            let text = RevocationList.signed(
                by: signer, lattice: world.lattice, version: version, grants: grants, at: world.now, ids: world.ids)
            return try RevocationList(verifying: text, of: signer.publicKey, lattice: world.lattice)
        }
        var revocations = Revocations()
        #expect(revocations.adopt(try list(2, ["g"])) == true)
        for version: UInt64 in [1, 2] {
            let older = try list(version, [])
            #expect(revocations.adopt(older) == false)
        }
        let granted = world.granted(try world.link())
        let grant = try Grant(verifying: try #require(granted.grant), for: granted, lattice: world.lattice)
        #expect(revocations.adopt(try list(3, [grant.id])) == true)
        #expect(revocations.isRevoked(grant, operatorKey: world.operator.publicKey))
        #expect(!revocations.isRevoked(grant, operatorKey: OperatorKeyPair.generate().publicKey))
        #expect(!revocations.isRevoked(grant, operatorKey: nil))
        #expect(throws: ProofError.self) {
            try RevocationList(
                verifying: list(4, []).text, of: AnyKey(world.account.publicKey), lattice: world.lattice)
        }
    }

    @Test("secrets are references")
    func secrets() throws {
        #expect(try SecretReference("@secret:redis_1-A")?.name == "redis_1-A")
        #expect(
            try SecretReference("redis://x") == nil && SecretReference("") == nil && SecretReference("@secret") == nil)
        for bad in ["@secret:", "@secret:a/b", "@secret:..", "@secret: a"] {
            #expect(throws: SecretReference.Failure.self, "\(bad)") { try SecretReference(bad) }
        }
    }

    @Test("records tell what changed, and aliases follow")
    func records() throws {
        var world = try World()
        let first = try #require(world.records.actor(world.actor))
        #expect(world.records.put(first) == .unchanged)
        #expect(world.records.actors(called: "counter") == [world.actor])
        try world.putActor(world.actor, [], alias: "renamed")
        #expect(world.records.actors(called: "counter").isEmpty)
        #expect(world.records.actors(called: "renamed") == [world.actor])
        try world.putActor(world.other, [], alias: "renamed")
        #expect(world.records.actors(called: "renamed") == [world.actor, world.other])
        guard case .removed = world.records.removeActor(world.other) else { Issue.record("not removed"); return }
        #expect(world.records.removeActor(world.other) == .unchanged)
        #expect(world.records.actors(called: "renamed") == [world.actor])

        let id = try world.link().id
        let record = try #require(world.records.link(world.actor, world.contract, .default))
        #expect(world.records.put(record) == .unchanged)
        var changed = record.definition
        changed.provider = ProviderKeyPair.generate().publicKey
        let replacement = LinkRecord(changed, lattice: world.lattice)
        #expect(world.records.put(replacement) == .replaced(replacement, previous: record))
        #expect(world.records.removeLink(id) == .removed(replacement))
        #expect(world.records.removeLink(id) == .unchanged)
        #expect(world.records.put(record) == .added(record))
        #expect(world.records.removeLink(world.actor, world.contract, .default) == .removed(record))
    }

    @Test("claims count only when they are the actor's own and signed")
    func actorRecords() throws {
        let world = try World()
        let token = world.claims(world.actor, ["a:b"]).signed(by: world.account)
        #expect(try ActorRecord(verifying: token, of: world.actor).names(ContractID("a:b")))
        #expect(throws: ProofError.self) { try ActorRecord(verifying: token, of: world.other) }
        let other = world.claims(world.actor, ["c:d"]).signed(by: world.account)
        let (signed, foreign) = (token.split(separator: "."), other.split(separator: "."))
        #expect(throws: ProofError.self) {
            try ActorRecord(verifying: "\(signed[0]).\(signed[1]).\(foreign[2])", of: world.actor)
        }
        let entry = ClaimsEntry(
            subject: .actor(world.actor), issuer: "\(world.account.publicKey)", name: "n", revision: "0", version: "",
            capabilities: ["a:b"], callAlias: "x")
        #expect(ActorRecord(classic: entry)?.callAlias?.description == "x")
        var provider = entry
        provider.subject = .provider(world.provider)
        #expect(ActorRecord(classic: provider) == nil)
        var nobody = entry
        nobody.issuer = "x"
        #expect(ActorRecord(classic: nobody) == nil)
    }
}
