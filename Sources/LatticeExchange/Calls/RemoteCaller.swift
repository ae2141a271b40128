import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// Calls over the bus: signed, sent once, the reply checked. Never sent again: a call is at most once.
///
/// Who hears of a refusal: those that are made here are told to `refused`. One that comes back was told where it was made,
/// and is only handed on; unless it names no call, or is in other words than ours, as from classic hosts: then it could not
/// be found there, and is told here.
/// - Source: trust rules §4, §5.
public final class RemoteCaller: Sendable {
    /// Of the words that come back.
    static let errorBytesMax = 16 << 10

    private let gatekeeper: Gatekeeper
    private let bus: any MessageBus
    private let subjects: LatticeSubjects
    private let signer: InvocationSigner
    private let certificates: CertificateLookup?
    private let work: Executor
    private let refused: @Sendable (Refusal) -> Void

    /// - Parameters:
    ///   - certificates: where to look for that of a provider process which nobody knows yet.
    ///   - work: checks replies there; a signature is too much for a thread of the bus.
    public init(
        gatekeeper: Gatekeeper, bus: any MessageBus, subjects: LatticeSubjects, signer: InvocationSigner,
        certificates: CertificateLookup? = nil, work: @escaping Executor,
        refused: @escaping @Sendable (Refusal) -> Void
    ) {
        self.gatekeeper = gatekeeper
        self.bus = bus
        self.subjects = subjects
        self.signer = signer
        self.certificates = certificates
        self.work = work
        self.refused = refused
    }

    public func nextID() -> InvocationID { signer.nextID() }

    /// Signs on the caller's thread (24 µs).
    /// - Parameter completion: called exactly once, on any thread, possibly before this returns; at the latest when the
    ///   call's time is over, save for the check of a reply that has just come.
    public func call(
        _ call: RemoteCall, completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void
    ) {
        let summary = RemoteCall.Summary(id: call.id, target: call.target, facts: call.facts)
        let timeout = min(call.timeout, InvocationWindow.timeoutMax)
        guard timeout >= .milliseconds(1) else {
            let sentence = "the time of the call was over before it could be sent"
            return refuse(Refusal(.deadline, sentence, call: call.id, summary.facts), completion)
        }
        let subject = subjects.calls(of: call.target)
        let draft = InvocationSigner.Draft(
            from: call.origin, to: call.target.entity, operation: call.operation, argument: call.argument, id: call.id,
            traceContext: call.traceContext)
        let invocation = signer.sign(draft, .strict(subject: subject.text, timeout: timeout), at: gatekeeper.now)
        bus.request(BusMessage(to: subject, payload: invocation.messagePack), timeout: timeout) { [self] result in
            switch result {
            case .success(let message): work { self.take(message.payload, summary, completion) }
            case .failure(let error): refuse(Refusal(error, of: summary), completion)
            }
        }
    }

    // MARK: The reply

    private func take(
        _ bytes: [UInt8], _ call: RemoteCall.Summary,
        _ completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void
    ) {
        let response: InvocationResponse
        do throws(MessagePackError) { response = try InvocationResponse(messagePack: bytes) } catch {
            return refuse(
                Refusal(.forged, "the reply can't be read: \(error)", call: call.id, call.facts), completion)
        }
        guard !isBelievedUnsigned(response) else { return finish(response, call, completion) }
        check(response, call, isLast: false, completion)
    }

    /// Under the classic profile whatever carries no signature; else the one thing that a host says before it has looked at
    /// a message: that too many wait. Whoever could forge that could as well stay silent.
    private func isBelievedUnsigned(_ response: InvocationResponse) -> Bool {
        guard response.token == nil else { return false }
        if case .classic = gatekeeper.basis.settings.invocations { return true }
        return response.error.flatMap(Refusal.init(text:))?.code == .busy
    }

    private func check(
        _ response: InvocationResponse, _ call: RemoteCall.Summary, isLast: Bool,
        _ completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void
    ) {
        do throws(AuthenticationFailure) {
            try gatekeeper.verify(response, ReplyCheck(of: call.id, to: call.target))
        } catch {
            guard case .certificateWanted(let key, _) = error, !isLast, let certificates else {
                return refuse(error.refusal, completion)
            }
            return certificates.find(key) {
                self.work { self.check(response, call, isLast: true, completion) }
            }
        }
        finish(response, call, completion)
    }

    private func finish(
        _ response: InvocationResponse, _ call: RemoteCall.Summary,
        _ completion: @Sendable (Result<[UInt8], Refusal>) -> Void
    ) {
        guard let error = response.error else {
            guard !response.isChunked else {
                let sentence =
                    "the result of \(response.contentLength) bytes lies in the object store, from which none is fetched"
                return refuse(Refusal(.tooLarge, sentence, call: call.id, call.facts), completion)
            }
            return completion(.success(response.payload))
        }
        let words = String(decoding: error.utf8.prefix(Self.errorBytesMax), as: UTF8.self)
        guard var refusal = Refusal(text: words) else {
            return refuse(Refusal(call.ownErrorCode, words, call: call.id, call.facts), completion)
        }
        refusal.facts = call.facts
        guard refusal.call != nil else { return refuse(refusal.of(call.id), completion) }
        completion(.failure(refusal))
    }

    private func refuse(_ refusal: Refusal, _ completion: @Sendable (Result<[UInt8], Refusal>) -> Void) {
        refused(refusal)
        completion(.failure(refusal))
    }
}

extension RemoteCall {
    /// What has to be known of a call while its reply is awaited: not its argument.
    struct Summary: Sendable {
        let id: InvocationID
        let target: CallTarget
        let facts: RefusalFacts

        /// For the words of whoever was called.
        var ownErrorCode: RefusalCode {
            switch target {
            case .actor: .guestError
            case .provider: .providerError
            }
        }
    }
}
