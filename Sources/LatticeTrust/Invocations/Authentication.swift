import LatticeBus
import LatticeIdentity
import LatticeProtocol

/// Why an invocation is not authentic, or what is missing to say so.
public enum AuthenticationFailure: Error, Hashable, Sendable {
    case refused(Refusal)
    /// The signer is not known, and its message brings no certificate: look for one in the trust bucket and ask again. If
    /// there is none, this is the refusal.
    case certificateWanted(ClusterKey, otherwise: Refusal)

    public var refusal: Refusal {
        switch self {
        case .refused(let refusal), .certificateWanted(_, let refusal): refusal
        }
    }
}

/// An invocation whose signer we know and whose token it signed, for us and for now. What is in the message beside the
/// token is not proven yet.
public struct AuthenticatedInvocation: Sendable {
    /// How thoroughly it has to be remembered, and whether the reply is signed.
    enum Rules: Hashable {
        case strict
        case classicSigner
        /// What the classic protocol itself demands, and no more.
        case classicProtocol
    }

    public let invocation: Invocation
    public let signer: ClusterKey
    /// Checked just now, for the table of certificates; nil when the table had it.
    public let newCertificate: Certificate?
    let rules: Rules
    let claims: TokenClaims<InvocationClaims>
    let arrival: TokenTime

    fileprivate init(
        _ decoded: DecodedInvocation, _ rules: Rules, _ claims: TokenClaims<InvocationClaims>,
        newCertificate: Certificate?
    ) {
        invocation = decoded.invocation
        signer = decoded.signer
        arrival = decoded.arrival
        self.rules = rules
        self.claims = claims
        self.newCertificate = newCertificate
    }
}

/// The windows within which tokens of invocations count, exactly as the rules have them.
public enum InvocationWindow {
    /// `now` ≤ `exp` + this.
    static let afterExpiry = Duration.seconds(30)
    /// `exp` ≤ `now` + this.
    static let expiryAhead = Duration.seconds(90)
    /// How far `iat` of a classic token may be from now.
    static let classicAge = Duration.seconds(60)
    /// No call may take longer, whatever it says.
    public static let timeoutMax = Duration.milliseconds(55_000)
    /// Of calls that say nothing.
    public static let timeoutDefault = Duration.milliseconds(2_000)
}

extension DecodedInvocation {
    /// Who signed it, and whether that may be: standing, certificate, signature, lattice, subject, times.
    /// - Parameter certificates: what is known of signers that are neither hosts nor configured.
    public func authenticated(
        by basis: TrustBasis, _ certificates: CertificateTable
    ) throws(AuthenticationFailure) -> AuthenticatedInvocation {
        let signer = try signer(basis, certificates)
        do throws(Refusal) {
            let claims = try signedClaims()
            switch signer.rules {
            case .strict: try checkStrict(claims, basis, host: signer.host)
            case .classicSigner: try checkClassicAge(claims)
            case .classicProtocol: try checkProtocolTimes(claims)
            }
            try checkHostForm()
            return AuthenticatedInvocation(self, signer.rules, claims, newCertificate: signer.newCertificate)
        } catch { throw .refused(error.of(id)) }
    }

    // MARK: The signer

    private struct Signer {
        var rules: AuthenticatedInvocation.Rules
        /// Whose `host_id` it has to be; nil where that isn't known.
        var host: HostKey?
        var newCertificate: Certificate?
    }

    private func signer(
        _ basis: TrustBasis, _ certificates: CertificateTable
    ) throws(AuthenticationFailure) -> Signer {
        switch basis.standing(of: signer) {
        case .enrolled(let host): return Signer(rules: .strict, host: host)
        case .classic: return Signer(rules: .classicSigner)
        case .configured:
            return Signer(rules: basis.settings.invocations == .strict ? .strict : .classicProtocol)
        case .unknown: break
        }
        if let known = certificates.certificate(of: signer), (try? known.check(basis, at: arrival)) != nil {
            do throws(Refusal) { return try bound(by: known) } catch { throw .refused(error.of(id)) }
        }
        let refusal = Refusal(
            .wrongCluster,
            "the invocation is signed by \(signer), which is the key of no enrolled host and has no valid certificate",
            call: id, RefusalFacts(host: try? HostKey(invocation.host), cluster: signer))
        guard let text = invocation.certificate else { throw .certificateWanted(signer, otherwise: refusal) }
        let certificate: Certificate
        do throws(ProofError) {
            certificate = try Certificate(verifying: text, by: basis, at: arrival)
            guard certificate.key == signer else {
                throw .subject("\(certificate.key)", expected: "the signing key \(signer)")
            }
        } catch {
            var refusal = refusal
            refusal.sentence = "the certificate of the signing key \(signer) does not count: \(error)"
            throw .refused(refusal)
        }
        do throws(Refusal) {
            var bound = try bound(by: certificate)
            bound.newCertificate = certificate
            return bound
        } catch { throw .refused(error.of(id)) }
    }

