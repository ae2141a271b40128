import LatticeBus
import LatticeIdentity
import Testing

@testable import LatticeProtocol
@testable import LatticeTrust

@Suite("incoming invocations")
struct IncomingTests {
    @Test("what is right is permitted, from hosts, providers and clients")
    func permitted() throws {
        let world = try World()
        let permitted = try world.judge(world.received(world.signer.sign(world.draft(), world.strict(), at: world.now)))
        #expect(permitted.origin == .actor(world.actor) && permitted.target == world.asProvider)
        #expect(permitted.argument == [1, 2, 3] && permitted.timeout == .seconds(2) && permitted.wantsSignedReply)
        #expect(permitted.link?.provider == world.provider)

        let subject = world.subjects.calls(of: world.actor)
        let key = ClusterKeyPair.generate()
        let certificate = Certificate.signed(
            provider: world.provider, .default, .strict, key: key.publicKey, by: world.cluster, lattice: world.lattice,
            at: world.now, ids: world.ids)
        let process = InvocationSigner(
            key: key, host: world.host.publicKey, lattice: world.lattice, certificate: certificate)
        let inbound = InvocationSigner.Draft(
            from: .provider(world.provider, world.contract, .default), to: .actor(world.actor), operation: "X.y",
            argument: [], id: process.nextID())
        let fromProvider = try world.judge(
            world.received(process.sign(inbound, world.strict(subject), at: world.now), on: subject),
            as: .actor(world.actor))
        #expect(fromProvider.origin == .provider(world.provider, world.contract, .default))

        let clientKey = ClusterKeyPair.generate()
        let client = InvocationSigner(
            client: clientKey, lattice: world.lattice,
            certificate: Certificate.signed(
                client: clientKey.publicKey, by: AnyKeyPair(world.account), lattice: world.lattice, at: world.now,
                ids: world.ids))
        let call = InvocationSigner.Draft(
            from: .client, to: .actor(world.other), operation: "X.y", argument: [], id: client.nextID())
        let otherSubject = world.subjects.calls(of: world.other)
        let fromClient = try world.judge(
            world.received(client.sign(call, world.strict(otherSubject), at: world.now), on: otherSubject),
            as: .actor(world.other))
        #expect(fromClient.origin == .client)
    }

    @Test(
        "the windows are exactly as written",
        arguments: [
            // Seconds from signing to arrival; the token expires 2 + 5 s after it.
            (0, nil), (37, nil), (38, .clock), (-83, nil), (-84, .clock),
        ] as [(Int, RefusalCode?)])
    func windows(offset: Int, expected: RefusalCode?) throws {
        let world = try World()
        let invocation = world.signer.sign(world.draft(), world.strict(), at: world.now)
        let time = world.now.advanced(by: .seconds(offset))
        #expect(code { try world.judge(world.received(invocation, at: time)) } == expected)
    }

