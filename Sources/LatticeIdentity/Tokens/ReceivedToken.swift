/// What hostile tokens may cost.
public struct TokenLimits: Hashable, Sendable {
    public var bytesMax: Int
    /// How deep the body's arrays and objects may nest.
    public var depthMax: Int

    public init(bytesMax: Int = 64 << 10, depthMax: Int = 32) {
        self.bytesMax = bytesMax
        self.depthMax = depthMax
    }
}

/// A token that can be read, and about which nothing else is known yet: anyone may have written it.
public struct ReceivedToken<Payload: TokenPayload>: Sendable {
    /// The three segments exactly as they came.
    public let text: String
    /// Who the token says has signed it.
    public let issuer: AnyKey
    public let claims: TokenClaims<Payload>
    public let signature: Signature
    /// The first two segments and the dot between them, in UTF-8.
    private let signedBytesCount: Int

    /// - Throws: what is wrong with its form: size, segments, header, JSON, keys. Never `.forged` or a matter of time.
    public init(_ text: String, limits: TokenLimits = TokenLimits()) throws(TokenError) {
        let parts = try TokenParts(text, limits: limits)
        do throws(JSONFieldError) { claims = try TokenClaims(body: parts.body) } catch { throw .field(error) }
        issuer = try parts.issuer()
        guard !claims.subject.isEmpty else { throw .emptySubject }
        self.text = text
        signature = parts.signature
        signedBytesCount = parts.signedBytesCount
    }

    /// Whether the issuer's key signed the segments as they came. About 50 µs.
    public var isSignedByIssuer: Bool {
        var text = text
        return text.withUTF8 { bytes in
            issuer.signed(UnsafeBufferPointer(rebasing: bytes[..<signedBytesCount]).span.bytes, as: signature)
        }
    }

    /// The same token, its signature proven. Says nothing about its times, nor about who the issuer is to us.
    /// - Throws: `.forged`
    public func verified() throws(TokenError) -> VerifiedToken<Payload> {
        guard isSignedByIssuer else { throw .forged(issuer: issuer) }
        return VerifiedToken(text: text, issuer: issuer, claims: claims)
    }

    /// The same token, its signature proven and its times right.
    /// - Throws: `.forged`, `.expired`, `.notYetValid`
    public func verified(at now: UnixTime) throws(TokenError) -> VerifiedToken<Payload> {
        let token = try verified()
        try token.claims.checkTimes(at: now)
        return token
    }

    /// Everything at once, for tools that show tokens.
    public func validation(at now: UnixTime) -> TokenValidation {
        TokenValidation(expires: claims.expires, notBefore: claims.notBefore, isSigned: isSignedByIssuer, now: now)
    }
}

/// A token that its issuer has signed, to the last byte. Only `ReceivedToken` makes one.
public struct VerifiedToken<Payload: TokenPayload>: Sendable {
    /// The three segments exactly as they came.
    public let text: String
    public let issuer: AnyKey
    public let claims: TokenClaims<Payload>

    fileprivate init(text: String, issuer: AnyKey, claims: TokenClaims<Payload>) {
        self.text = text
        self.issuer = issuer
        self.claims = claims
    }
}
