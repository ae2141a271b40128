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
        guard text.utf8.count <= limits.bytesMax else {
            throw .tooLong(bytes: text.utf8.count, limit: limits.bytesMax)
        }
        let bytes = Array(text.utf8)
        let segments = bytes.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard segments.count == 3 else { throw .segments(segments.count) }
        try TokenHeader.check(segments[0], depthMax: limits.depthMax)
        let body = try JSONObject(tokenSegment: segments[1], number: 2, depthMax: limits.depthMax)
        guard let signature = Base64.url.decode(segments[2]) else { throw .notBase64(segment: 3) }
        guard let signature = Signature(signature) else { throw .signatureLength(bytes: signature.count) }

        let issuerText: String?
        do throws(JSONFieldError) {
            issuerText = try body.string("iss")
            claims = try TokenClaims(body: body)
        } catch { throw .field(error) }
        do throws(NKeyError) { issuer = try AnyKey(issuerText ?? "") } catch { throw .issuer(error) }
        guard !claims.subject.isEmpty else { throw .emptySubject }
        self.text = text
        self.signature = signature
        signedBytesCount = segments[0].count + 1 + segments[1].count
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

extension JSONObject {
    /// Decodes a segment that has to hold a JSON object.
    init(tokenSegment segment: ArraySlice<UInt8>, number: Int, depthMax: Int) throws(TokenError) {
        guard let bytes = Base64.url.decode(segment) else { throw .notBase64(segment: number) }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes, limits: JSONLimits(bytesMax: bytes.count, depthMax: depthMax))
        } catch { throw .notJSON(segment: number, error) }
        guard case .object(let object) = value else { throw .notAnObject(segment: number) }
        self = object
    }
}
