import LatticeBus
import LatticeIdentity
import LatticeProtocol

/// Whether a reply to a strict call is from somebody who may give it, and what was signed.
/// - Source: trust rules §4.
public struct ReplyCheck: Sendable {
    /// Who was called.
    public let target: CallTarget
    public let call: InvocationID

    public init(of call: InvocationID, to target: CallTarget) {
        self.call = call
        self.target = target
    }

    /// - Parameters:
    ///   - result: all of it, fetched where the reply is chunked.
    ///   - certificates: of provider processes; what is missing there is asked for once.
    public func verify(
        _ response: InvocationResponse, result: [UInt8], by basis: TrustBasis, _ certificates: CertificateTable,
        at now: TokenTime
    ) throws(AuthenticationFailure) {
        guard let text = response.token else { throw refused("the reply is not signed") }
        let token: ReceivedToken<ReplyClaims>
        do throws(TokenError) { token = try ReceivedToken(text) } catch {
            throw refused("the token of the reply can't be read: \(error)")
        }
        guard let signer = try? ClusterKey(token.issuer) else {
            throw refused("the reply is signed by \(token.issuer), which is no cluster key")
        }
        try checkSigner(signer, by: basis, certificates, at: now)
        guard token.isSignedByIssuer else { throw refused("the signature of the reply is not by \(signer)") }
        let claims = token.claims
        guard claims.payload.lattice == basis.lattice.text else {
            throw refused("the reply was signed for the lattice '\(claims.payload.lattice.prefix(64))'")
        }
        guard response.invocationID == call.text, claims.subject == call.text else {
            throw refused("the reply is to the call '\(claims.subject.prefix(128))'")
        }
        guard UInt64(result.count) == response.contentLength else {
            throw refused("the reply has \(result.count) bytes where it says \(response.contentLength)")
        }
        let hash = InvocationDigest.hash(ofReplyTo: call.text, error: response.error, result: result)
        guard claims.payload.hash == "\(hash)" else { throw refused("the reply was altered after it was signed") }
    }

    /// Hosts answer for whatever they run, a provider process for its provider.
    private func checkSigner(
        _ signer: ClusterKey, by basis: TrustBasis, _ certificates: CertificateTable, at now: TokenTime
    ) throws(AuthenticationFailure) {
        if basis.isEnrolled(signer) { return }
        let refusal = Refusal(
            .forged, "the reply is signed by \(signer), which may not answer for the target", call: call,
            RefusalFacts(cluster: signer))
        guard case .provider(let provider, _, let link) = target else { throw .refused(refusal) }
        guard let certificate = certificates.certificate(of: signer) else {
            throw .certificateWanted(signer, otherwise: refusal)
        }
        guard (try? certificate.check(basis, at: now)) != nil,
            case .provider(provider, link, .strict) = certificate.holder
        else { throw .refused(refusal) }
    }

    private func refused(_ sentence: String) -> AuthenticationFailure {
        .refused(Refusal(.forged, sentence, call: call))
    }
}
