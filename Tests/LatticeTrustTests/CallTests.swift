import LatticeIdentity
import LatticeProtocol
import Testing

@testable import LatticeTrust

@Suite("outgoing calls")
struct CallTests {
    static func judge(_ world: World, _ namespace: String, _ link: String = "default", from actor: ModuleKey? = nil)
        throws
        -> OutgoingTarget
    {
        try OutgoingJudge(basis: world.basis, records: world.records)
            .judge(OutgoingCall(from: actor ?? world.actor, namespace: namespace, link: link), at: world.now)
    }

    @Test("what is right is permitted")
    func permitted() throws {
        let world = try World()
        guard case .provider(let link) = try Self.judge(world, "wasmcloud:keyvalue") else { Issue.record(); return }
        #expect(link.provider == world.provider)
        #expect(try Self.judge(world, "wasmcloud:keyvalue", "") == .provider(link))
        #expect(try Self.judge(world, "wasmcloud:builtin:logging") == .builtin(.logging))
        #expect(try Self.judge(world, "other", "") == .actor(world.other))
        #expect(try Self.judge(world, "\(world.other)") == .actor(world.other))
    }

    @Test("each refusal, and what it is refused for")
    func refused() throws {
        var world = try World()
        let unlinked = ModuleKeyPair.generate().publicKey
        let expired = ModuleKeyPair.generate().publicKey
        let early = ModuleKeyPair.generate().publicKey
        let untrusted = ModuleKeyPair.generate().publicKey
        try world.putActor(unlinked, ["wasmcloud:keyvalue"], alias: "twin")
        try world.putActor(expired, [], alias: "twin", expires: TokenTime(seconds: world.now.seconds - 1))
        try world.putActor(early, [], notBefore: TokenTime(seconds: world.now.seconds + 1))
        try world.putActor(untrusted, [], alias: "wild", signer: .generate())
        let stranger = ModuleKeyPair.generate().publicKey
        let cases: [(ModuleKey, String, String, RefusalCode)] = [
            (stranger, "wasmcloud:keyvalue", "default", .noClaim), (stranger, "other", "", .noClaim),
            (world.other, "wasmcloud:keyvalue", "default", .noClaim),
            (world.other, "wasmcloud:builtin:logging", "default", .noClaim),
            (world.actor, "wasmcloud:builtin:numbergen", "default", .noClaim),
            (unlinked, "wasmcloud:keyvalue", "default", .noLink),
            (world.actor, "wasmcloud:keyvalue", "other", .noLink), (world.actor, "wasmcloud:keyvalue", "a.b", .noLink),
            (expired, "other", "", .expired), (early, "other", "", .notYetValid),
            (untrusted, "other", "", .untrustedIssuer),
            (world.actor, "\(expired)", "", .expired), (world.actor, "\(untrusted)", "", .untrustedIssuer),
            (world.actor, "twin", "", .ambiguous), (world.actor, "nobody", "", .noActor),
            (world.actor, "", "", .noActor),
            (world.actor, "wild", "", .noActor), (world.actor, "\(world.provider)", "", .noActor),
            (world.actor, "a: b", "", .noActor),
        ]
        for (actor, namespace, link, expected) in cases {
            #expect(code { try Self.judge(world, namespace, link, from: actor) } == expected, "\(namespace) \(link)")
        }
    }

