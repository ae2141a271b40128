import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import Synchronization

/// Answers invocations that come over the bus: verify → permit → run → reply. Whatever happens, the caller hears back.
///
/// Every refusal is told to `refused` once, save one that names another call: whoever was called only passed it on, and it
/// was told where it was made.
/// - Source: trust rules §4, §5.
public final class InvocationServer: Sendable {
    /// Runs what was permitted.
    /// - Parameters:
    ///   - deadline: beyond it nobody waits for the answer.
    ///   - completion: to be called exactly once, on any thread.
    public typealias Handler =
        @Sendable (
            _ call: PermittedInvocation, _ deadline: ContinuousClock.Instant,
            _ completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void
        ) -> Void

    public static let waitingMaxDefault = 4_096

    private let gatekeeper: Gatekeeper
    private let bus: any MessageBus
    private let signer: InvocationSigner
    private let certificates: CertificateLookup?
    private let work: Executor
    private let refused: @Sendable (Refusal) -> Void
    private let waitingMax: Int
    /// Messages that wait to be verified.
    private let waiting = Atomic<Int>(0)

    /// A message on its way.
    private struct Arrival: Sendable {
        let message: BusMessage
        let receiver: CallTarget
        let time: TokenTime
        let instant: ContinuousClock.Instant
        let answered: @Sendable () -> Void
        let handler: Handler
    }

    /// - Parameters:
    ///   - certificates: where to look for that of a signer which nobody knows yet.
    ///   - work: verifies messages and calls handlers there.
    ///   - waitingMax: messages that may wait for that; the next one is refused as `busy`.
    public init(
        gatekeeper: Gatekeeper, bus: any MessageBus, signer: InvocationSigner,
        certificates: CertificateLookup? = nil, waitingMax: Int = waitingMaxDefault, work: @escaping Executor,
        refused: @escaping @Sendable (Refusal) -> Void
    ) {
        self.gatekeeper = gatekeeper
        self.bus = bus
        self.signer = signer
        self.certificates = certificates
        self.waitingMax = waitingMax
        self.work = work
        self.refused = refused
    }

    /// Takes a message from a subscription. Returns at once: checking a signature is not for a thread of the bus.
    /// - Parameter answered: called once, when the reply is with the bus.
    public func receive(
        _ message: BusMessage, for receiver: CallTarget, answered: @escaping @Sendable () -> Void = {},
        handler: @escaping Handler
    ) {
        guard waiting.wrappingAdd(1, ordering: .relaxed).newValue <= waitingMax else {
            waiting.wrappingSubtract(1, ordering: .relaxed)
            let refusal = Refusal(
                .busy, "\(waitingMax) messages wait to be verified already", RefusalFacts(receiver))
            refused(refusal)
            send(InvocationResponse(payload: [], to: "", error: "\(refusal)"), message)
            return answered()
        }
        let arrival = Arrival(
            message: message, receiver: receiver, time: gatekeeper.now, instant: .now, answered: answered,
            handler: handler)
        work {
            self.waiting.wrappingSubtract(1, ordering: .relaxed)
            self.judge(arrival, isLast: false)
        }
    }

    private func judge(_ arrival: Arrival, isLast: Bool) {
        let message = arrival.message
        let received = ReceivedInvocation(message.payload, on: message.subject, at: arrival.time)
        let call: PermittedInvocation
        do throws(AuthenticationFailure) { call = try gatekeeper.permit(received, for: arrival.receiver) } catch {
            guard case .certificateWanted(let key, _) = error, !isLast, let certificates else {
                refuse(error.refusal, message)
                return arrival.answered()
            }
            return certificates.find(key) { self.work { self.judge(arrival, isLast: true) } }
        }
        arrival.handler(call, arrival.instant + call.timeout) { result in
            switch result {
            case .success(let bytes): self.succeed(bytes, call, message)
            case .failure(let refusal): self.fail(refusal, call, message)
            }
            arrival.answered()
        }
    }

    // MARK: Replies

    private func succeed(_ result: [UInt8], _ call: PermittedInvocation, _ message: BusMessage) {
        let token =
            call.wantsSignedReply
            ? signer.replyToken(to: call.id.text, error: nil, result: result, at: gatekeeper.now) : nil
        let response = InvocationResponse(payload: result, to: call.id.text, token: token).messagePack
        guard response.count <= bus.payloadBytesMax else {
            return fail(.tooLarge("result", bytesCount: response.count, busLimit: bus.payloadBytesMax), call, message)
        }
        send(response, message)
    }

    private func fail(_ refusal: Refusal, _ call: PermittedInvocation, _ message: BusMessage) {
        let isPassedOn = refusal.call.map { $0 != call.id } ?? false
        let shown = isPassedOn ? refusal : refusal.of(call.id)
        if !isPassedOn { refused(shown) }
        send(failure(shown, to: call.id, isSigned: call.wantsSignedReply), message)
    }

    /// Of a message that may not run. Signed as soon as it names a call: the caller believes nothing else, and has to learn
    /// the reason.
    private func refuse(_ refusal: Refusal, _ message: BusMessage) {
        refused(refusal)
        guard let id = refusal.call else {
            return send(InvocationResponse(payload: [], to: "", error: "\(refusal)"), message)
        }
        send(failure(refusal, to: id, isSigned: true), message)
    }

    private func failure(_ refusal: Refusal, to id: InvocationID, isSigned: Bool) -> InvocationResponse {
        var refusal = refusal
        if refusal.sentence.utf8.count > RemoteCaller.errorBytesMax {
            refusal.sentence = String(
                decoding: refusal.sentence.utf8.prefix(RemoteCaller.errorBytesMax - 256), as: UTF8.self)
        }
        let error = "\(refusal)"
        let token = isSigned ? signer.replyToken(to: id.text, error: error, result: [], at: gatekeeper.now) : nil
        return InvocationResponse(payload: [], to: id.text, error: error, token: token)
    }

    private func send(_ response: InvocationResponse, _ message: BusMessage) { send(response.messagePack, message) }

    private func send(_ response: [UInt8], _ message: BusMessage) {
        // A reply that cannot be sent leaves the caller with the bus's own error.
        try? bus.answer(message, response)
    }
}

extension RefusalFacts {
    fileprivate init(_ receiver: CallTarget) {
        switch receiver {
        case .actor(let actor): self.init(actor: actor)
        case .provider(let provider, let contract, let link):
            self.init(provider: provider, contract: contract, link: link)
        }
    }
}
