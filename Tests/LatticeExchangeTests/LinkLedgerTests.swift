import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust
import Testing

@testable import LatticeExchange

@Suite("The links of a running provider, as values")
struct LinkLedgerTests {
    private let bench: ExchangeBench
    private let now = ContinuousClock.now

    init() throws { bench = try ExchangeBench() }

    private func link(_ values: [String: String] = [:], grant: String? = "g", of actor: ModuleKey? = nil)
        -> LinkDefinition
    {
        LinkDefinition(
            actor: actor ?? bench.actor, provider: bench.provider, contract: bench.contract, values: values,
            grant: grant)
    }

    private func bare(_ link: LinkDefinition) -> LinkDefinition {
        var link = link
        link.grant = nil
        return link
    }

    private func granted(_ links: LinkDefinition...) -> [LinkID: LinkVerdicts.Verdict] {
        Dictionary(uniqueKeysWithValues: links.map { ($0.id, .init(link: $0, refusal: nil)) })
    }

    private func refused(_ link: LinkDefinition) -> [LinkID: LinkVerdicts.Verdict] {
        [link.id: .init(link: link, refusal: Refusal(.noGrant, "nobody granted it"))]
    }

    /// Does the next step as the provider would.
    private func take(_ ledger: inout LinkLedger, problem: String? = nil, at time: ContinuousClock.Instant? = nil) {
        guard let step = ledger.nextStep(at: time ?? now) else {
            Issue.record("nothing to do")
            return
        }
        ledger.finished(step, problem: problem, at: time ?? now)
    }

    // MARK: The ledger

    @Test("what is wanted is put without its grant, what is not wanted any more is removed, and then there is peace")
    func steps() {
        var ledger = LinkLedger()
        let link = link(["a": "1"])
        #expect(ledger.nextStep(at: now) == nil && ledger.links.isEmpty)
        ledger.adopt(granted(link))
        #expect(ledger.link(link.id) == ProviderLink(link: link, standing: .pending))
        #expect(ledger.nextStep(at: now) == .put(bare(link)))
        take(&ledger)
        #expect(ledger.link(link.id)?.standing == .applied && ledger.nextStep(at: now) == nil)
        // Another grant is nothing to the provider; other values are.
        ledger.adopt(granted(self.link(["a": "1"], grant: "other")))
        #expect(ledger.link(link.id)?.link.grant == "other" && ledger.nextStep(at: now) == nil)
        ledger.adopt(granted(self.link(["a": "2"])))
        #expect(ledger.nextStep(at: now) == .put(bare(self.link(["a": "2"]))))
        take(&ledger)
        ledger.adopt(refused(self.link(["a": "2"])))
        #expect(ledger.nextStep(at: now) == .remove(bare(self.link(["a": "2"]))))
        take(&ledger)
        guard case .refused(let reason, let refusal) = ledger.link(link.id)?.standing else {
            Issue.record("not refused")
            return
        }
        #expect(reason == "nobody granted it" && refusal?.code == .noGrant && ledger.nextStep(at: now) == nil)
        ledger.adopt([:])
        #expect(ledger.links.isEmpty && ledger.nextStep(at: now) == nil)
    }

    @Test("removals come before what may need what they free")
    func order() {
        for _ in 0..<20 {
            var ledger = LinkLedger()
            let (old, new) = (
                link(of: ModuleKeyPair.generate().publicKey), link(of: ModuleKeyPair.generate().publicKey)
            )
            ledger.adopt(granted(old))
            take(&ledger)
            ledger.adopt(granted(new))
            #expect(ledger.nextStep(at: now) == .remove(bare(old)))
            take(&ledger)
            #expect(ledger.nextStep(at: now) == .put(bare(new)))
        }
    }

    @Test("what the provider refuses is offered again, later and later, and at once when asked or changed")
    func retries() {
        var ledger = LinkLedger(retryDelay: .seconds(1), retryDelayMax: .seconds(3))
        let link = link()
        ledger.adopt(granted(link))
        var time = now
        for delay in [1, 2, 3, 3] {
            take(&ledger, problem: "taken", at: time)
            #expect(ledger.link(link.id)?.standing == .refused(reason: "taken", nil))
            #expect(ledger.nextRetry == time + .seconds(delay))
            #expect(ledger.nextStep(at: time + .milliseconds(delay * 1_000 - 1)) == nil)
            time += .seconds(delay)
        }
        take(&ledger, problem: "taken", at: time)
        ledger.retry(link.id)
        #expect(ledger.link(link.id)?.standing == .pending && ledger.nextRetry == nil)
        take(&ledger, problem: "taken", at: time)
        let changed = self.link(["port": "2"])
        ledger.adopt(granted(changed))
        #expect(ledger.nextStep(at: time) == .put(bare(changed)))
        take(&ledger, at: time)
        #expect(ledger.link(link.id)?.standing == .applied && ledger.nextRetry == nil)
    }

    @Test("where new values are refused the old ones are still held: to go back to them needs no step")
    func failedReplacement() {
        var ledger = LinkLedger()
        let (old, new) = (link(["v": "1"]), link(["v": "2"]))
        ledger.adopt(granted(old))
        take(&ledger)
        ledger.adopt(granted(new))
        take(&ledger, problem: "no")
        #expect(ledger.link(old.id) == ProviderLink(link: new, standing: .refused(reason: "no", nil)))
        ledger.adopt(granted(old))
        #expect(ledger.link(old.id)?.standing == .applied && ledger.nextStep(at: now) == nil)
        ledger.adopt([:])
        #expect(ledger.nextStep(at: now) == .remove(bare(old)))
    }

