import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Synchronization

/// Holds what the judgements of a host or a provider process rest on, and makes them. The rules themselves are `LatticeTrust`'s; here are the lock and
/// the clock.
public final class Gatekeeper: Sendable {
    private struct State {
        var basis: TrustBasis
        var records = LatticeRecords()
        var replay: ReplayTable
        var certificates = CertificateTable()
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

    /// Judgements from now on rest on this.
    public func adopt(_ basis: TrustBasis) { state.withLock { $0.basis = basis } }

    /// Changes what is known of actors and links.
    public func update<Change>(_ body: (inout LatticeRecords) -> Change) -> Change {
        state.withLock { body(&$0.records) }
    }

    /// Where a call that an actor makes goes.
    public func target(of call: OutgoingCall) throws(Refusal) -> OutgoingTarget {
        let judge = state.withLock { OutgoingJudge(basis: $0.basis, records: $0.records) }
        return try judge.judge(call, at: now)
    }

    /// Whether a message is an invocation that may run. Each step takes the type of the one before.
    public func permit(_ message: BusMessage, for receiver: CallTarget) throws(Refusal) -> PermittedInvocation {
        let decoded = try ReceivedInvocation(message.payload, on: message.subject, at: now).decoded()
        let (basis, records, certificates) = state.withLock { ($0.basis, $0.records, $0.certificates) }
        let authenticated: AuthenticatedInvocation
        do throws(AuthenticationFailure) {
            authenticated = try decoded.authenticated(by: basis, certificates)
        } catch { throw error.refusal }
        if let certificate = authenticated.newCertificate {
            _ = state.withLock { $0.certificates.insert(certificate, at: decoded.arrival) }
        }
        let verified = try authenticated.verified()
        let fresh = try state.withLock { state throws(Refusal) in try verified.admitted(by: &state.replay) }
        return try fresh.permitted(for: receiver, by: basis, records)
    }
}
