import LatticeControlTestSupport
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Testing

@testable import LatticeControl

@Suite("advice that fits what runs")
struct AdviceTests {
    let keyvalue: ContractID
    let local: KnownProvider
    let redis: KnownProvider

    init() throws {
        keyvalue = try ContractID("wasmcloud:keyvalue")
        local = KnownProvider(
            name: "keyvalue-local", key: ProviderKeyPair.generate().publicKey, contract: keyvalue)
        redis = KnownProvider(name: "redis", key: ProviderKeyPair.generate().publicKey, contract: keyvalue)
    }

    /// - Parameter running: providers on one host, with link names.
    private func advise(
        _ code: RefusalCode = .noLink, running: [(KnownProvider, String)] = [], provider: KnownProvider? = nil,
        link: String = "default"
    ) async throws -> [String?] {
        let lattice = ScriptedLattice()
        try await lattice.trust()
        let actor = try await lattice.actor("counter", [keyvalue.text])
        let host = try lattice.host("one")
        let descriptions = try running.map { provider, link in
            ProviderDescription(
                key: provider.key, imageReference: nil, contract: provider.contract.text, link: try LinkName(link),
                name: provider.name, state: .running)
        }
        host.state.withLock { $0.providers = descriptions }
        let client = lattice.client
        let view = await client.view(of: try await client.hosts(within: .milliseconds(50)))
        let names = LatticeNames(
            bundled: [local, redis], snapshot: try await client.snapshot(operatorKey: nil), view: view)
        let advisor = RemedyAdvisor(names: names, view: view, bundled: [local, redis]) { _ in "keyvalue" }
        let refusal = Refusal(
            code, "s",
            RefusalFacts(actor: actor, provider: provider?.key, contract: keyvalue, link: try LinkName(link)))
        let advice = advisor.advice(for: refusal)
        return [advice.first?.line(), advice.fix?.line()] + advice.alternatives.map { $0.line() }
    }

    @Test("the provider that runs")
    func running() async throws {
        #expect(
            try await advise(running: [(local, "default")])
                == [nil, "lattice link put counter keyvalue-local keyvalue"])
        #expect(
            try await advise(running: [(redis, "default")], provider: local)
                == [nil, "lattice link put counter redis keyvalue"])
    }

    @Test("several that run: the one that the refusal names, else the preferred, then the others")
    func several() async throws {
        let both = [(redis, "default"), (local, "default")]
        let (toLocal, toRedis) = (
            "lattice link put counter keyvalue-local keyvalue", "lattice link put counter redis keyvalue"
        )
        #expect(try await advise(running: both) == [nil, toLocal, toRedis])
        #expect(try await advise(running: both, provider: redis) == [nil, toRedis, toLocal])
    }

    @Test("none that runs under this link name: start one first")
    func none() async throws {
        #expect(
            try await advise()
                == ["lattice start provider keyvalue-local", "lattice link put counter keyvalue-local keyvalue"])
        #expect(
            try await advise(running: [(local, "default")], link: "cache")
                == [
                    "lattice start provider keyvalue-local --link-name cache",
                    "lattice link put counter keyvalue-local keyvalue --link-name cache",
                ])
        #expect(
            try await advise(provider: redis)
                == ["lattice start provider redis", "lattice link put counter redis keyvalue"])
    }

    @Test("other refusals")
    func others() async throws {
        #expect(
            try await advise(.noGrant, provider: redis)
                == [nil, "lattice link put counter redis keyvalue --replace"])
        #expect(try await advise(.noProvider, provider: redis) == [nil, "lattice start provider redis"])
        #expect(
            try await advise(.noClaim) == [nil, "lattice sign FILE.wasm --name NAME --cap keyvalue"])
        #expect(try await advise(.noActor) == [nil, "lattice start actor FILE.wasm"])
        #expect(try await advise(.replayed) == [nil, nil])
    }
}