    @Test("what changes during a step is not lost")
    func changesDuringSteps() {
        var ledger = LinkLedger()
        let (old, new) = (link(["v": "1"]), link(["v": "2"]))
        ledger.adopt(granted(old))
        let step = ledger.nextStep(at: now)
        // Deleted while the provider takes it.
        ledger.adopt([:])
        #expect(ledger.links.isEmpty)
        ledger.finished(step ?? .remove(old), problem: nil, at: now)
        #expect(ledger.nextStep(at: now) == .remove(bare(old)))
        take(&ledger)
        #expect(ledger.links.isEmpty)
        // Changed while the provider refuses it.
        ledger.adopt(granted(old))
        let second = ledger.nextStep(at: now)
        ledger.adopt(granted(new))
        ledger.finished(second ?? .remove(old), problem: "no", at: now)
        #expect(ledger.link(new.id)?.standing == .pending && ledger.nextStep(at: now) == .put(bare(new)))
        // Deleted while the provider refuses it.
        let third = ledger.nextStep(at: now)
        ledger.adopt([:])
        ledger.finished(third ?? .remove(old), problem: "no", at: now)
        #expect(ledger.links.isEmpty && ledger.nextStep(at: now) == nil)
    }

    // MARK: Verdicts

    @Test("each link of the provider is judged: its grant, the actor's claims where they are known, the contract")
    func verdicts() throws {
        let now = TokenTime.now()
        let basis = TrustBasis(
            lattice: bench.lattice, operatorKey: bench.operator.publicKey, document: try bench.document())
        let place = ProviderPlace(
            bench.provider, contract: bench.contract, link: .default, host: bench.one.host.publicKey)
        var records = LatticeRecords()
        func put(
            _ link: LinkDefinition, by signer: AccountKeyPair? = nil, expires: TokenTime? = nil, grants: Bool = true
        ) {
            var link = link
            link.grant =
                grants
                ? Grant.signed(
                    for: link, by: AnyKeyPair(signer ?? bench.account), lattice: bench.lattice, expires: expires,
                    at: now, ids: bench.ids) : nil
            _ = records.put(LinkRecord(link, lattice: bench.lattice))
        }
        func actor(_ capabilities: [String]? = nil, by signer: AccountKeyPair? = nil) throws -> ModuleKey {
            let key = ModuleKeyPair.generate().publicKey
            if let capabilities {
                let token = bench.claims(of: key, capabilities: capabilities, by: signer)
                _ = records.put(try ActorRecord(verifying: token, of: key))
            }
            return key
        }
        let unseen = try actor()
        let known = try actor(["wasmcloud:keyvalue"])
        let claimless = try actor(["wasmcloud:httpserver"])
        let foreign = try actor(["wasmcloud:keyvalue"], by: bench.stranger)
        let ungranted = try actor()
        let badlyGranted = try actor()
        let expiring = try actor()
        let expired = try actor()
        let otherContract = try actor()
        for key in [unseen, known, claimless, foreign] { put(link(of: key)) }
        put(link(of: ungranted), grants: false)
        put(link(of: badlyGranted), by: bench.stranger)
        put(link(of: expiring), expires: now.advanced(by: .seconds(30)))
        put(link(of: expired), expires: now.advanced(by: .seconds(-1)))
        var wrong = link(of: otherContract)
        wrong.contract = .httpServer
        put(wrong)
        // Neither is ours.
        var elsewhere = link(of: unseen)
        elsewhere.link = try LinkName("other")
        put(elsewhere)
        var others = link(of: try actor())
        others.provider = ProviderKeyPair.generate().publicKey
        put(others)
        let verdicts = LinkVerdicts(records, basis, for: place, at: now)
        let expected: [(ModuleKey, RefusalCode?)] = [
            (unseen, nil), (known, nil), (expiring, nil), (claimless, .noClaim), (foreign, .untrustedIssuer),
            (ungranted, .noGrant), (badlyGranted, .noGrant), (expired, .noGrant), (otherContract, .noLink),
        ]
        #expect(verdicts.all.count == expected.count)
        for (key, code) in expected {
            let verdict = verdicts.all.values.first { $0.link.actor == key }
            #expect(verdict != nil && verdict?.refusal?.code == code, "\(String(describing: verdict))")
        }
        #expect(verdicts.nextChange == now.advanced(by: .seconds(31)))
        let later = LinkVerdicts(records, basis, for: place, at: now.advanced(by: .seconds(31)))
        #expect(later.all.values.first { $0.link.actor == expiring }?.refusal?.code == .noGrant)
        #expect(later.nextChange == nil)
    }

    // MARK: Secrets

    @Test("a reference becomes the secret for the provider alone, which never shows in its words")
    func secrets() throws {
        let link = link(["URL": "@secret:redis", "namespace": "plain", "mail": "a@secret:b"])
        let resolved = try ResolvedLink(link) { $0 == "redis" ? "redis://:hunter22@h" : nil }
        #expect(resolved.link.values == ["URL": "redis://:hunter22@h", "namespace": "plain", "mail": "a@secret:b"])
        #expect(resolved.shown(LinkProblem("namespace: 'plain' is taken")) == "namespace: 'plain' is taken")
        let hidden = resolved.shown(LinkProblem("URL: 'redis://:hunt' is no address"))
        #expect(!hidden.contains("hunt") && hidden.contains("'redis'"))
        do throws(LinkProblem) {
            _ = try ResolvedLink(link) { _ in nil }
            Issue.record("resolved")
        } catch { #expect(error.description.contains("no secret 'redis'")) }
        #expect(throws: LinkProblem.self) { try ResolvedLink(self.link(["k": "@secret:a/b"])) { _ in "x" } }
    }
}
