/// Why something was refused or failed, as one word for programs. The raw value travels.
/// - Source: trust rules §5.
public enum RefusalCode: String, Hashable, Sendable, CaseIterable {
    // Module or token.
    case unsigned
    case tampered
    case expired
    case notYetValid = "not-yet-valid"
    case untrustedIssuer = "untrusted-issuer"
    // What an actor may do.
    case noClaim = "no-claim"
    case noLink = "no-link"
    case noGrant = "no-grant"
    case grantRevoked = "grant-revoked"
    // The host, the invocation, the name.
    case notEnrolled = "not-enrolled"
    case wrongCluster = "wrong-cluster"
    case forged
    case replayed
    case clock
    case policy
    case ambiguous
    // Permitted, but it did not work.
    case noActor = "no-actor"
    case noProvider = "no-provider"
    case busy
    case disconnected
    case deadline
    case guestError = "guest-error"
    case providerError = "provider-error"
    case trap
    case fuel
    case memory
    case tooLarge = "too-large"

    /// Whether a rule said no, or something that was permitted did not work.
    public enum Kind: String, Hashable, Sendable {
        case denied, failed
    }

    public var kind: Kind { httpStatus == 403 ? .denied : .failed }

    /// What `httpserver` answers with.
    public var httpStatus: Int {
        switch self {
        case .unsigned, .tampered, .expired, .notYetValid, .untrustedIssuer, .noClaim, .noLink, .noGrant, .grantRevoked,
            .notEnrolled, .wrongCluster, .forged, .replayed, .clock, .policy, .ambiguous:
            403
        case .noActor, .noProvider, .busy, .disconnected: 503
        case .deadline: 504
        case .guestError, .providerError, .trap, .fuel, .memory: 502
        case .tooLarge: 413
        }
    }

    /// Whether it is worth trying again soon: `httpserver` says so with Retry-After.
    public var passesSoon: Bool { self == .busy }
}
