import LatticeIdentity

/// What the signer of an invocation says of it: the `wascap` object of its token, whose subject is the invocation's id.
/// - Source: lattice protocol §4.4; what is optional are additions of ours (trust rules §4), which classic readers ignore.
public struct InvocationClaims: TokenPayload, Hashable {
    public var targetURL: String
    public var originURL: String
    /// `hash`: upper-case hexadecimal SHA-256, see `InvocationDigest`.
    public var hash: String
    /// The lattice that it was made for.
    public var lattice: String?
    /// `timeout_ms`: what is left for this call when it is sent.
    public var timeoutMilliseconds: UInt64?
    /// The bus subject that it was sent to.
    public var subject: String?

    public init(
        targetURL: String, originURL: String, hash: String, lattice: String? = nil,
        timeoutMilliseconds: UInt64? = nil, subject: String? = nil
    ) {
        self.targetURL = targetURL
        self.originURL = originURL
        self.hash = hash
        self.lattice = lattice
        self.timeoutMilliseconds = timeoutMilliseconds
        self.subject = subject
    }

    public init(_ object: JSONObject) throws(JSONFieldError) {
        targetURL = try object.requiredString("target_url")
        originURL = try object.requiredString("origin_url")
        hash = try object.requiredString("hash")
        lattice = try object.string("lattice")
        timeoutMilliseconds = try object.integer("timeout_ms")
        subject = try object.string("subject")
    }

    public func writeMembers(to writer: inout JSONWriter) {
        writer.member("target_url", targetURL)
        writer.member("origin_url", originURL)
        writer.member("hash", hash)
        writer.member("lattice", ifPresent: lattice)
        writer.member("timeout_ms", ifPresent: timeoutMilliseconds)
        writer.member("subject", ifPresent: subject)
    }
}

/// What the answering host says of its reply: the `wascap` object of `reply_claims`, whose subject is the invocation's id.
/// - Source: trust rules §4.
public struct ReplyClaims: TokenPayload, Hashable {
    /// Upper-case hexadecimal SHA-256, see `InvocationDigest`.
    public var hash: String
    public var lattice: String

    public init(hash: String, lattice: LatticeName) {
        self.hash = hash
        self.lattice = lattice.text
    }

    public init(_ object: JSONObject) throws(JSONFieldError) {
        hash = try object.requiredString("hash")
        lattice = try object.requiredString("lattice")
    }

    public func writeMembers(to writer: inout JSONWriter) {
        writer.member("hash", hash)
        writer.member("lattice", lattice)
    }
}
