import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Synchronization

/// Holds what the judgements of a host or a provider process rest on, and makes them. The rules themselves are
/// `LatticeTrust`'s; here are the lock and the clock.
public final class Gatekeeper: Sendable {
    private struct State {
        var basis: TrustBasis
        var records = LatticeRecords()
        var replay: ReplayTable
        var certificates = CertificateTable()
        /// Made by the first call after a change, and dropped before the next: tables that it shared would be copied.
        var judge: OutgoingJudge?

        mutating func currentJudge() -> OutgoingJudge {
            if let judge { return judge }
            let made = OutgoingJudge(basis: basis, records: records)
            judge = made
            return made
        }
    }

    private let state: Mutex<State>
    private let clock: @Sendable () -> TokenTime

    public init(
        _ basis: TrustBasis, replayCountMax: Int = ReplayTable.countMaxDefault,
        clock: @escaping @Sendable () -> TokenTime = { .now() }
    ) {
        state = Mutex(State(basis: basis, replay: ReplayTable(countMax: replayCountMax)))
        self.clock = clock
    }

    public var now: TokenTime { clock() }
    public var basis: TrustBasis { state.withLock(\.basis) }
    public var records: LatticeRecords { state.withLock(\.records) }

    /// What judgements of calls that go out rest on at this moment, of a piece.
    public var judge: OutgoingJudge { state.withLock { $0.currentJudge() } }

    /// Judgements from now on rest on this.
    public func adopt(_ basis: TrustBasis) {
        state.withLock { state in
            state.judge = nil
            state.basis = basis
        }
    }

    /// Changes what is known of actors and links.
    public func update<Change>(_ body: (inout LatticeRecords) -> Change) -> Change {
        state.withLock { state in
            state.judge = nil
            return body(&state.records)
        }
    }

    // MARK: Certificates

    /// - Returns: false when the table is full of others that still count.
    @discardableResult
    public func keep(_ certificate: Certificate) -> Bool {
        let now = now
        return state.withLock { $0.certificates.insert(certificate, at: now) }
    }

    public func forgetCertificate(of key: ClusterKey) { state.withLock { $0.certificates.remove(key) } }

    public func certificate(of key: ClusterKey) -> Certificate? {
        state.withLock { $0.certificates.certificate(of: key) }
    }

    // MARK: Calls

    /// Where a call that an actor makes goes.
    public func target(of call: OutgoingCall) throws(Refusal) -> OutgoingTarget {
        try judge.judge(call, at: now)
    }

    /// Whether a message is an invocation that may run. Each step takes the type of the one before.
    /// - Throws: `certificateWanted` when a certificate that nobody here knows yet could change the judgement; nothing was
    ///   remembered then, and the same message can be judged again.
    public func permit(
        _ received: ReceivedInvocation, for receiver: CallTarget
    ) throws(AuthenticationFailure) -> PermittedInvocation {
        let decoded: DecodedInvocation
        do throws(Refusal) { decoded = try received.decoded() } catch { throw .refused(error) }
        let (judge, certificates) = state.withLock { ($0.currentJudge(), $0.certificates) }
        let authenticated = try decoded.authenticated(by: judge.basis, certificates)
        if let certificate = authenticated.newCertificate {
            _ = state.withLock { $0.certificates.insert(certificate, at: decoded.arrival) }
        }
        do throws(Refusal) {
            let verified = try authenticated.verified()
            let fresh = try state.withLock { state throws(Refusal) in try verified.admitted(by: &state.replay) }
            return try fresh.permitted(for: receiver, by: judge.basis, judge.records)
        } catch { throw .refused(error) }
    }

    /// Whether a reply may be believed.
    public func verify(
        _ response: InvocationResponse, _ check: ReplyCheck
    ) throws(AuthenticationFailure) {
        let (judge, certificates) = state.withLock { ($0.currentJudge(), $0.certificates) }
        try check.verify(response, result: response.payload, by: judge.basis, certificates, at: now)
    }
}
