/// Why a token is not one, or does not count.
public enum TokenError: Error, Hashable, CustomStringConvertible {
    case tooLong(bytes: Int, limit: Int)
    /// A token has three segments; 4 stands for more, too.
    case segments(Int)
    /// Counted from 1.
    case notBase64(segment: Int)
    case notJSON(segment: Int, JSONError)
    case notAnObject(segment: Int)
    /// `typ` has to be `jwt` and `alg` `Ed25519`.
    case header(typ: String?, alg: String?)
    case field(JSONFieldError)
    case emptySubject
    case issuer(NKeyError)
    case signatureLength(bytes: Int)
    /// The signature is not the issuer's, or not over these bytes.
    case forged(issuer: AnyKey)
    case expired(UnixTime, now: UnixTime)
    case notYetValid(UnixTime, now: UnixTime)

    public var description: String {
        switch self {
        case .tooLong(let bytes, let limit): "the token has \(bytes) bytes, more than the \(limit) allowed"
        case .segments(let count): "a token has three segments, this text has \(count > 3 ? "more" : "\(count)")"
        case .notBase64(let segment): "segment \(segment) of the token is not unpadded base64url"
        case .notJSON(let segment, let error): "segment \(segment) of the token is \(error)"
        case .notAnObject(let segment): "segment \(segment) of the token is no JSON object"
        case .header(let typ, let alg):
            "the token's header says typ '\(typ ?? "")' and alg '\(alg ?? "")' where 'jwt' and 'Ed25519' are expected"
        case .field(let error): "in the token, \(error)"
        case .emptySubject: "the token has no subject"
        case .issuer(let error): "the token's issuer is no key: \(error)"
        case .signatureLength(let bytes): "the token's signature has \(bytes) bytes instead of \(Signature.count)"
        case .forged(let issuer): "the signature is not by \(issuer), or the token was altered after signing"
        case .expired(let time, let now): "the token expired at \(time), \(time.relative(to: now))"
        case .notYetValid(let time, let now):
            "the token is not valid before \(time), \(time.relative(to: now))"
        }
    }
}
