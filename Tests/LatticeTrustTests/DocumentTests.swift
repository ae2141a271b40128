import LatticeBus
import LatticeIdentity
import LatticeProtocol
import Testing

@testable import LatticeTrust

@Suite("trust documents")
struct DocumentTests {
    @Test("a document comes back and counts for its operator and lattice only")
    func documents() throws {
        let world = try World()
        let operatorKey = world.operator.publicKey
        let read = try TrustDocument(verifying: world.document.text, operatorKey: operatorKey, lattice: world.lattice)
        #expect(read == world.document && read.version == 1 && read.issuers == [world.account.publicKey])
        let stranger = OperatorKeyPair.generate().publicKey
        #expect(throws: ProofError.self) {
            try TrustDocument(verifying: world.document.text, operatorKey: stranger, lattice: world.lattice)
        }
        #expect(throws: ProofError.otherLattice("default", here: try LatticeName("x"))) {
            try TrustDocument(verifying: world.document.text, operatorKey: operatorKey, lattice: LatticeName("x"))
        }
        let text = world.document.text
        for index in stride(from: 0, to: text.utf8.count, by: 7) {
            var bytes = Array(text.utf8)
            bytes[index] = bytes[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(throws: ProofError.self) {
                try TrustDocument(
                    verifying: String(decoding: bytes, as: UTF8.self), operatorKey: operatorKey, lattice: world.lattice)
            }
        }
    }

    @Test(
        "bodies that say something else are refused",
        arguments: [
            #"{"lattice":"default"}"#, #"{"lattice":"default","version":-1}"#,
            #"{"lattice":"default","version":1,"issuers":["M"]}"#,
            #"{"lattice":"default","version":1,"clusters":[1]}"#,
            #"{"lattice":"default","version":1,"clusters":[{"key":"C"}]}"#, #"{"version":1}"#,
            #"{"lattice":null,"version":1}"#,
        ])
    func bodies(wascap: String) throws {
        let pair = OperatorKeyPair.generate()
        guard case .object(let object) = try JSONValue(parsing: Array(wascap.utf8)) else { return }
        let text = TokenClaims(id: "x", subject: "x", issuedAt: TokenTime(seconds: 0), payload: object).signed(by: pair)
        #expect(throws: ProofError.self) {
            try TrustDocument(verifying: text, operatorKey: pair.publicKey, lattice: .default)
        }
    }

    @Test("accounts of the own operator count, those of others are ignored and said so")
    func accounts() throws {
        let world = try World()
        let (own, foreign) = (AccountKeyPair.generate().publicKey, AccountKeyPair.generate().publicKey)
        let stranger = OperatorKeyPair.generate()
        func token(_ account: AccountKey, _ signer: OperatorKeyPair) -> String {
            TokenClaims(id: "x", subject: "\(account)", issuedAt: world.now, payload: SignerClaims(name: nil))
                .signed(by: signer)
        }
        let document = try TrustDocument.signed(
            by: world.operator, lattice: world.lattice, version: 2, issuers: [], clusters: [],
            accountTokens: [token(own, world.operator), token(foreign, stranger), "nonsense"], at: world.now,
            ids: world.ids)
        #expect(document.accounts == [own] && document.ignoredAccounts.count == 2)
        #expect("\(document.ignoredAccounts[0].reason)".contains("not supported yet"))
        let basis = TrustBasis(lattice: world.lattice, operatorKey: world.operator.publicKey, document: document)
        #expect(basis.trustsIssuer(AnyKey(own)) && !basis.trustsIssuer(AnyKey(foreign)))
    }

    @Test("only higher versions are adopted, and what they remove is told")
    func adoption() throws {
        let world = try World()
        func version(_ number: UInt64, _ issuers: [AccountKey] = [], by pair: OperatorKeyPair? = nil) throws
            -> TrustDocument
        {
            try .signed(
                by: pair ?? world.operator, lattice: world.lattice, version: number, issuers: issuers, clusters: [],
                at: world.now, ids: world.ids)
        }
        var state = TrustState(operatorKey: world.operator.publicKey, lattice: world.lattice)
        #expect(state.consider(nil) == .absent)
        #expect(
            state.consider(world.document.text) == .adopted(world.document, removedIssuers: [], removedClusters: []))
        #expect(state.consider(world.document.text) == .unchanged)
        #expect(state.consider(try version(1).text) == .outdated(found: 1))
        let third = try version(3)
        #expect(
            state.consider(third.text)
                == .adopted(
                    third, removedIssuers: [world.account.publicKey], removedClusters: [world.cluster.publicKey]))
        #expect(state.consider(try version(2).text) == .outdated(found: 2))
        #expect(state.highestVersion == 3 && state.document == third)
        let forged = OperatorKeyPair.generate()
        let foreign = TokenClaims(
            id: "x", subject: "x", issuedAt: world.now,
            payload: TrustDocumentClaims(lattice: "default", version: 9, issuers: [], clusters: [], accounts: [])
        ).signed(by: forged)
        guard case .refused = state.consider(foreign) else { Issue.record("adopted a stranger's document"); return }
        var restarted = TrustState(
            operatorKey: world.operator.publicKey, lattice: world.lattice, highestVersion: 3)
        #expect(restarted.consider(third.text) == .outdated(found: 3))
        #expect(restarted.restore(try version(2).text) == .outdated(found: 2))
        guard case .adopted = restarted.restore(third.text) else { Issue.record("not restored"); return }
    }

    @Test("standing of cluster keys")
    func standing() throws {
        let (configured, classic) = (ClusterKeyPair.generate().publicKey, ClusterKeyPair.generate().publicKey)
        let world = try World(settings: TrustSettings(clusters: [configured], classicClusters: [classic]))
        #expect(world.basis.standing(of: world.cluster.publicKey) == .enrolled(world.host.publicKey))
        #expect(world.basis.standing(of: configured) == .configured && world.basis.standing(of: classic) == .classic)
        #expect(world.basis.standing(of: ClusterKeyPair.generate().publicKey) == .unknown)
        #expect(world.basis.trustsGranter(AnyKey(world.operator.publicKey)))
        #expect(!world.basis.trustsIssuer(AnyKey(world.operator.publicKey)))
        #expect(!world.basis.trustsGranter(AnyKey(OperatorKeyPair.generate().publicKey)))
        #expect(!world.basis.trustsIssuer(AnyKey(kind: .module, bytes: world.account.publicKey.bytes)))
    }

    @Test("settings come back; an unknown word is an error and never the looser choice")
    func settings() throws {
        let settings = TrustSettings(
            links: .classic, invocations: .classic, control: .classic, builtins: .open, actorCalls: .granted,
            issuers: [AccountKeyPair.generate().publicKey], clusters: [ClusterKeyPair.generate().publicKey],
            classicClusters: [ClusterKeyPair.generate().publicKey])
        #expect(try TrustSettings(json: settings.json) == settings)
        #expect(try TrustSettings(json: Array("{}".utf8)) == TrustSettings())
        for bad in [#"{"links":"open"}"#, #"{"invocations":""}"#, #"{"control":1}"#, #"{"issuers":["x"]}"#] {
            #expect(throws: MessageError.self, "\(bad)") { try TrustSettings(json: Array(bad.utf8)) }
        }
    }

    @Test("an enrolment is the host's word about its cluster key")
    func enrolment() throws {
        let world = try World()
        let text = Enrolment.signed(
            by: world.host, cluster: world.cluster.publicKey, lattice: world.lattice, at: world.now, ids: world.ids)
        let enrolment = try Enrolment(verifying: text, of: world.host.publicKey, lattice: world.lattice)
        #expect(enrolment.cluster == world.cluster.publicKey)
        #expect(throws: ProofError.self) {
            try Enrolment(verifying: text, of: HostKeyPair.generate().publicKey, lattice: world.lattice)
        }
        #expect(throws: ProofError.self) {
            try Enrolment(verifying: text, of: world.host.publicKey, lattice: LatticeName("x"))
        }
        let noCluster = TokenClaims(
            id: "x", subject: "\(world.account.publicKey)", issuedAt: world.now,
            payload: PlainLatticeClaims(lattice: "default")
        ).signed(by: world.host)
        #expect(throws: ProofError.subject("\(world.account.publicKey)", expected: "a cluster key")) {
            try Enrolment(verifying: noCluster, of: world.host.publicKey, lattice: world.lattice)
        }
    }

    @Test(
        "certificates last ten minutes, and the clocks' tolerance",
        arguments: [(0, true), (600, true), (630, true), (631, false), (-30, true), (-31, false)])
    func certificateTimes(offset: Int, counts: Bool) throws {
        let world = try World()
        let text = Certificate.signed(
            provider: world.provider, .default, .strict, key: ClusterKeyPair.generate().publicKey, by: world.cluster,
            lattice: world.lattice, at: world.now, ids: world.ids)
        let time = world.now.advanced(by: .seconds(offset))
        if counts {
            #expect(throws: Never.self) { try Certificate(verifying: text, by: world.basis, at: time) }
        } else {
            #expect(throws: ProofError.self) { try Certificate(verifying: text, by: world.basis, at: time) }
        }
    }

    @Test("certificates count only from who may give them")
    func certificates() throws {
        let world = try World()
        let key = ClusterKeyPair.generate().publicKey
        func client(_ granter: AnyKeyPair) -> String {
            Certificate.signed(client: key, by: granter, lattice: world.lattice, at: world.now, ids: world.ids)
        }
        func provider(_ signer: ClusterKeyPair) -> String {
            Certificate.signed(
                provider: world.provider, .default, .classic, key: key, by: signer, lattice: world.lattice,
                at: world.now, ids: world.ids)
        }
        func verify(_ text: String) throws -> Certificate {
            try Certificate(verifying: text, by: world.basis, at: world.now)
        }
        #expect(try verify(client(AnyKeyPair(world.account))).holder == .client)
        #expect(try verify(client(AnyKeyPair(world.operator))).holder == .client)
        #expect(throws: ProofError.self) { try verify(client(.generate(.account))) }
        #expect(throws: ProofError.self) { try verify(client(AnyKeyPair(world.cluster))) }
        let good = try verify(provider(world.cluster))
        #expect(good.holder == .provider(world.provider, .default, .classic) && good.host == world.host.publicKey)
        #expect(throws: ProofError.self) { try verify(provider(.generate())) }
        let long = TokenClaims(
            id: "x", subject: "\(key)", issuedAt: world.now, expires: world.now.advanced(by: .seconds(700)),
            payload: CertificateClaims(lattice: "default", form: "client", provider: nil, link: nil))
        #expect(throws: ProofError.lastsTooLong(until: world.now.advanced(by: .seconds(700)), limit: .seconds(600))) {
            try verify(long.signed(by: world.account))
        }
        for (form, provider, link) in [
            ("other", "\(world.provider)", "default"), ("strict", "V", "default"),
            ("strict", "\(world.provider)", "a.b"),
        ] {
            let claims = TokenClaims(
                id: "x", subject: "\(key)", issuedAt: world.now, expires: world.now,
                payload: CertificateClaims(lattice: "default", form: form, provider: provider, link: link))
            #expect(throws: ProofError.self) { try verify(claims.signed(by: world.cluster)) }
        }
        let endless = TokenClaims(
            id: "x", subject: "\(key)", issuedAt: world.now,
            payload: CertificateClaims(lattice: "default", form: "client", provider: nil, link: nil))
        #expect(throws: ProofError.withoutExpiry) { try verify(endless.signed(by: world.account)) }
    }

    @Test("a full table of certificates makes room only for what has ended")
    func table() throws {
        let world = try World()
        func certificate(_ lifetime: Int) throws -> Certificate {
            let text = Certificate.signed(
                client: ClusterKeyPair.generate().publicKey, by: AnyKeyPair(world.account), lattice: world.lattice,
                lifetime: .seconds(lifetime), at: world.now, ids: world.ids)
            return try Certificate(verifying: text, by: world.basis, at: world.now)
        }
        var table = CertificateTable(countMax: 2)
        let (short, long, third) = (try certificate(1), try certificate(600), try certificate(600))
        #expect(table.insert(short, at: world.now) && table.insert(long, at: world.now))
        #expect(!table.insert(third, at: world.now) && table.insert(long, at: world.now))
        #expect(table.insert(third, at: world.now.advanced(by: .seconds(32))) == true)
        #expect(table.certificate(of: short.key) == nil && table.certificate(of: long.key) == long)
        table.remove(long.key)
        #expect(table.certificate(of: long.key) == nil)
    }

    @Test("keys of the trust bucket are read back")
    func bucketKeys() throws {
        let world = try World()
        let keys: [TrustBucketKey] = [
            .document, .claims(world.actor), .revoked(AnyKey(world.account.publicKey)),
            .revoked(AnyKey(world.operator.publicKey)), .process(world.cluster.publicKey),
        ]
        for key in keys { #expect(TrustBucketKey(try key.metadataKey()) == key) }
        for foreign in ["documents", "claims.x", "claims.\(world.provider)", "revoked.\(world.actor)", "process."] {
            guard let key = try? MetadataKey(foreign) else { continue }
            #expect(TrustBucketKey(key) == nil, "\(foreign)")
        }
    }
}
