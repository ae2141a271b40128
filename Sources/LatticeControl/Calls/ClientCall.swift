import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// One call of an actor by a person or program at a command line.
public struct ClientCall: Sendable {
    public var actor: ModuleKey
    /// `Trait.Method`
    public var operation: String
    /// MessagePack, or whatever the actor takes.
    public var argument: [UInt8]
    /// For the whole call, all its hops included: at most 55 s.
    public var timeout: Duration

    public static let timeoutMax = Duration.seconds(55)

    public init(_ actor: ModuleKey, _ operation: String, _ argument: [UInt8], timeout: Duration) {
        self.actor = actor
        self.operation = operation
        self.argument = argument
        self.timeout = timeout
    }
}

/// Why a call brought no result.
public enum ClientCallError: Error, Hashable, CustomStringConvertible {
    /// Nobody runs the actor.
    case nobody(ModuleKey)
    case timedOut(InvocationID, after: Duration)
    /// A rule, a limit, or a reply that does not count.
    case refused(Refusal)
    /// The answer's error, in words that are not ours.
    case failed(InvocationID, String)
    case control(ControlError)

    public var description: String {
        switch self {
        case .nobody(let key): "\(Refusal.noActor(key))"
        case .timedOut(let id, let limit): "no reply to call \(id) within \(limit)"
        case .refused(let refusal): "\(refusal)"
        case .failed(_, let words): words
        case .control(let error): "\(error)"
        }
    }
}

extension LatticeClient {
    /// Arguments beyond this many bytes travel through the object store, as do results.
    static let inlineBytesMax = 700 << 10
    static let resultBytesMax = 64 << 20
    /// For the way of the message, beyond the call's own time.
    private static let callMargin = Duration.seconds(1)

    /// Signs the call with a fresh key that an account or the operator vouches for, and believes only a signed reply.
    /// - Parameters:
    ///   - granter: an account that the lattice trusts, or its operator.
    ///   - basis: says who may answer.
    public func call(
        _ call: ClientCall, by granter: AnyKeyPair, basis: TrustBasis, at now: @Sendable () -> TokenTime = { .now() }
    ) async throws(ClientCallError) -> [UInt8] {
        let ids = NUIDGenerator()
        let key = ClusterKeyPair.generate()
        let certificate = Certificate.signed(
            client: key.publicKey, by: granter, lattice: lattice, at: now(), ids: ids)
        let signer = InvocationSigner(client: key, lattice: lattice, certificate: certificate, ids: ids)
        let subject = subjects.calls(of: call.actor)
        let draft = InvocationSigner.Draft(
            from: .client, to: .actor(call.actor), operation: call.operation, argument: call.argument,
            id: signer.nextID(), isChunked: call.argument.count > min(Self.inlineBytesMax, bus.payloadBytesMax / 2))
        let timeout = min(call.timeout, ClientCall.timeoutMax)
        if draft.isChunked { try await store(draft.argument, draft.id.text) }
        let invocation = signer.sign(draft, .strict(subject: subject.text, timeout: timeout), at: now())
        let bytes = try await send(invocation, to: call.actor, subject, timeout)
        let response: InvocationResponse
        do throws(MessagePackError) { response = try InvocationResponse(messagePack: bytes) } catch {
            throw .refused(Refusal(.forged, "the reply can't be read: \(error)", call: draft.id))
        }
        let result = try await result(of: response, draft.id)
        do throws(AuthenticationFailure) {
            try ReplyCheck(of: draft.id, to: .actor(call.actor)).verify(
                response, result: result, by: basis, CertificateTable(), at: now())
        } catch { throw .refused(error.refusal) }
        guard let error = response.error else { return result }
        if let refusal = Refusal(text: error) { throw .refused(refusal) }
        throw .failed(draft.id, error)
    }

    private func send(
        _ invocation: Invocation, to actor: ModuleKey, _ subject: Subject, _ timeout: Duration
    ) async throws(ClientCallError) -> [UInt8] {
        let message = BusMessage(to: subject, payload: invocation.messagePack)
        do throws(BusError) {
            return try await bus.request(message, timeout: timeout + Self.callMargin).payload
        } catch {
            switch error {
            case .noResponders: throw .nobody(actor)
            case .timedOut: throw .timedOut(invocation.id, after: timeout)
            default: throw .control(.bus(error))
            }
        }
    }

    // MARK: Large payloads

    private func store(_ bytes: [UInt8], _ name: String) async throws(ClientCallError) {
        do throws(StoreError) {
            _ = try await objects.bucket(subjects.payloadBucket).put(Self.objectName(name), bytes)
        } catch { throw .control(.store(error)) }
    }

    private func result(
        of response: InvocationResponse, _ id: InvocationID
    ) async throws(ClientCallError) -> [UInt8] {
        guard response.isChunked else { return response.payload }
        do throws(StoreError) {
            return try await objects.bucket(subjects.payloadBucket).take(
                Self.objectName("\(id)-r"), bytesMax: Self.resultBytesMax)
        } catch { throw .control(.store(error)) }
    }

    private static func objectName(_ text: String) throws(StoreError) -> ObjectName {
        do throws(ObjectNameError) { return try ObjectName(text) } catch { throw .malformed("\(error)") }
    }
}
