/// Why a module does not count as signed. Checked in this order: structure of the claims section, signature, hash,
/// expiry. Whether the issuer is trusted is not judged here.
/// - Source: trust rules §5.
public enum ModuleRefusal: Error, Hashable, CustomStringConvertible {
    case unsigned
    case tampered(Tampering)
    case expired(UnixTime, now: UnixTime)
    case notYetValid(UnixTime, now: UnixTime)

    /// What is not as it was when somebody signed it.
    public enum Tampering: Hashable, Sendable {
        case structure(ModuleStructureError)
        /// Two readers could take two different tokens for this module's.
        case ambiguous(claimsSections: Int)
        case token(TokenError)
        case subject(NKeyError)
        case signature(issuer: AnyKey)
        case hash(claimed: String, found: SHA256Digest)
    }

    /// The word that stands for it on the wire and in scripts.
    public var code: String {
        switch self {
        case .unsigned: "unsigned"
        case .tampered: "tampered"
        case .expired: "expired"
        case .notYetValid: "not-yet-valid"
        }
    }

    public var description: String {
        switch self {
        case .unsigned: "the module is unsigned: it carries no claims"
        case .tampered(let tampering): tampering.description
        case .expired(let time, let now): "the module's claims expired at \(time), \(time.relative(to: now))"
        case .notYetValid(let time, let now):
            "the module's claims are not valid before \(time), \(time.relative(to: now))"
        }
    }
}

extension ModuleRefusal.Tampering: CustomStringConvertible {
    public var description: String {
        switch self {
        case .structure(let error): "the module is damaged: \(error)"
        case .ambiguous(let count): "the module carries \(count) claims sections where one is allowed"
        case .token(let error): "the module's claims can't be read: \(error)"
        case .subject(let error): "the subject of the module's claims is no module key: \(error)"
        case .signature(let issuer): "the signature of the module's claims is not by their issuer \(issuer)"
        case .hash(let claimed, let found):
            "invalid module hash: the claims say \(claimed.prefix(64)), the module's is \(found)"
        }
    }
}