    @Test("a clock's difference is named")
    func clock() throws {
        let world = try World()
        let invocation = world.signer.sign(world.draft(), world.strict(), at: world.now)
        do {
            _ = try world.judge(world.received(invocation, at: world.now.advanced(by: .seconds(-100))))
        } catch let refusal as Refusal {
            #expect(refusal.sentence.contains("100 s ahead of ours") && refusal.call == invocation.id)
        }
        do {
            _ = try world.judge(world.received(invocation, at: world.now.advanced(by: .seconds(99))))
        } catch let refusal as Refusal { #expect(refusal.sentence.contains("99 s behind ours")) }
        // A token of the moment that lasts too long: no clock is wrong.
        let form = InvocationSigner.Form.strict(subject: world.providerSubject.text, timeout: .seconds(200))
        do {
            _ = try world.judge(world.received(world.signer.sign(world.draft(), form, at: world.now)))
            Issue.record("it lasts too long")
        } catch let refusal as Refusal {
            #expect(refusal.code == .clock && !refusal.sentence.contains("ours"))
            #expect(refusal.sentence.contains("90.0 seconds after"))
        }
    }

    @Test("every byte counts: a message with any part exchanged is refused")
    func exchanged() throws {
        let world = try World()
        let good = world.signer.sign(world.draft(), world.strict(), at: world.now)
        func with(
            origin: Entity? = nil, target: Entity? = nil, operation: String? = nil, payload: [UInt8]? = nil,
            id: InvocationID? = nil, token: String? = nil, host: String? = nil, length: UInt64? = nil
        ) -> Invocation {
            Invocation(
                origin: origin ?? good.origin, target: target ?? good.target, operation: operation ?? good.operation,
                payload: payload ?? good.payload, id: id ?? good.id, token: token ?? good.token,
                host: host ?? good.host,
                contentLength: length ?? payload.map { UInt64($0.count) } ?? good.contentLength)
        }
        #expect(code { try world.judge(world.received(with())) } == nil)
        let other = world.signer.sign(world.draft(), world.strict(), at: world.now)
        let changed = [
            with(origin: .actor(world.other)), with(target: .provider(world.provider, .logging, .default)),
            with(operation: "KeyValue.Get"), with(payload: [1, 2, 4]), with(payload: []), with(id: other.id),
            with(token: other.token), with(host: "\(HostKeyPair.generate().publicKey)"), with(host: ""),
            with(host: "\(world.cluster.publicKey)"), with(length: 4), with(length: 2), with(token: ""),
            with(token: "J"),
            with(token: String(good.token.dropLast(4)) + "AAAA"),
        ]
        for (index, invocation) in changed.enumerated() {
            #expect(code { try world.judge(world.received(invocation)) } == .forged, "change \(index)")
        }
    }

    @Test("truncated and garbled messages are refused as forged")
    func truncated() throws {
        let world = try World()
        let bytes = world.signer.sign(world.draft(), world.strict(), at: world.now).messagePack
        for count in stride(from: 0, to: bytes.count, by: 3) {
            let received = ReceivedInvocation(Array(bytes[..<count]), on: world.providerSubject, at: world.now)
            #expect(code { try received.decoded() } == .forged)
        }
    }

    @Test("a token for another subject, lattice or form does not count")
    func bindings() throws {
        let world = try World()
        let invocation = world.signer.sign(world.draft(), world.strict(), at: world.now)
        let elsewhere = world.subjects.calls(of: world.actor)
        #expect(code { try world.judge(world.received(invocation, on: elsewhere)) } == .forged)
        let foreign = InvocationSigner(
            key: world.cluster, host: world.host.publicKey, lattice: try LatticeName("other"))
        #expect(
            code { try world.judge(world.received(foreign.sign(world.draft(), world.strict(), at: world.now))) }
                == .forged)
        let classic = world.signer.sign(world.draft(), .classic, at: world.now)
        #expect(code { try world.judge(world.received(classic)) } == .forged)
        #expect(
            code {
                try world.judge(
                    world.received(invocation), as: .provider(world.provider, world.contract, LinkName("x")))
            } == .forged)
        #expect(code { try world.judge(world.received(invocation), as: .actor(world.actor)) } == .forged)
    }

    @Test("a chunked argument is checked whole")
    func chunked() throws {
        let world = try World()
        var draft = world.draft()
        draft.isChunked = true
        let decoded = try world.received(world.signer.sign(draft, world.strict(), at: world.now)).decoded()
        let authenticated = try decoded.authenticated(by: world.basis, world.certificates)
        #expect(authenticated.invocation.isChunked)
        #expect(try authenticated.verified(fetched: [1, 2, 3]).argument == [1, 2, 3])
        for wrong in [[], [1, 2], [1, 2, 4], [1, 2, 3, 4]] as [[UInt8]] {
            #expect(code { try authenticated.verified(fetched: wrong) } == .forged)
        }
        // Nobody fetched it.
        #expect(code { try authenticated.verified() } == .tooLarge)
    }

    @Test("the second time is refused, until the window has passed; a full table is busy and forgets nothing")
    func replays() throws {
        let world = try World()
        var table = ReplayTable(countMax: 2)
        let (first, second, third) = (
            world.signer.sign(world.draft(), world.strict(), at: world.now),
            world.signer.sign(world.draft(), world.strict(), at: world.now),
            world.signer.sign(world.draft(), world.strict(), at: world.now)
        )
        func judge(_ invocation: Invocation, after seconds: Int = 0) -> RefusalCode? {
            let received = world.received(invocation, at: world.now.advanced(by: .seconds(seconds)))
            return code { try world.judge(received, &table) }
        }
        #expect(judge(first) == nil && judge(first) == .replayed && judge(first, after: 37) == .replayed)
        #expect(judge(second) == nil && judge(third) == .busy && judge(second) == .replayed)
        #expect(judge(third, after: 37) == .busy)
        #expect(table.count == 2)
        let later = world.now.advanced(by: .seconds(38))
        #expect(table.admit([.token(world.cluster.publicKey, "x")], until: later, at: later) == .fresh)
        #expect(table.count == 1)
    }

    @Test("a refused invocation is not remembered, so that nobody can spend another's")
    func alteredReplay() throws {
        let world = try World()
        var table = ReplayTable()
        let good = world.signer.sign(world.draft(), world.strict(), at: world.now)
        let altered = Invocation(
            origin: good.origin, target: good.target, operation: good.operation, payload: [9], id: good.id,
            token: good.token, host: good.host)
        #expect(code { try world.judge(world.received(altered), &table) } == .forged)
        #expect(code { try world.judge(world.received(good), &table) } == nil)
    }

    @Test("a signer that is not known is asked for once, and then refused")
    func unknownSigners() throws {
        var world = try World()
        let key = ClusterKeyPair.generate()
        let stranger = InvocationSigner(key: key, host: world.host.publicKey, lattice: world.lattice)
        func inbound(_ origin: Entity) throws -> DecodedInvocation {
            let subject = world.subjects.calls(of: world.actor)
            let draft = InvocationSigner.Draft(
                from: origin, to: .actor(world.actor), operation: "X.y", argument: [], id: stranger.nextID())
            return try world.received(stranger.sign(draft, world.strict(subject), at: world.now), on: subject).decoded()
        }
        let own = Entity.provider(world.provider, world.contract, .default)
        let unknown = try inbound(own)
        do throws(AuthenticationFailure) {
            _ = try unknown.authenticated(by: world.basis, world.certificates)
            Issue.record("accepted")
        } catch {
            guard case .certificateWanted(key.publicKey, let refusal) = error else { Issue.record("\(error)"); return }
            #expect(refusal.code == .wrongCluster && refusal.facts.host == world.host.publicKey)
        }
        let text = Certificate.signed(
            provider: world.provider, .default, .strict, key: key.publicKey, by: world.cluster, lattice: world.lattice,
            at: world.now, ids: world.ids)
        world.certificates.insert(try Certificate(verifying: text, by: world.basis, at: world.now), at: world.now)
        #expect(code { try inbound(own).authenticated(by: world.basis, world.certificates) } == nil)
        for origin in [
            Entity.actor(world.actor), .client, .provider(world.provider, world.contract, try LinkName("x")),
            .provider(ProviderKeyPair.generate().publicKey, world.contract, .default),
        ] {
            #expect(code { try inbound(origin).authenticated(by: world.basis, world.certificates) } == .wrongCluster)
        }
        // The certificate ends with the trust in its host.
        let without = TrustBasis(lattice: world.lattice, operatorKey: world.operator.publicKey, document: nil)
        #expect(code { try inbound(own).authenticated(by: without, world.certificates) } == .wrongCluster)
    }

    @Test("a certificate sent along has to be the signer's, valid, and for the origin")
    func sentCertificates() throws {
        let world = try World()
        let key = ClusterKeyPair.generate()
        let subject = world.subjects.calls(of: world.actor)
        func judge(_ certificate: String, _ origin: Entity) -> RefusalCode? {
            let signer = InvocationSigner(client: key, lattice: world.lattice, certificate: certificate)
            let draft = InvocationSigner.Draft(
                from: origin, to: .actor(world.actor), operation: "X.y", argument: [], id: signer.nextID())
            return code {
                try world.judge(
                    world.received(signer.sign(draft, world.strict(subject), at: world.now), on: subject),
                    as: .actor(world.actor))
            }
        }
        func client(_ key: ClusterKey, _ granter: AnyKeyPair) -> String {
            Certificate.signed(client: key, by: granter, lattice: world.lattice, at: world.now, ids: world.ids)
        }
        let account = AnyKeyPair(world.account)
        #expect(judge(client(key.publicKey, account), .client) == nil)
        #expect(judge(client(key.publicKey, account), .actor(world.other)) == .wrongCluster)
        #expect(judge(client(ClusterKeyPair.generate().publicKey, account), .client) == .wrongCluster)
        #expect(judge(client(key.publicKey, .generate(.account)), .client) == .wrongCluster)
        #expect(judge("nonsense", .client) == .wrongCluster)
    }

    @Test(
        "classic signers: signature, hash, sixty seconds, once",
        arguments: [(0, nil), (60, nil), (61, .clock), (-60, nil), (-61, .clock)] as [(Int, RefusalCode?)])
    func classicSigners(offset: Int, expected: RefusalCode?) throws {
        let classic = ClusterKeyPair.generate()
        let world = try World(settings: TrustSettings(classicClusters: [classic.publicKey]))
        let signer = InvocationSigner(key: classic, host: world.host.publicKey, lattice: world.lattice)
        let invocation = signer.sign(world.draft(), .classic, at: world.now)
        var table = ReplayTable()
        let received = world.received(invocation, at: world.now.advanced(by: .seconds(offset)))
        #expect(code { try world.judge(received, &table) } == expected)
        guard expected == nil else { return }
        #expect(code { try world.judge(received, &table) } == .replayed)
        // The same call under a new token is the same call.
        var again = world.draft()
        again.id = invocation.id
        let resigned = world.received(
            signer.sign(again, .classic, at: world.now), at: world.now.advanced(by: .seconds(offset)))
        #expect(code { try world.judge(resigned, &table) } == .replayed)
        let permitted = try world.judge(received)
        #expect(!permitted.wantsSignedReply && permitted.timeout == .seconds(2))
    }

    @Test("the classic protocol's own checks hold for configured keys where invocations are classic")
    func classicProtocol() throws {
        let key = ClusterKeyPair.generate()
        func world(_ invocations: TrustSettings.Invocations, _ clusters: Set<ClusterKey>) throws -> World {
            try World(settings: TrustSettings(invocations: invocations, clusters: clusters))
        }
        func judge(_ world: World, _ form: InvocationSigner.Form, origin: Entity? = nil) throws -> RefusalCode? {
            let signer = InvocationSigner(key: key, host: world.host.publicKey, lattice: world.lattice)
            let subject = world.subjects.calls(of: world.actor)
            let draft = InvocationSigner.Draft(
                from: origin ?? .actor(world.other), to: .actor(world.actor), operation: "X.y", argument: [],
                id: signer.nextID())
            return code {
                try world.judge(
                    world.received(signer.sign(draft, form, at: world.now.advanced(by: .seconds(-3_600))), on: subject),
                    as: .actor(world.actor))
            }
        }
        let wash = Entity(publicKey: "__WASH__", linkName: "", contractID: "")
        #expect(try judge(world(.classic, [key.publicKey]), .classic) == nil)
        #expect(try judge(world(.classic, [key.publicKey]), .classic, origin: wash) == nil)
        #expect(try judge(world(.classic, []), .classic) == .wrongCluster)
        #expect(try judge(world(.strict, [key.publicKey]), .classic) == .forged)
        #expect(try judge(world(.strict, []), .classic) == .wrongCluster)
    }

    @Test("a pseudo-key is no origin where invocations are strict")
    func tools() throws {
        let world = try World()
        let subject = world.subjects.calls(of: world.actor)
        let draft = InvocationSigner.Draft(
            from: Entity(publicKey: "__WASH__", linkName: "", contractID: ""), to: .actor(world.actor),
            operation: "X.y",
            argument: [], id: world.signer.nextID())
        let received = world.received(world.signer.sign(draft, world.strict(subject), at: world.now), on: subject)
        #expect(code { try world.judge(received, as: .actor(world.actor)) } == .forged)
    }

    @Test("what the origin may not do is refused at the target, too")
    func permissions() throws {
        let world = try World()
        func check(_ world: World, _ origin: CallOrigin, _ target: CallTarget) -> RefusalCode? {
            code { try CallPermission.check(from: origin, to: target, by: world.basis, world.records, at: world.now) }
        }
        let provider = world.asProvider
        let stranger = ModuleKeyPair.generate().publicKey
        #expect(check(world, .actor(world.actor), provider) == nil)
        #expect(check(world, .actor(world.other), provider) == .noClaim)
        #expect(check(world, .actor(stranger), provider) == .noClaim)
        #expect(
            check(world, .actor(world.actor), .provider(ProviderKeyPair.generate().publicKey, world.contract, .default))
                == .noLink)
        #expect(check(world, .actor(world.actor), .provider(world.provider, .logging, .default)) == .noLink)
        #expect(
            check(world, .actor(world.actor), .provider(world.provider, world.contract, try LinkName("x"))) == .noLink)
        #expect(check(world, .client, provider) == .noClaim && check(world, .tool("x"), provider) == .noClaim)
        #expect(check(world, .provider(world.provider, world.contract, .default), provider) == .noLink)
        let fromProvider = CallOrigin.provider(world.provider, world.contract, .default)
        #expect(check(world, fromProvider, .actor(world.actor)) == nil)
        #expect(check(world, fromProvider, .actor(world.other)) == .noClaim)
        #expect(check(world, .actor(world.other), .actor(world.actor)) == nil)
        #expect(check(world, .actor(stranger), .actor(world.actor)) == .noClaim)
        #expect(check(world, .actor(world.actor), .actor(stranger)) == .noActor)
        #expect(
            check(world, .client, .actor(world.actor)) == nil && check(world, .client, .actor(stranger)) == .noActor)
        var spoilt = try World()
        let ungranted = try spoilt.link()
        _ = spoilt.records.put(LinkRecord(ungranted, lattice: spoilt.lattice))
        #expect(check(spoilt, .actor(spoilt.actor), spoilt.asProvider) == .noGrant)
        let granted = try World(settings: TrustSettings(actorCalls: .granted))
        #expect(check(granted, .actor(granted.other), .actor(granted.actor)) == .noGrant)
    }

    @Test(
        "the time that is left is what the token says, within the limit",
        arguments: [(1, 1), (2_000, 2_000), (55_000, 55_000), (60_000, 55_000)])
    func timeouts(asked: Int, given: Int) throws {
        let world = try World()
        let form = InvocationSigner.Form.strict(
            subject: world.providerSubject.text, timeout: .milliseconds(asked))
        let permitted = try world.judge(world.received(world.signer.sign(world.draft(), form, at: world.now)))
        #expect(permitted.timeout == .milliseconds(given))
    }

    @Test("replies count when whoever may answer signed them, to the byte")
    func replies() throws {
        var world = try World()
        let id = world.signer.nextID()
        let check = ReplyCheck(of: id, to: world.asProvider)
        func response(
            _ signer: InvocationSigner, error: String? = nil, result: [UInt8] = [7], to call: InvocationID? = nil
        ) -> InvocationResponse {
            InvocationResponse(
                payload: result, to: id.text, error: error,
                token: signer.replyToken(to: (call ?? id).text, error: error, result: result, at: world.now))
        }
        func verify(_ response: InvocationResponse, _ result: [UInt8]? = nil) -> RefusalCode? {
            code {
                try check.verify(
                    response, result: result ?? response.payload, by: world.basis, world.certificates, at: world.now)
            }
        }
        #expect(verify(response(world.signer)) == nil)
        #expect(verify(response(world.signer, error: "no", result: [])) == nil)
        let good = response(world.signer)
        #expect(verify(InvocationResponse(payload: [8], to: id.text, token: good.token)) == .forged)
        #expect(verify(InvocationResponse(payload: [7], to: id.text, error: "", token: good.token)) == .forged)
        #expect(verify(InvocationResponse(payload: [7], to: "x", token: good.token)) == .forged)
        #expect(verify(InvocationResponse(payload: [7], to: id.text)) == .forged)
        #expect(verify(InvocationResponse(payload: [7], to: id.text, token: "J")) == .forged)
        #expect(verify(good, [7, 7]) == .forged)
        #expect(verify(response(world.signer, to: world.signer.nextID())) == .forged)
        let foreign = InvocationSigner(key: world.cluster, host: world.host.publicKey, lattice: try LatticeName("x"))
        #expect(verify(response(foreign)) == .forged)
        let hash = InvocationDigest.hash(ofReplyTo: id.text, error: nil, result: [7])
        for (subject, expected) in [(id.text, nil), ("other", RefusalCode.forged)] as [(String, RefusalCode?)] {
            let token = TokenClaims(
                id: "x", subject: subject, issuedAt: world.now,
                payload: ReplyClaims(hash: "\(hash)", lattice: world.lattice)
            ).signed(by: world.cluster)
            #expect(verify(InvocationResponse(payload: [7], to: id.text, token: token)) == expected)
        }

        let key = ClusterKeyPair.generate()
        let process = InvocationSigner(key: key, host: world.host.publicKey, lattice: world.lattice)
        #expect(verify(response(process)) == .forged)
        for (link, expected) in [("other", RefusalCode.forged), ("default", nil)] as [(String, RefusalCode?)] {
            let text = Certificate.signed(
                provider: world.provider, try LinkName(link), .strict, key: key.publicKey, by: world.cluster,
                lattice: world.lattice, at: world.now, ids: world.ids)
            world.certificates.remove(key.publicKey)
            world.certificates.insert(try Certificate(verifying: text, by: world.basis, at: world.now), at: world.now)
            #expect(verify(response(process)) == expected)
        }
    }
}