    @Test("settings open builtins and close calls between actors")
    func settings() throws {
        let open = try World(settings: TrustSettings(builtins: .open))
        #expect(try Self.judge(open, "wasmcloud:builtin:numbergen") == .builtin(.numbergen))
        #expect(
            code { try Self.judge(open, "wasmcloud:builtin:numbergen", from: ModuleKeyPair.generate().publicKey) }
                == .noClaim)
        let granted = try World(settings: TrustSettings(actorCalls: .granted))
        #expect(code { try Self.judge(granted, "other", "") } == .noGrant)
        var classic = try World(settings: TrustSettings(links: .classic))
        #expect(code { try Self.judge(classic, "wasmcloud:keyvalue") } == nil)
        _ = classic.records.put(LinkRecord(try classic.link(), lattice: classic.lattice))
        #expect(code { try Self.judge(classic, "wasmcloud:keyvalue") } == nil)
        classic.basis = TrustBasis(
            lattice: classic.lattice, operatorKey: classic.operator.publicKey, document: classic.document)
        #expect(code { try Self.judge(classic, "wasmcloud:keyvalue") } == .noGrant)
    }

    @Test("an alias cannot take a contract's name")
    func aliasOfContract() throws {
        var world = try World()
        try world.putActor(world.other, [], alias: "wasmcloud:keyvalue")
        guard case .provider = try Self.judge(world, "wasmcloud:keyvalue") else { Issue.record("went astray"); return }
    }

    @Test("a refusal for want of a link names the one provider that could take it")
    func candidates() throws {
        var world = try World()
        _ = world.records.removeLink(world.actor, world.contract, .default)
        world.records.noteProvider(world.provider, offers: world.contract)
        func refusal() -> Refusal? {
            do throws(Refusal) {
                _ = try OutgoingJudge(basis: world.basis, records: world.records)
                    .judge(
                        OutgoingCall(from: world.actor, namespace: "wasmcloud:keyvalue", link: "default"), at: world.now
                    )
                return nil
            } catch { return error }
        }
        #expect(
            refusal().flatMap { Remedy(for: $0) }?.line()
                == "lattice link put \(world.actor) \(world.provider) wasmcloud:keyvalue")
        world.records.noteProvider(ProviderKeyPair.generate().publicKey, offers: world.contract)
        #expect(refusal()?.facts.provider == nil)
    }

    @Test("why: every check with its verdict, and the same outcome as the judgement")
    func explanations() throws {
        let world = try World()
        let judge = OutgoingJudge(basis: world.basis, records: world.records)
        let call = OutgoingCall(from: world.actor, namespace: "wasmcloud:keyvalue", link: "default")
        func verdicts(_ explanation: Explanation) -> [String] {
            explanation.checks.map { "\($0.check.rawValue) \($0.verdict.rawValue)" }
        }
        let empty = Presence(actors: [], providers: [])
        let full = Presence(actors: [world.other], providers: [.init(world.provider, .default)])
        let allowed = judge.explain(call, presence: full, at: world.now)
        #expect(allowed.refusal == nil)
        #expect(
            verdicts(allowed)
                == [
                    "name passed", "actor passed", "issuer passed", "claim passed", "link passed", "grant passed",
                    "running passed",
                ])
        let away = judge.explain(call, presence: empty, at: world.now)
        #expect(away.refusal?.code == .noProvider && verdicts(away).last == "running refused")
        #expect(verdicts(judge.explain(call, presence: nil, at: world.now)).last == "grant passed")
        let unclaimed = judge.explain(
            OutgoingCall(from: world.other, namespace: "wasmcloud:keyvalue", link: "default"), presence: full,
            at: world.now)
        #expect(unclaimed.refusal?.code == .noClaim)
        #expect(
            verdicts(unclaimed)
                == [
                    "name passed", "actor passed", "issuer passed", "claim refused", "link skipped", "grant skipped",
                    "running skipped",
                ])
        #expect(unclaimed.sentence.contains("\(world.other)"))
        let nobody = judge.explain(
            OutgoingCall(from: world.actor, namespace: "\(world.other)", link: ""), presence: empty, at: world.now)
        #expect(nobody.refusal?.code == .noActor)
        let nameless = judge.explain(
            OutgoingCall(from: world.actor, namespace: "x", link: ""), presence: nil, at: world.now)
        #expect(
            verdicts(nameless).first == "name refused"
                && verdicts(nameless).dropFirst().allSatisfy { $0.hasSuffix("skipped") })
        #expect(
            String(decoding: JSONWriter.bytes(of: allowed.checks[5]), as: UTF8.self)
                == #"{"check":"grant","verdict":"passed","detail":"it is granted by \#(world.account.publicKey)"}"#)
    }
}

@Suite("starts")
struct StartTests {
    /// The 8-byte empty module, signed.
    static func module(
        _ world: World, expires: TokenTime? = nil, notBefore: TokenTime? = nil, signer: AccountKeyPair? = nil
    ) throws -> [UInt8] {
        let unsigned = try UnsignedModule([0x00, 0x61, 0x73, 0x6D, 0x01, 0x00, 0x00, 0x00])
        return unsigned.signed(
            world.claims(world.actor, [], expires: expires, notBefore: notBefore), by: signer ?? world.account)
    }

    static func start(
        _ world: World, _ bytes: [UInt8], cluster: ClusterKey? = nil
    ) throws -> VerifiedModule {
        try StartJudgement.module(
            bytes, on: world.host.publicKey, cluster ?? world.cluster.publicKey, by: world.basis, at: world.now)
    }

    @Test("a module starts when all is right, and is refused for the first thing that is not")
    func starts() throws {
        let world = try World()
        let good = try Self.module(world)
        #expect(try Self.start(world, good).key == world.actor)
        #expect(code { try Self.start(world, good, cluster: ClusterKeyPair.generate().publicKey) } == .notEnrolled)
        #expect(code { try Self.start(world, Array(good[..<8])) } == .unsigned)
        #expect(code { try Self.start(world, Array(good.dropLast())) } == .tampered)
        #expect(code { try Self.start(world, []) } == .tampered)
        #expect(code { try Self.start(world, good + [0, 2, 1, 0x78]) } == .tampered)
        let past = TokenTime(seconds: world.now.seconds - 1)
        let future = TokenTime(seconds: world.now.seconds + 1)
        #expect(code { try Self.start(world, try Self.module(world, expires: past)) } == .expired)
        #expect(code { try Self.start(world, try Self.module(world, expires: world.now)) } == nil)
        #expect(code { try Self.start(world, try Self.module(world, notBefore: future)) } == .notYetValid)
        #expect(code { try Self.start(world, try Self.module(world, signer: .generate())) } == .untrustedIssuer)
        // Expiry comes before the issuer, and tampering before both.
        let worse = try Self.module(world, expires: past, signer: .generate())
        #expect(code { try Self.start(world, worse) } == .expired)
        #expect(code { try Self.start(world, worse + [0, 2, 1, 0x78]) } == .tampered)
    }

    @Test("the refusal names who would have to be trusted")
    func facts() throws {
        let world = try World()
        let stranger = AccountKeyPair.generate()
        do {
            _ = try Self.start(world, try Self.module(world, signer: stranger))
        } catch let refusal as Refusal {
            #expect(Remedy(for: refusal)?.line() == "lattice trust add \(stranger.publicKey)")
            #expect(refusal.facts.actor == world.actor)
        }
    }
}
