import LatticeIdentity

/// What every control request of ours may carry besides its classic fields, which classic hosts ignore.
public struct ControlOptions: Hashable, Sendable {
    /// `wait_ms`: answer after the outcome, or after this time; absent: at once.
    public var waitMilliseconds: UInt64?
    /// `claims`: the token that signs the request.
    public var claims: String?
    /// `certificate` of the key that signed it.
    public var certificate: String?

    /// Hosts wait no longer than this, whatever is asked of them.
    public static let waitMillisecondsMax: UInt64 = 600_000

    public init(waitMilliseconds: UInt64? = nil, claims: String? = nil, certificate: String? = nil) {
        self.waitMilliseconds = waitMilliseconds
        self.claims = claims
        self.certificate = certificate
    }

    init(_ fields: JSONFields) throws(MessageError) {
        waitMilliseconds = try fields.integer("wait_ms", as: UInt64.self).map { min($0, Self.waitMillisecondsMax) }
        claims = try fields.string("claims")
        certificate = try fields.string("certificate")
    }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("wait_ms", ifPresent: waitMilliseconds)
        writer.member("claims", ifPresent: claims)
        writer.member("certificate", ifPresent: certificate)
    }
}
