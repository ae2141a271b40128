import LatticeBus
import LatticeIdentity
import LatticeProtocol

/// An invocation of which every byte is what its signer signed.
public struct VerifiedInvocation: Sendable {
    public let id: InvocationID
    /// All of the argument.
    public let argument: [UInt8]
    let authenticated: AuthenticatedInvocation

    fileprivate init(_ authenticated: AuthenticatedInvocation, _ argument: [UInt8]) {
        id = authenticated.invocation.id
        self.authenticated = authenticated
        self.argument = argument
    }
}

extension AuthenticatedInvocation {
    /// Compares URLs and hash with the whole message.
    /// - Parameter fetched: the argument from the object store, when `invocation.isChunked`.
    /// - Throws: `forged`; `too-large` for an argument that was not fetched.
    public func verified(fetched: [UInt8]? = nil) throws(Refusal) -> VerifiedInvocation {
        if invocation.payload.isEmpty, invocation.contentLength > 0, fetched == nil {
            throw Refusal(
                .tooLarge,
                "the argument of \(invocation.contentLength) bytes lies in the object store, and is fetched from there by "
                    + "nobody here: it has to fit into a message", call: invocation.id)
        }
        let argument = invocation.isChunked ? fetched ?? [] : invocation.payload
        guard UInt64(argument.count) == invocation.contentLength else {
            throw Refusal(
                .forged,
                "the invocation's argument has \(argument.count) bytes where it says "
                    + "\(invocation.contentLength)", call: invocation.id)
        }
        let digest = InvocationDigest(of: invocation, argument: argument)
        guard claims.payload.originURL.hasBytes(of: digest.originURL) else {
            throw Refusal(.forged, "the invocation's origin is not the one that was signed", call: invocation.id)
        }
        guard claims.payload.targetURL.hasBytes(of: digest.targetURL) else {
            throw Refusal(
                .forged, "the invocation's target or operation is not the one that was signed", call: invocation.id)
        }
        guard claims.payload.hash == "\(digest.hash)" else {
            throw Refusal(.forged, "the invocation was altered after it was signed", call: invocation.id)
        }
        return VerifiedInvocation(self, argument)
    }
}

/// An invocation that did not come before.
public struct FreshInvocation: Sendable {
    let verified: VerifiedInvocation

    fileprivate init(_ verified: VerifiedInvocation) { self.verified = verified }
}

extension VerifiedInvocation {
    /// Remembers it. The table belongs behind a lock; this is the only step that needs it, and takes a microsecond.
    /// - Throws: `replayed`, or `busy` when the table is full.
    public func admitted(by table: inout ReplayTable) throws(Refusal) -> FreshInvocation {
        let claims = authenticated.claims
        let signer = authenticated.signer
        let admission: ReplayTable.Admission
        switch authenticated.rules {
        case .strict:
            // Authentication made sure of the expiry.
            let until = (claims.expires ?? authenticated.arrival).advanced(by: InvocationWindow.afterExpiry)
            admission = table.admit([.token(signer, claims.id)], until: until, at: authenticated.arrival)
        case .classicSigner:
            let until = claims.issuedAt.advanced(by: InvocationWindow.classicAge + .seconds(1))
            admission = table.admit(
                [.token(signer, claims.id), .call(signer, id)], until: until, at: authenticated.arrival)
        case .classicProtocol: admission = .fresh
        }
        switch admission {
        case .fresh: return FreshInvocation(self)
        case .replayed: throw Refusal(.replayed, "this very invocation came before", call: id)
        case .full(let limit):
            throw Refusal(
                .busy, "\(limit) invocations have to be remembered already", call: id,
                RefusalFacts(setting: SettingName("trust.replay_max"), limit: UInt64(limit)))
        }
    }
}
