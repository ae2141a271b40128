import LatticeIdentity
import LatticeProtocol

/// The payload of a token of ours: it says for which lattice it is.
protocol LatticePayload: TokenPayload {
    /// `lattice`: nil in tokens that say none.
    var lattice: String? { get }
}

/// Why a document, certificate, grant or other proof does not count.
public enum ProofError: Error, Hashable, CustomStringConvertible {
    case token(TokenError)
    /// Tokens count only in the lattice they were made for.
    case otherLattice(String?, here: LatticeName)
    /// Signed by a key that may not sign such a thing.
    case signer(AnyKey, expected: String)
    case subject(String, expected: String)
    case field(String, expected: String)
    case withoutExpiry
    /// It lasts longer than such a thing may.
    case lastsTooLong(until: TokenTime, limit: Duration)

    public var description: String {
        switch self {
        case .token(let error): error.description
        case .otherLattice(let name, let here):
            "it is for the lattice '\(name?.prefix(80) ?? "")', and this one is '\(here)'"
        case .signer(let key, let expected): "it is signed by \(key), where \(expected) is expected"
        case .subject(let subject, let expected): "it is about '\(subject.prefix(80))', where \(expected) is expected"
        case .field(let name, let expected): "its '\(name)' is not \(expected)"
        case .withoutExpiry: "it does not say when it expires"
        case .lastsTooLong(let time, let limit): "it lasts until \(time), and \(limit) is the longest allowed"
        }
    }
}

/// How far clocks of two machines may differ.
enum ClockTolerance {
    static let seconds: UInt64 = 30
    static let duration = Duration.seconds(30)
}

extension VerifiedToken where Payload: LatticePayload {
    /// Read, proven to be signed by its issuer, and made for this lattice. Its times are not looked at.
    static func ofLattice(_ text: String, _ lattice: LatticeName) throws(ProofError) -> VerifiedToken {
        let token: VerifiedToken
        do { token = try ReceivedToken<Payload>(text, limits: .proof).verified() } catch { throw .token(error) }
        guard token.claims.payload.lattice == lattice.text else {
            throw .otherLattice(token.claims.payload.lattice, here: lattice)
        }
        return token
    }

    /// When it ends.
    /// - Throws: `.token(.expired)` beyond the tolerance of clocks, `.lastsTooLong` when it lasts longer than `limit` from
    ///   now on.
    func expiry(within limit: Duration, at now: TokenTime) throws(ProofError) -> TokenTime {
        guard let expires = claims.expires else { throw .withoutExpiry }
        guard now <= expires.advanced(by: ClockTolerance.duration) else { throw .token(.expired(expires, now: now)) }
        guard expires <= now.advanced(by: limit + ClockTolerance.duration) else {
            throw .lastsTooLong(until: expires, limit: limit)
        }
        return expires
    }
}

extension TokenLimits {
    /// Trust documents and lists of revoked grants are the longest.
    static let proof = TokenLimits(bytesMax: 768 << 10)
}