    /// A provider process speaks for its provider and link name only, a client for no actor.
    private func bound(by certificate: Certificate) throws(Refusal) -> Signer {
        switch certificate.holder {
        case .provider(let provider, let link, let form):
            guard invocation.origin.publicKey == "\(provider)", invocation.origin.linkName == link.text else {
                throw Refusal(
                    .wrongCluster,
                    "the key \(signer) may speak for provider \(provider) under link name '\(link)' only, and not for "
                        + "'\(invocation.origin.publicKey.prefix(80))' under '\(invocation.origin.linkName.prefix(80))'",
                    RefusalFacts(provider: provider, link: link, cluster: signer))
            }
            return Signer(rules: form == .strict ? .strict : .classicSigner, host: certificate.host)
        case .client:
            guard invocation.origin == .client else {
                throw Refusal(
                    .wrongCluster,
                    "the key \(signer) is that of a client and may not speak for "
                        + "'\(invocation.origin.publicKey.prefix(80))'",
                    RefusalFacts(cluster: signer))
            }
            return Signer(rules: .strict)
        }
    }

    // MARK: The token

    private func signedClaims() throws(Refusal) -> TokenClaims<InvocationClaims> {
        guard token.isSignedByIssuer else {
            throw Refusal(.forged, "the signature of the invocation is not by \(signer)", RefusalFacts(cluster: signer))
        }
        guard token.claims.subject == invocation.id.text else {
            throw Refusal(.forged, "the invocation's token is about the call '\(token.claims.subject.prefix(128))'")
        }
        return token.claims
    }

    private func checkStrict(
        _ claims: TokenClaims<InvocationClaims>, _ basis: TrustBasis, host: HostKey?
    ) throws(Refusal) {
        let payload = claims.payload
        guard payload.lattice == basis.lattice.text else {
            throw Refusal(
                .forged,
                "the invocation was signed for the lattice '\(payload.lattice?.prefix(64) ?? "")', not for "
                    + "'\(basis.lattice)'")
        }
        guard payload.subject == subject.text else {
            throw Refusal(
                .forged,
                "the invocation was signed for the subject '\(payload.subject?.prefix(256) ?? "")' and came in "
                    + "on '\(subject)'")
        }
        guard (1...64).contains(claims.id.utf8.count) else {
            throw Refusal(.forged, "the invocation's token has no usable id (jti)")
        }
        guard let expires = claims.expires else {
            throw Refusal(.forged, "the invocation's token does not say when it expires, as strict ones do")
        }
        guard arrival <= expires.advanced(by: InvocationWindow.afterExpiry),
            expires <= arrival.advanced(by: InvocationWindow.expiryAhead)
        else { throw clockRefusal("expires at \(expires)", claims) }
        if let host, invocation.host != "\(host)" {
            throw Refusal(
                .forged,
                "the invocation says it is from '\(invocation.host.prefix(80))', and its key is that of \(host)",
                RefusalFacts(host: host, cluster: signer))
        }
    }

    private func checkClassicAge(_ claims: TokenClaims<InvocationClaims>) throws(Refusal) {
        guard (1...64).contains(claims.id.utf8.count) else {
            throw Refusal(.forged, "the invocation's token has no usable id (jti)")
        }
        guard claims.issuedAt.advanced(by: InvocationWindow.classicAge) >= arrival,
            claims.issuedAt <= arrival.advanced(by: InvocationWindow.classicAge)
        else { throw clockRefusal("was issued at \(claims.issuedAt)", claims) }
        try checkProtocolTimes(claims)
    }

    private func checkProtocolTimes(_ claims: TokenClaims<InvocationClaims>) throws(Refusal) {
        do throws(TokenError) { try claims.checkTimes(at: arrival) } catch { throw Refusal(.clock, "\(error)") }
    }

    private func checkHostForm() throws(Refusal) {
        let host = invocation.host
        guard host.utf8.count == 56 || host.utf8.first == UInt8(ascii: "N") else {
            throw Refusal(.forged, "'\(host.prefix(80))' is no host's key")
        }
    }

    private func clockRefusal(_ what: String, _ claims: TokenClaims<InvocationClaims>) -> Refusal {
        let (earlier, later) = (min(claims.issuedAt, arrival), max(claims.issuedAt, arrival))
        let difference = later.seconds - earlier.seconds
        let order = claims.issuedAt < arrival ? "behind" : "ahead of"
        // A token that was issued just now has the wrong length: that is nobody's clock.
        let reason =
            difference <= ClockTolerance.seconds
            ? "that is not within \(InvocationWindow.afterExpiry) before and \(InvocationWindow.expiryAhead) after"
            : "the sender's clock is \(difference) s \(order) ours, or the message was that long on its way"
        return Refusal(
            .clock, "the invocation's token \(what), and it is \(arrival) here: \(reason)",
            RefusalFacts(host: try? HostKey(invocation.host), cluster: signer))
    }
}
