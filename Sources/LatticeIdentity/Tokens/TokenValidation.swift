/// What can be said about a token without knowing who its issuer is to us.
/// - Source: lattice protocol §2.5.
public struct TokenValidation: Hashable, Sendable {
    public let expired: Bool
    /// `never`, or like `in 3h 5m` or `10m ago`.
    public let expiresHuman: String
    /// `immediately`, or as above.
    public let notBeforeHuman: String
    public let cannotUseYet: Bool
    public let signatureValid: Bool

    init(expires: UnixTime?, notBefore: UnixTime?, isSigned: Bool, now: UnixTime) {
        expired = expires.map { $0 < now } ?? false
        expiresHuman = expires.map { $0.relative(to: now) } ?? "never"
        notBeforeHuman = notBefore.map { $0.relative(to: now) } ?? "immediately"
        cannotUseYet = notBefore.map { now < $0 } ?? false
        signatureValid = isSigned
    }

    /// Whether a host may use it, as far as this goes.
    public var isUsable: Bool { signatureValid && !expired && !cannotUseYet }
}
