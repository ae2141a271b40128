import LatticeBus
import LatticeIdentity
import LatticeProtocol

/// A message that came in on a subject of ours; anybody may have sent it. What follows is a chain of types, and each can
/// only be had from the one before:
///
/// `ReceivedInvocation` → `DecodedInvocation` → `AuthenticatedInvocation` → `VerifiedInvocation` → `FreshInvocation` →
/// `PermittedInvocation`
/// - Source: trust rules §4.
public struct ReceivedInvocation: Sendable {
    public let bytes: [UInt8]
    /// Where it came in.
    public let subject: Subject
    public let arrival: TokenTime

    public init(_ bytes: [UInt8], on subject: Subject, at arrival: TokenTime) {
        self.bytes = bytes
        self.subject = subject
        self.arrival = arrival
    }

    /// Reads message and token. Nothing is believed yet.
    /// - Throws: `forged`.
    public func decoded() throws(Refusal) -> DecodedInvocation {
        let invocation: Invocation
        do throws(MessagePackError) { invocation = try Invocation(messagePack: bytes) } catch {
            throw Refusal(.forged, "the message is no invocation: \(error)")
        }
        let token: ReceivedToken<InvocationClaims>
        do throws(TokenError) { token = try ReceivedToken(invocation.token) } catch {
            throw Refusal(.forged, "the invocation's token can't be read: \(error)", call: invocation.id)
        }
        let signer: ClusterKey
        do throws(NKeyError) { signer = try ClusterKey(token.issuer) } catch {
            throw Refusal(
                .forged, "the invocation is signed by \(token.issuer), which is no cluster key", call: invocation.id)
        }
        return DecodedInvocation(
            invocation: invocation, token: token, signer: signer, subject: subject, arrival: arrival)
    }
}

/// A message that has the form of an invocation.
public struct DecodedInvocation: Sendable {
    public let invocation: Invocation
    /// Who the message says has signed it.
    public let signer: ClusterKey
    public let arrival: TokenTime
    let token: ReceivedToken<InvocationClaims>
    let subject: Subject

    fileprivate init(
        invocation: Invocation, token: ReceivedToken<InvocationClaims>, signer: ClusterKey, subject: Subject,
        arrival: TokenTime
    ) {
        self.invocation = invocation
        self.token = token
        self.signer = signer
        self.subject = subject
        self.arrival = arrival
    }

    public var id: InvocationID { invocation.id }
}
