import LatticeControlTestSupport
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Testing

@testable import LatticeControl

@Suite("names stand for keys")
struct NameTests {
    let lattice = ScriptedLattice()

    func names(_ bundled: [KnownProvider] = []) async throws -> LatticeNames {
        let snapshot = try await lattice.client.snapshot(operatorKey: lattice.operatorKeys.publicKey)
        let hosts = try await lattice.client.hosts(within: .milliseconds(50))
        return LatticeNames(bundled: bundled, snapshot: snapshot, view: await lattice.client.view(of: hosts))
    }

    @Test("an actor: by name, alias, key, and the beginning of its key")
    func actors() async throws {
        try await lattice.trust()
        let key = try await lattice.actor("Counter", [], alias: "count")
        let names = try await names()
        for text in ["Counter", "count", "\(key)", String("\(key)".prefix(8)), "\(key)".prefix(8).lowercased()] {
            #expect(try names.actor(text) == key, "\(text)")
        }
        #expect(names.name(of: key) == "Counter")
        let other = try await lattice.actor("ponger", [], alias: "a/ponger")
        #expect(try await self.names().name(of: other) == "ponger", "a name goes before an alias")
        for text in ["counter", "", "M", String("\(key)".prefix(3)), "nobody"] {
            #expect(throws: NameProblem.unknown(text, .module)) { try names.actor(text) }
        }
        let provider = ProviderKeyPair.generate().publicKey
        #expect(throws: NameProblem.wrongKind(AnyKey(provider), expected: .module)) {
            try names.actor("\(provider)")
        }
        let stranger = ModuleKeyPair.generate().publicKey
        #expect(try names.actor("\(stranger)") == stranger)
    }

    @Test("a name that two trusted actors have is refused with both keys in full")
    func ambiguous() async throws {
        try await lattice.trust()
        let one = try await lattice.actor("counter", [])
        let other = try await lattice.actor("other", [], alias: "counter")
        let names = try await names()
        let problem = #expect(throws: NameProblem.self) { try names.actor("counter") }
        #expect(problem?.description.contains("\(one)") == true && problem?.description.contains("\(other)") == true)
        #expect(names.name(of: one) == nil && names.name(of: other) == "other")
    }

    @Test("a beginning that two keys share is refused")
    func prefixes() throws {
        var table = NameTable<ModuleRole>()
        let keys = Self.keysWithOneBeginning()
        for key in keys { table.add(key, told: nil) }
        let beginning = String("\(keys[0])".prefix(4))
        let problem = #expect(throws: NameProblem.self) { try table.key(beginning) }
        guard case .ambiguous(_, let candidates)? = problem else {
            Issue.record("\(String(describing: problem))")
            return
        }
        #expect(candidates.map(\.key) == keys.sorted().map { AnyKey($0) })
    }

    /// Two keys whose first 8 bytes are the same.
    private static func keysWithOneBeginning() -> [ModuleKey] {
        [0, 1].compactMap { last in
            Bytes32([UInt8](repeating: 7, count: 31) + [last]).map(ModuleKey.init(bytes:))
        }
    }

    @Test("who only says that it is called so can't take a proven name away")
    func told() async throws {
        try await lattice.trust()
        let real = try await lattice.actor("counter", [])
        let untrusted = try await lattice.actor("counter", [], by: AccountKeyPair.generate())
        let host = try lattice.host("liar")
        let liar = ModuleKeyPair.generate().publicKey
        host.state.withLock {
            $0.actors = [
                ActorDescription(key: liar, imageReference: nil, name: "counter", instances: []),
                ActorDescription(key: liar, imageReference: nil, name: "own", instances: []),
            ]
        }
        let names = try await names()
        #expect(try names.actor("counter") == real)
        #expect(try names.actor("own") == liar)
        #expect(names.name(of: untrusted) == nil)
    }

    @Test("providers and hosts")
    func others() async throws {
        let contract = try ContractID("wasmcloud:keyvalue")
        let redis = KnownProvider(
            name: "redis", key: ProviderKeyPair.generate().publicKey, contract: contract)
        let host = try lattice.host("kitchen")
        let foreign = ProviderKeyPair.generate().publicKey
        host.state.withLock {
            $0.providers = [
                ProviderDescription(
                    key: foreign, imageReference: nil, contract: contract.text, link: .default, name: "acme")
            ]
        }
        let names = try await names([redis])
        #expect(try names.provider("redis") == redis.key && names.provider("acme") == foreign)
        #expect(try names.host("kitchen") == host.key)
        #expect(try names.host(String("\(host.key)".prefix(6))) == host.key)
        #expect(names.name(of: redis.key) == "redis" && names.name(of: host.key) == "kitchen")
        #expect(throws: NameProblem.unknown("cellar", .host)) { try names.host("cellar") }
    }

    @Test("a name that a terminal or a shell would misread is not used")
    func hostileNames() {
        for name in ["a\u{1B}[2J", "--yes", String(repeating: "x", count: 65)] {
            var table = NameTable<ModuleRole>()
            let key = ModuleKeyPair.generate().publicKey
            table.add(key, told: name)
            #expect(table.name(of: key) == nil)
        }
    }
}
