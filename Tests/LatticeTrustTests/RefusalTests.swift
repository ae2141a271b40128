import LatticeIdentity
import LatticeProtocol
import Testing

@testable import LatticeTrust

@Suite("refusals")
struct RefusalTests {
    @Test("every code of the rules, with its status")
    func codes() {
        let expected: [Int: Set<String>] = [
            403: [
                "unsigned", "tampered", "expired", "not-yet-valid", "untrusted-issuer", "no-claim", "no-link",
                "no-grant",
                "grant-revoked", "not-enrolled", "wrong-cluster", "forged", "replayed", "clock", "policy", "ambiguous",
            ],
            503: ["no-actor", "no-provider", "busy", "disconnected"], 504: ["deadline"],
            502: ["guest-error", "provider-error", "trap", "fuel", "memory"], 413: ["too-large"],
        ]
        let found = Dictionary(grouping: RefusalCode.allCases, by: \.httpStatus).mapValues { Set($0.map(\.rawValue)) }
        #expect(found == expected)
        #expect(RefusalCode.allCases.filter { $0.kind == .denied }.allSatisfy { $0.httpStatus == 403 })
        #expect(RefusalCode.allCases.filter(\.passesSoon) == [.busy])
    }

    @Test("text goes and comes back", arguments: RefusalCode.allCases)
    func text(code: RefusalCode) throws {
        for sentence in ["it is so", "a: b [c, call d] e", "", "é"] {
            for call in [nil, try InvocationID("0a1b-X")] {
                let refusal = Refusal(code, sentence, call: call)
                #expect(Refusal(text: "\(refusal)") == refusal)
            }
        }
        #expect("\(Refusal(.noLink, "s", call: try InvocationID("i")))" == "denied: s [no-link, call i]")
        #expect("\(Refusal(.busy, "s"))" == "failed: s [busy]")
    }

    @Test(
        "other texts are none",
        arguments: [
            "", "denied: s", "denied: s [nonsense]", "failed: s [no-link]", "denied: s [busy]", "denied: s[no-link]",
            "denied:s [no-link]", "denied: s [no-link, call ]", "denied: s [no-link, call a b]", "[no-link]",
            "denied: s [no-link] ", "denied [no-link]", " denied: s [no-link]", "denied: s [no-link, call i, call j]",
        ])
    func otherTexts(text: String) { #expect(Refusal(text: text) == nil) }

    @Test("reports go and come back; facts that are no keys are dropped")
    func reports() throws {
        let world = try World()
        let refusal = Refusal(
            .noLink, "s", call: try InvocationID("i"),
            RefusalFacts(
                actor: world.actor, provider: world.provider, contract: world.contract, link: .default,
                issuer: AnyKey(world.account.publicKey), host: world.host.publicKey, cluster: world.cluster.publicKey,
                capabilities: [world.contract, .logging], setting: SettingName("a.b_c"), limit: 7))
        let report = refusal.report(host: world.host.publicKey)
        #expect(Refusal(try RefusalReport(json: report.json)) == refusal)
        let hostile = RefusalReport(
            code: "no-link", sentence: "s",
            facts: [
                "actor": "$(rm)", "provider": "-", "contract": "x", "link_name": ";", "setting": "A", "limit": "-1",
            ])
        #expect(Refusal(hostile)?.facts == RefusalFacts())
        #expect(Refusal(RefusalReport(code: "new", sentence: "s")) == nil)
    }

    @Test(
        "setting names",
        arguments: [
            ("a", true), ("a.b_2", true), ("", false), (".a", false), ("a.", false), ("A", false), ("a b", false),
        ])
    func settings(text: String, isGood: Bool) { #expect((SettingName(text) != nil) == isGood) }

    @Test("remedies are built of keys and names")
    func remedies() throws {
        let world = try World()
        let (actor, provider) = (world.actor, world.provider)
        let facts = RefusalFacts(
            actor: actor, provider: provider, contract: world.contract, link: try LinkName("cache"),
            issuer: AnyKey(world.account.publicKey), host: world.host.publicKey, capabilities: [.logging],
            setting: SettingName("actors.fuel_max"), limit: 8)
        let lines: [(RefusalCode, String?)] = [
            (.unsigned, "lattice sign FILE.wasm --name NAME"), (.tampered, "lattice sign FILE.wasm --name NAME"),
            (.expired, "lattice sign FILE.wasm --name NAME"), (.notYetValid, "lattice sign FILE.wasm --name NAME"),
            (.untrustedIssuer, "lattice trust add \(world.account.publicKey)"),
            (
                .noClaim,
                "lattice sign FILE.wasm --name NAME --cap wasmcloud:builtin:logging --cap wasmcloud:keyvalue"
            ),
            (.noLink, "lattice link put \(actor) \(provider) wasmcloud:keyvalue --link-name cache"),
            (.noGrant, "lattice link put \(actor) \(provider) wasmcloud:keyvalue --link-name cache --replace"),
            (.grantRevoked, "lattice link put \(actor) \(provider) wasmcloud:keyvalue --link-name cache --replace"),
            (.notEnrolled, "lattice trust add \(world.host.publicKey)"),
            (.wrongCluster, "lattice trust add \(world.host.publicKey)"), (.clock, "lattice doctor"),
            (.noActor, "lattice start actor FILE.wasm"),
            (.noProvider, "lattice start provider PROVIDER --link-name cache"),
            (.busy, "lattice scale actor \(actor) 16"), (.deadline, "change actors.fuel_max in lattice.conf"),
            (.fuel, "change actors.fuel_max in lattice.conf"), (.memory, "change actors.fuel_max in lattice.conf"),
            (.tooLarge, "change actors.fuel_max in lattice.conf"), (.trap, "change actors.fuel_max in lattice.conf"),
            (.guestError, "change actors.fuel_max in lattice.conf"),
            (.providerError, "change actors.fuel_max in lattice.conf"), (.forged, nil), (.replayed, nil),
            (.policy, nil),
            (.ambiguous, nil), (.disconnected, nil),
        ]
        for (code, line) in lines { #expect(Remedy(for: Refusal(code, "s", facts))?.line() == line, "\(code)") }
        #expect(Set(lines.map(\.0)) == Set(RefusalCode.allCases))
        let names = Remedy.Names(actor: { _ in "counter" }, provider: { _ in "redis" })
        #expect(
            Remedy(for: Refusal(.noLink, "s", facts), names: names)?.line(program: "./lattice")
                == "./lattice link put counter redis wasmcloud:keyvalue --link-name cache")
        #expect(
            Remedy(for: Refusal(.noProvider, "s", facts), names: names)?.line()
                == "lattice start provider redis --link-name cache")
        #expect(Remedy(for: Refusal(.noLink, "s"))?.line() == "lattice link put ACTOR PROVIDER CONTRACT")
        #expect(Remedy(for: Refusal(.wrongCluster, "s")) == nil && Remedy(for: Refusal(.trap, "s")) == nil)
    }

    @Test("a contract that a shell would misread is quoted")
    func quoting() throws {
        let facts = RefusalFacts(contract: try ContractID("a:$(rm)';x"))
        #expect(
            Remedy(for: Refusal(.noLink, "s", facts))?.line() == #"lattice link put ACTOR PROVIDER 'a:$(rm)'\'';x'"#)
    }
}
