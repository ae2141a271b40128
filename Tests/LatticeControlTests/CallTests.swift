import LatticeControlTestSupport
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Testing

@testable import LatticeControl

@Suite("calls by a person")
struct CallTests {
    let lattice = ScriptedLattice()
    let host: ScriptedHost
    let actor = ModuleKeyPair.generate().publicKey

    init() throws {
        host = try lattice.host("one")
        try host.serve(actor)
    }

    private func call(_ argument: [UInt8] = [1, 2], _ timeout: Duration = .seconds(5)) async throws -> [UInt8] {
        let snapshot = try await lattice.client.snapshot(operatorKey: lattice.operatorKeys.publicKey)
        return try await lattice.client.call(
            ClientCall(actor, "Counter.Add", argument, timeout: timeout), by: AnyKeyPair(lattice.account),
            basis: snapshot.basis)
    }

    private func error(_ body: () async throws -> [UInt8]) async -> ClientCallError? {
        do {
            _ = try await body()
            return nil
        } catch { return error as? ClientCallError }
    }

    @Test("a call goes out under a certificate, passes the judge, and its signed reply comes back")
    func success() async throws {
        try await lattice.trust(hosts: [host])
        let key = try await lattice.actor("counter", [], key: actor)
        let snapshot = try await lattice.client.snapshot(operatorKey: lattice.operatorKeys.publicKey)
        let subject = lattice.subjects.calls(of: key)
        host.state.withLock {
            $0.reply = { invocation in
                var table = ReplayTable()
                do {
                    let permitted = try ReceivedInvocation(invocation.messagePack, on: subject, at: .now()).decoded()
                        .authenticated(by: snapshot.basis, CertificateTable()).verified().admitted(by: &table)
                        .permitted(for: .actor(key), by: snapshot.basis, snapshot.records)
                    return .success(permitted.argument.reversed())
                } catch { return .failure(.init("\(error)")) }
            }
        }
        #expect(try await call([1, 2, 3]) == [3, 2, 1])
    }

    @Test("a no comes back as it was said, with its code and call")
    func refused() async throws {
        try await lattice.trust(hosts: [host])
        host.state.withLock { $0.reply = { .failure(.init("\(Refusal(.busy, "full", call: $0.id))")) } }
        guard case .refused(let refusal)? = await error({ try await call() }) else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.code == .busy && refusal.sentence == "full" && refusal.call != nil)
        host.state.withLock { $0.reply = { _ in .failure(.init("own words")) } }
        guard case .failed(_, "own words")? = await error({ try await call() }) else {
            Issue.record("not failed")
            return
        }
    }

    @Test("a reply by somebody whom the document does not name is not believed")
    func forged() async throws {
        try await lattice.trust(hosts: [])
        guard case .refused(let refusal)? = await error({ try await call() }) else {
            Issue.record("believed")
            return
        }
        #expect(refusal.code == .forged)
    }

    @Test("nobody and too late are told apart")
    func absent() async throws {
        try await lattice.trust(hosts: [host])
        host.vanish()
        #expect(await error { try await call() } == .nobody(actor))
        let bus = lattice.server.connect()
        let silent = try bus.subscribe(.init(lattice.subjects.calls(of: actor))) { _ in }
        guard case .timedOut(_, .milliseconds(10))? = await error({ try await call([], .milliseconds(10)) }) else {
            Issue.record("not timed out")
            return
        }
        silent.unsubscribe()
    }

    @Test("large arguments travel through the object store")
    func large() async throws {
        try await lattice.trust(hosts: [host])
        host.state.withLock {
            $0.reply = { invocation in
                invocation.isChunked && invocation.payload.isEmpty && invocation.contentLength == 800 << 10
                    ? .success([1]) : .failure(.init("small"))
            }
        }
        #expect(try await call([UInt8](repeating: 7, count: 800 << 10)) == [1])
    }
}
