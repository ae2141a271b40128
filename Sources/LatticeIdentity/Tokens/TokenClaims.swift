/// What a token says besides who signed it. `Payload` is its `wascap` object, different for each kind of token.
/// - Source: lattice protocol §2.2.
public struct TokenClaims<Payload: TokenPayload>: Sendable {
    /// The token scheme that this code writes.
    public static var currentRevision: UInt32 { 3 }

    /// `exp`
    public var expires: UnixTime?
    /// `jti`: opaque, made by a `NUIDGenerator`; empty in tokens that carry none.
    public var id: String
    /// `iat`: 0 in tokens that carry none.
    public var issuedAt: UnixTime
    /// `sub`: a key, or the id of an invocation. Never empty in a token that was read.
    public var subject: String
    /// `nbf`
    public var notBefore: UnixTime?
    public var payload: Payload
    /// `wascap_revision`: absent in old tokens.
    public var revision: UInt32?

    public init(
        id: String, subject: String, issuedAt: UnixTime, expires: UnixTime? = nil, notBefore: UnixTime? = nil,
        payload: Payload, revision: UInt32? = currentRevision
    ) {
        self.expires = expires
        self.id = id
        self.issuedAt = issuedAt
        self.subject = subject
        self.notBefore = notBefore
        self.payload = payload
        self.revision = revision
    }

    /// The token as text, the issuer being whoever signs.
    public func signed<Role>(by issuer: KeyPair<Role>) -> String { signed(by: issuer.erased) }

    /// The token as text, the issuer being whoever signs.
    public func signed(by issuer: AnyKeyPair) -> String {
        var text = TokenHeader.segmentAndDot
        Base64.url.append(body(issuer: issuer.publicKey), to: &text)
        let signature = issuer.sign(text)
        text.append(UInt8(ascii: "."))
        Base64.url.append(signature.bytes, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// The body as the reference writer lays it out: this order of keys, no spaces.
    func body(issuer: AnyKey) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: 768)
        writer.object { writer in
            writer.member("exp", ifPresent: expires?.seconds)
            writer.member("jti", id)
            writer.member("iat", issuedAt.seconds)
            writer.member("iss", issuer)
            writer.member("sub", subject)
            writer.member("nbf", ifPresent: notBefore?.seconds)
            writer.object("wascap") { payload.writeMembers(to: &$0) }
            writer.member("wascap_revision", ifPresent: revision)
        }
        return writer.bytes
    }

    /// Reads a body, whatever the order of its keys; null counts as absent.
    init(body: JSONObject) throws(JSONFieldError) {
        expires = try body.integer("exp").map(UnixTime.init(seconds:))
        id = try body.string("jti") ?? ""
        issuedAt = UnixTime(seconds: try body.integer("iat") ?? 0)
        subject = try body.string("sub") ?? ""
        notBefore = try body.integer("nbf").map(UnixTime.init(seconds:))
        payload = try Payload(body.required("wascap", body.object))
        revision = try body.integer("wascap_revision")
    }

    /// Whether these claims count at `now`: up to and including the second in which they expire.
    public func checkTimes(at now: UnixTime) throws(TokenError) {
        if let expires, expires < now { throw .expired(expires, now: now) }
        if let notBefore, now < notBefore { throw .notYetValid(notBefore, now: now) }
    }
}

extension TokenClaims: Equatable where Payload: Equatable {}
