import LatticeControlTestSupport
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Testing

@testable import LatticeCLI

@Suite("saying whom a lattice trusts")
struct TrustCommandTests {
    private func document(_ bench: CommandBench) async throws -> TrustDocument? {
        try await bench.lattice.client.snapshot(operatorKey: nil).document
    }

    // MARK: init

    @Test("the first version, with keys made where there are none; again is no change")
    func initialise() async throws {
        let bench = try CommandBench(keys: .none)
        let report = try await bench.run(TrustInit.self, "trust", "init")
        let document = try #require(try await document(bench))
        let (operatorEntry, accountEntry) = (
            try bench.home.keys.only(.operator, option: ""), try bench.home.keys.only(.account, option: "")
        )
        #expect(AnyKey(document.operatorKey) == operatorEntry.publicKey && document.version == 1)
        #expect(document.issuers.map { AnyKey($0) } == [accountEntry.publicKey] && document.clusters.isEmpty)
        #expect(report.plain.contains("LATTICE_TRUST_OPERATOR=\(document.operatorKey)"))
        #expect(report.object?["outcome"] == "created" && report.object?["version"] == 1)
        let again = try await bench.run(TrustInit.self, "trust", "init")
        #expect(again.object?["outcome"] == "unchanged")
        #expect(try await self.document(bench)?.text == document.text)
    }

    @Test("another operator's lattice stays as it is, and how to run a host in it is said")
    func otherOperator() async throws {
        let bench = try CommandBench(keys: .none)
        let other = OperatorKeyPair.generate()
        let before = try await bench.lattice.trust(by: other)
        let failure = try await bench.failure(TrustInit.self, "trust", "init")
        #expect(failure.status == .refused && failure.message.contains("\(other.publicKey)"))
        #expect(failure.message.contains("LATTICE_TRUST_OPERATOR"))
        #expect(try await document(bench)?.text == before.text)
        #expect(try bench.home.keys.entries().isEmpty)
    }

    @Test("a host that outlived the bucket is not overtaken by an older version")
    func outlived() async throws {
        let bench = try CommandBench()
        let host = try bench.lattice.host("one")
        host.state.withLock { $0.trustVersion = 7 }
        _ = try await bench.run(TrustInit.self, "trust", "init")
        #expect(try await document(bench)?.version == 8)
    }

    // MARK: list

