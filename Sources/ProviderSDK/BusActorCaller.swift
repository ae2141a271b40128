import LatticeExchange
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust
import Synchronization

/// Calls actors for a provider process: judged here, then over the bus, signed with the process's own key. Its certificate
/// is sent along; the host renews it in the trust bucket, and the newest one is taken.
final class BusActorCaller: ActorCaller {
    private struct State {
        var certificate: String?
        var caller: RemoteCaller
    }

    private let key: ClusterKey
    private let gatekeeper: Gatekeeper
    private let makeCaller: @Sendable (_ certificate: String?) -> RemoteCaller
    private let refused: @Sendable (Refusal) -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - key: of this process.
    ///   - certificate: the first one.
    init(
        key: ClusterKey, certificate: String?, gatekeeper: Gatekeeper,
        makeCaller: @escaping @Sendable (_ certificate: String?) -> RemoteCaller,
        refused: @escaping @Sendable (Refusal) -> Void
    ) {
        self.key = key
        self.gatekeeper = gatekeeper
        self.makeCaller = makeCaller
        self.refused = refused
        state = Mutex(State(certificate: certificate, caller: makeCaller(certificate)))
    }

    func call(_ call: ActorCall, completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void) {
        let link = call.link
        let caller = caller
        let id = caller.nextID()
        let judge = gatekeeper.judge
        do throws(Refusal) {
            _ = try CallPermission.check(
                from: .provider(link.provider, link.contract, link.link), to: .actor(link.actor), by: judge.basis,
                judge.records, at: gatekeeper.now)
        } catch {
            let refusal = error.of(id)
            refused(refusal)
            return completion(.failure(refusal))
        }
        caller.call(
            RemoteCall(
                id, from: .provider(link.provider, link.contract, link.link), to: .actor(link.actor),
                operation: call.operation, argument: call.argument, timeout: call.timeout), completion: completion)
    }

    private var caller: RemoteCaller {
        let newest = gatekeeper.certificate(of: key)?.text
        return state.withLock { state in
            if let newest, newest != state.certificate {
                state = State(certificate: newest, caller: makeCaller(newest))
            }
            return state.caller
        }
    }
}