    @Test("whom a lattice trusts, with every field")
    func list() async throws {
        let bench = try CommandBench()
        var failure = try await bench.failure(TrustList.self, "trust", "list")
        #expect(failure.fix == "lattice trust init")
        let host = try bench.lattice.host("one")
        try await bench.lattice.trust(version: 4, hosts: [host])
        let report = try await bench.run(TrustList.self, "trust", "list")
        let expected: JSONObject = [
            "operator": .string("\(bench.lattice.operatorKeys.publicKey)"), "version": 4,
            "issuers": [.string("\(bench.lattice.account.publicKey)")],
            "clusters": [["key": .string("\(host.cluster.publicKey)"), "host": .string("\(host.key)")]],
        ]
        for member in expected.members { #expect(report.object?[member.key] == member.value, "\(member.key)") }
        #expect(report.plain.contains("host      \(host.key)"))
        try await bench.lattice.trust(version: 5, by: OperatorKeyPair.generate())
        failure = try await bench.failure(TrustList.self, "trust", "list")
        #expect(failure.message.contains("does not count here"))
    }

    // MARK: add

    @Test("an account is trusted when every enrolled host goes by it")
    func addAccount() async throws {
        let bench = try CommandBench()
        let host = try bench.lattice.host("one")
        try await bench.lattice.trust(version: 3, hosts: [host])
        host.followTrust()
        let account = AccountKeyPair.generate().publicKey
        let report = try await bench.run(TrustAdd.self, "trust", "add", "\(account)")
        #expect(report.plain.contains("version 4, and every enrolled host that answers goes by it (1)"))
        #expect(report.object?["reached"] == [.string("\(host.key)")] && report.object?["version"] == 4)
        #expect(try await document(bench)?.issuers.last == account)
        let again = try await bench.run(TrustAdd.self, "trust", "add", "\(account)")
        #expect(again.object?["outcome"] == "unchanged" && again.object?["version"] == 4)
    }

    @Test("a host that does not follow is named, and it is no success")
    func behind() async throws {
        let bench = try CommandBench()
        let host = try bench.lattice.host("slow")
        try await bench.lattice.trust(hosts: [host])
        let account = AccountKeyPair.generate().publicKey
        let failure = try await bench.failure(TrustAdd.self, "trust", "add", "\(account)")
        #expect(failure.status == .timedOut)
        #expect(failure.message.contains("slow (\(host.key)) by version 1"))
    }

    @Test("without a host the bucket is enough, and it is said")
    func nobodyRuns() async throws {
        let bench = try CommandBench()
        try await bench.lattice.trust()
        let account = AccountKeyPair.generate().publicKey
        let report = try await bench.run(TrustAdd.self, "trust", "add", "\(account)")
        #expect(report.plain.contains("no enrolled host answers: it is stored"))
    }

    @Test("a host is enrolled by key at once, by name after a yes")
    func addHost() async throws {
        let bench = try CommandBench()
        let (one, two) = (try bench.lattice.host("one"), try bench.lattice.host("two"))
        try await bench.lattice.trust()
        one.followTrust()
        two.followTrust()
        let report = try await bench.run(TrustAdd.self, "trust", "add", "\(one.key)")
        #expect(
            report.plain.hasPrefix(
                "host one (\(one.key)) with the cluster key \(one.cluster.publicKey) is enrolled now\n"))
        #expect(try await document(bench)?.clusters == [.init(key: one.cluster.publicKey, host: one.key)])
        for words in [["trust", "add", "two"], ["trust", "add", String("\(two.key)".prefix(6))]] {
            let command = try bench.command(TrustAdd.self, words)
            let unasked = await #expect(throws: CLIError.self) {
                try await command.report(in: bench.session) { _ in nil }
            }
            #expect(unasked?.status == .wrongUsage && unasked?.fix == "lattice trust add \(two.key)")
            #expect(unasked?.message.contains("\(two.cluster.publicKey)") == true)
            let denied = await #expect(throws: CLIError.self) {
                try await command.report(in: bench.session) { _ in false }
            }
            #expect(denied?.status == .refused)
        }
        #expect(try await document(bench)?.clusters.count == 1)
        let command = try bench.command(TrustAdd.self, ["trust", "add", "two"])
        let asked = try await command.report(in: bench.session) { $0.contains("\(two.key)") }
        #expect(asked.object?["outcome"] == "changed")
        #expect(
            try await bench.run(TrustAdd.self, "trust", "add", "two", "--yes").object?["outcome"] == "unchanged")
    }

    @Test("two hosts of one name, and one that is not there, are not enrolled")
    func unclear() async throws {
        let bench = try CommandBench()
        _ = try bench.lattice.host("one")
        _ = try bench.lattice.host("one")
        try await bench.lattice.trust()
        let twins = try await bench.failure(TrustAdd.self, "trust", "add", "one", "--yes")
        #expect(twins.status == .refused && twins.message.hasPrefix("two hosts answer and claim 'one'"))
        let absent = try await bench.failure(TrustAdd.self, "trust", "add", "cellar", "--yes")
        #expect(absent.message == "no host that answers is called 'cellar'")
    }

    @Test("accounts by their operator's word: only the lattice's own")
    func accountTokens() async throws {
        let bench = try CommandBench()
        try await bench.lattice.trust()
        let account = AccountKeyPair.generate().publicKey
        func token(_ signer: OperatorKeyPair) -> [UInt8] {
            Array(
                TokenClaims(
                    id: "x", subject: "\(account)", issuedAt: .now(), payload: SignerClaims(name: nil)
                ).signed(by: signer).utf8)
        }
        let own = "\(bench.lattice.operatorKeys.publicKey)"
        var failure = try await bench.failure(TrustAdd.self, "trust", "add", own)
        #expect(failure.fix == "lattice trust add \(own) --account-token FILE")
        let foreign = OperatorKeyPair.generate()
        failure = try await bench.failure(TrustAdd.self, "trust", "add", "\(foreign.publicKey)")
        #expect(failure.message.contains("can't vouch for accounts in it yet"))
        let foreignFile = try bench.file("foreign.jwt", token(foreign))
        failure = try await bench.failure(TrustAdd.self, "trust", "add", own, "--account-token", foreignFile)
        #expect(failure.message.contains("the account token does not count"))
        let file = try bench.file("own.jwt", token(bench.lattice.operatorKeys) + [0x0A])
        _ = try await bench.run(TrustAdd.self, "trust", "add", own, "--account-token", file)
        #expect(try await document(bench)?.accounts == [account])
        failure = try await bench.failure(TrustAdd.self, "trust", "add", "\(account)", "--account-token", file)
        #expect(failure.status == .wrongUsage)
        _ = try await bench.run(TrustRemove.self, "trust", "remove", "\(account)")
        #expect(try await document(bench)?.accounts == [])
    }

    @Test("without the operator's key nothing can be changed")
    func noOperator() async throws {
        let bench = try CommandBench(keys: .none)
        try await bench.lattice.trust()
        let account = AccountKeyPair.generate().publicKey
        let failure = try await bench.failure(TrustAdd.self, "trust", "add", "\(account)")
        #expect(failure.message.contains("\(bench.lattice.operatorKeys.publicKey)"))
        #expect(failure.fix == "lattice keys import FILE --name operator")
        let module = ModuleKeyPair.generate().publicKey
        let wrong = try await bench.failure(TrustAdd.self, "trust", "add", "\(module)")
        #expect(wrong.status == .wrongUsage)
    }

    // MARK: remove

    @Test("a host goes by name, key, cluster key, or the beginning of one; an account by its key")
    func remove() async throws {
        let bench = try CommandBench()
        let host = try bench.lattice.host("one")
        let words = [
            "one", "\(host.key)", String("\(host.key)".prefix(6)).lowercased(), "\(host.cluster.publicKey)",
        ]
        for (index, word) in words.enumerated() {
            try await bench.lattice.trust(version: UInt64(index * 10 + 1), hosts: [host])
            let report = try await bench.run(TrustRemove.self, "trust", "remove", word)
            #expect(report.object?["outcome"] == "changed", "\(word)")
            #expect(try await document(bench)?.clusters == [], "\(word)")
        }
        let account = bench.lattice.account.publicKey
        _ = try await bench.run(TrustRemove.self, "trust", "remove", String("\(account)".prefix(8)))
        #expect(try await document(bench)?.issuers == [])
        let again = try await bench.run(TrustRemove.self, "trust", "remove", "\(account)")
        #expect(again.object?["outcome"] == "unchanged")
        let unknown = try await bench.failure(TrustRemove.self, "trust", "remove", "cellar")
        #expect(unknown.message == "no host is called 'cellar'")
    }

    @Test("no host can push the version out of reach")
    func leap() {
        func host(_ version: UInt64) -> HostReply {
            HostReply(
                host: HostKeyPair.generate().publicKey, cluster: nil, labels: [:], name: "", uptimeSeconds: 0,
                version: "", clusterIssuers: [], jetStreamDomain: nil, busAddress: nil, lattice: nil, isEnrolled: true,
                enrolment: nil, trustVersion: version)
        }
        #expect(TrustChange.next(after: 3, []) == 4)
        #expect(TrustChange.next(after: 3, [host(9), host(2)]) == 10)
        #expect(TrustChange.next(after: 3, [host(.max)]) == 4)
        #expect(TrustChange.next(after: .max, []) == .max)
    }
}
