import Testing

@testable import LatticeIdentity

@Suite("tokens")
struct TokenTests {
    /// The actor token of lattice protocol §2.2.
    static let actorBody = """
        eyJqdGkiOiJBQUFBQUFBQUFBQUFBQUFBQUFBQUFBIiwiaWF0IjoxNzAwMDAwMDAwLCJpc3MiOiJBQUIyQ0I1NzZQSEJCUFE1T0RPUlJaMkxZQ01XUFpH\
        V0dDTjJLREs3RFhPSU1aQVNLVVkzUVBaViIsInN1YiI6Ik1BQjJDQjU3NlBIQkJQUTVPRE9SUloyTFlDTVdQWkdXR0NOMktESzdEWE9JTVpBU0tVWTNS\
        TFhQIiwid2FzY2FwIjp7Im5hbWUiOiJFbXB0eSIsImhhc2giOiI5M0E0NEJCQjk2Qzc1MTIxOEU0QzAwRDQ3OUU0QzE0MzU4MTIyQTM4OUFDQ0ExNjIw\
        NUIxRTREMERDNUY5NDc2IiwidGFncyI6W10sImNhcHMiOlsid2FzbWNsb3VkOmtleXZhbHVlIl0sInJldiI6MSwidmVyIjoiMC4xLjAiLCJwcm92Ijpm\
        YWxzZX0sIndhc2NhcF9yZXZpc2lvbiI6M30
        """
    static let header = "eyJ0eXAiOiJqd3QiLCJhbGciOiJFZDI1NTE5In0"
    static let actorToken =
        "\(header).\(actorBody).cvzGGzqUR47E6_W4su4txiEubBifDRVsjL8qA5HS9-W4_8_P8u7t3wXRYvlUNNyX1ghMZnTOYhWMSpjYDetXCw"

    static func actorClaims() throws -> TokenClaims<ActorClaims> {
        TokenClaims(
            id: String(repeating: "A", count: 22), subject: "\(try ProtocolVectors.module())",
            issuedAt: UnixTime(seconds: 1_700_000_000),
            payload: ActorClaims(
                name: "Empty", hash: "93A44BBB96C751218E4C00D479E4C14358122A389ACCA16205B1E4D0DC5F9476", tags: [],
                capabilities: ["wasmcloud:keyvalue"], revision: 1, version: "0.1.0"))
    }

    @Test("the protocol's actor token comes out byte for byte")
    func actorVector() throws {
        let token = try Self.actorClaims().signed(by: try ProtocolVectors.account())
        #expect(token == Self.actorToken)
        #expect(token.utf8.count == 626)
    }

    @Test("the protocol's actor token is read back")
    func actorVectorRead() throws {
        let token = try ReceivedToken<ActorClaims>(Self.actorToken)
        #expect(token.claims == (try Self.actorClaims()))
        #expect("\(token.issuer)" == ProtocolVectors.pair(.account).key)
        #expect(token.isSignedByIssuer)
        #expect(try token.verified().claims == token.claims)
    }

    @Test("a payload of another target signs the protocol's invocation token")
    func invocationVector() throws {
        let claims = TokenClaims(
            id: String(repeating: "A", count: 22), subject: "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
            issuedAt: UnixTime(seconds: 1_700_000_000),
            payload: InvocationPayload(
                target:
                    "wasmbus://wasmcloud/keyvalue/default/\(ProtocolVectors.pair(.provider).key)/KeyValue.Increment",
                origin: "wasmbus://\(ProtocolVectors.pair(.module).key)",
                hash: "2C6798384CE304C7B5A46F34D8799CD8F5E4F641121B2147072BCCF7A7F2ED6C"))
        let token = claims.signed(by: try ClusterKeyPair(seedText: ProtocolVectors.pair(.cluster).seed))
        #expect(
            token.split(separator: ".").last
                == "FjzwE_QwYAEn1hmtkKn2EeqV4sJOYMEdODH3f9eAxH-BdfVd1JofoVXBBLT5yMuHFgG28Izr5az3G6dHlPXVAA")
        #expect(try ReceivedToken<InvocationPayload>(token).verified().claims == claims)
    }

    @Test("any altered byte is noticed")
    func alterations() throws {
        let bytes = Array(Self.actorToken.utf8)
        for index in bytes.indices {
            var altered = bytes
            altered[index] = altered[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let text = String(decoding: altered, as: UTF8.self)
            #expect(throws: TokenError.self, "byte \(index)") { try ReceivedToken<ActorClaims>(text).verified() }
        }
    }

    @Test("every truncation is refused, and so is anything appended")
    func truncations() {
        for length in Self.actorToken.indices {
            #expect(throws: TokenError.self) {
                try ReceivedToken<ActorClaims>(String(Self.actorToken[..<length])).verified()
            }
        }
        for suffix in ["A", "=", "\n", ".", ".A", " "] {
            #expect(throws: TokenError.self) { try ReceivedToken<ActorClaims>(Self.actorToken + suffix) }
        }
    }

    @Test("a signature counts only under the issuer that the body names")
    func wrongIssuer() throws {
        let signer = AccountKeyPair.generate()
        let segments = try Self.actorClaims().signed(by: signer).split(separator: ".").map(String.init)
        let ownBody = try ReceivedToken<ActorClaims>(segments.joined(separator: "."))
        #expect(ownBody.isSignedByIssuer)
        let swapped = try ReceivedToken<ActorClaims>([segments[0], Self.actorBody, segments[2]].joined(separator: "."))
        #expect(throws: TokenError.forged(issuer: swapped.issuer)) { try swapped.verified() }
        #expect(!swapped.validation(at: UnixTime(seconds: 0)).signatureValid)
    }

    @Test(
        "the header has to say jwt and Ed25519, in any order",
        arguments: [
            (#"{"alg":"Ed25519","typ":"jwt"}"#, nil), (#"{ "typ":"jwt", "alg":"Ed25519", "kid":1 }"#, nil),
            (#"{"typ":"JWT","alg":"Ed25519"}"#, TokenError.header(typ: "JWT", alg: "Ed25519")),
            (#"{"typ":"jwt","alg":"EdDSA"}"#, .header(typ: "jwt", alg: "EdDSA")),
            (#"{"typ":"jwt","alg":"none"}"#, .header(typ: "jwt", alg: "none")),
            (#"{"typ":"jwt"}"#, .header(typ: "jwt", alg: nil)),
            (#"{"alg":"Ed25519"}"#, .header(typ: nil, alg: "Ed25519")),
            (#"{"typ":1,"alg":"Ed25519"}"#, .field(.wrongType(key: "typ", found: "a number", expected: "a string"))),
            ("[]", .notAnObject(segment: 1)), ("", .notJSON(segment: 1, JSONError(reason: .unexpectedEnd, offset: 0))),
        ] as [(String, TokenError?)])
    func headers(header: String, refusal: TokenError?) throws {
        let token = try Self.signed(header: header, body: Self.body())
        if let refusal {
            #expect(throws: refusal) { try ReceivedToken<JSONObject>(token) }
        } else {
            #expect(try ReceivedToken<JSONObject>(token).isSignedByIssuer)
        }
    }

    @Test(
        "bodies are read with keys missing, null, unknown or in another order",
        arguments: [
            #"{"sub":"x","iss":"ISS","wascap":{}}"#,
            #"{"wascap":{},"nbf":null,"exp":null,"iss":"ISS","sub":"x","jti":null,"iat":null,"wascap_revision":null}"#,
            #" { "wascap" : { "new" : [ 1 ] } , "iss" : "ISS" , "aud" : { } , "sub" : "x" } "#,
        ])
    func tolerance(body: String) throws {
        let token = try ReceivedToken<SignerClaims>(Self.signed(body: body))
        #expect(token.isSignedByIssuer)
        #expect(token.claims.expires == nil && token.claims.notBefore == nil && token.claims.revision == nil)
        #expect(token.claims.id.isEmpty && token.claims.issuedAt.seconds == 0)
    }

    @Test(
        "bodies that can't be used are refused",
        arguments: [
            (#"{"iss":"ISS","wascap":{}}"#, TokenError.emptySubject),
            (#"{"iss":"ISS","sub":"","wascap":{}}"#, .emptySubject),
            (#"{"sub":"x","wascap":{}}"#, .issuer(.length(0, expected: 56))),
            (#"{"iss":"","sub":"x","wascap":{}}"#, .issuer(.length(0, expected: 56))),
            (#"{"iss":"ISSA","sub":"x","wascap":{}}"#, .issuer(.length(57, expected: 56))),
            (#"{"iss":"ISS","sub":"x"}"#, .field(.missing(key: "wascap"))),
            (#"{"iss":"ISS","sub":"x","wascap":null}"#, .field(.missing(key: "wascap"))),
            (
                #"{"iss":"ISS","sub":"x","wascap":[]}"#,
                .field(.wrongType(key: "wascap", found: "an array", expected: "an object"))
            ),
            (
                #"{"iss":"ISS","sub":1,"wascap":{}}"#,
                .field(.wrongType(key: "sub", found: "a number", expected: "a string"))
            ),
            (
                #"{"exp":-1,"iss":"ISS","sub":"x","wascap":{}}"#,
                .field(
                    .wrongType(
                        key: "exp", found: "the number -1", expected: "an integer from 0 to 18446744073709551615"))
            ),
            (
                #"{"iss":"ISS","iss":"ISS","sub":"x","wascap":{}}"#,
                .notJSON(segment: 2, JSONError(reason: .duplicateKey, offset: 66))
            ),
            ("7", .notAnObject(segment: 2)),
        ] as [(String, TokenError)])
    func unusableBodies(body: String, refusal: TokenError) throws {
        let token = try Self.signed(body: body)
        #expect(throws: refusal) { try ReceivedToken<SignerClaims>(token) }
    }

    @Test("segments, signature length, size and depth are checked")
    func limits() throws {
        let signature = "A".repeated(86)
        let body = Self.actorBody
        let cases: [(String, TokenError)] = [
            ("", .segments(1)), ("a.b", .segments(2)), ("a.b.c.d", .segments(4)), ("..........", .segments(4)),
            ("\(Self.header).\(body).", .signatureLength(bytes: 0)),
            ("\(Self.header).\(body).\("A".repeated(84))", .signatureLength(bytes: 63)),
            ("\(Self.header).\(body).\("A".repeated(87))", .signatureLength(bytes: 65)),
            ("\(Self.header).\(body).\(signature)==", .notBase64(segment: 3)),
            ("\(Self.header).\(body)=.\(signature)", .notBase64(segment: 2)),
            ("\(Self.header)=.\(body).\(signature)", .notBase64(segment: 1)),
            ("\(Self.header).\(body).\("A".repeated(85))B", .notBase64(segment: 3)),
        ]
        for (text, refusal) in cases { #expect(throws: refusal) { try ReceivedToken<ActorClaims>(text) } }

        let exact = TokenLimits(bytesMax: 626)
        #expect(throws: Never.self) { try ReceivedToken<ActorClaims>(Self.actorToken, limits: exact) }
        #expect(throws: TokenError.tooLong(bytes: 626, limit: 625)) {
            try ReceivedToken<ActorClaims>(Self.actorToken, limits: TokenLimits(bytesMax: 625))
        }
        #expect(throws: Never.self) {
            try ReceivedToken<ActorClaims>(Self.actorToken, limits: TokenLimits(depthMax: 3))
        }
        #expect(throws: TokenError.self) {
            try ReceivedToken<ActorClaims>(Self.actorToken, limits: TokenLimits(depthMax: 2))
        }
    }

    @Test(
        "times count to the second",
        arguments: [
            (99, nil, nil, TokenError.expired(UnixTime(seconds: 99), now: UnixTime(seconds: 100))),
            (100, nil, nil, nil), (101, nil, nil, nil), (nil, nil, nil, nil), (nil, 100, nil, nil), (nil, 99, nil, nil),
            (nil, 101, nil, .notYetValid(UnixTime(seconds: 101), now: UnixTime(seconds: 100))),
            (UInt64.max, 0, nil, nil), (0, nil, nil, .expired(UnixTime(seconds: 0), now: UnixTime(seconds: 100))),
        ] as [(UInt64?, UInt64?, Int?, TokenError?)])
    func times(expires: UInt64?, notBefore: UInt64?, _: Int?, refusal: TokenError?) throws {
        let claims = TokenClaims(
            id: "x", subject: "x", issuedAt: UnixTime(seconds: 0), expires: expires.map(UnixTime.init(seconds:)),
            notBefore: notBefore.map(UnixTime.init(seconds:)), payload: SignerClaims(name: nil))
        let token = try ReceivedToken<SignerClaims>(claims.signed(by: OperatorKeyPair.generate()))
        let now = UnixTime(seconds: 100)
        let validation = token.validation(at: now)
        if let refusal {
            #expect(throws: refusal) { try token.verified(at: now) }
        } else {
            #expect(throws: Never.self) { try token.verified(at: now) }
        }
        #expect(validation.isUsable == (refusal == nil))
        #expect(validation.signatureValid)
        #expect(validation.expired == (expires.map { $0 < 100 } ?? false))
        #expect(validation.cannotUseYet == (notBefore.map { $0 > 100 } ?? false))
        #expect(validation.expiresHuman == "never" || expires != nil)
        #expect(validation.notBeforeHuman == "immediately" || notBefore != nil)
    }

    @Test("keys are written in the reference order, and left out when absent")
    func order() throws {
        let account = try ProtocolVectors.account()
        let claims = TokenClaims(
            id: "j", subject: "s", issuedAt: UnixTime(seconds: 2), expires: UnixTime(seconds: 1),
            notBefore: UnixTime(seconds: 3), payload: SignerClaims(name: "a\"b", validSigners: []), revision: nil)
        let body = String(decoding: claims.body(issuer: AnyKey(account.publicKey)), as: UTF8.self)
        #expect(
            body == #"{"exp":1,"jti":"j","iat":2,"iss":"\#(account.publicKey)","sub":"s","nbf":3,"#
                + #""wascap":{"name":"a\"b","valid_signers":[]}}"#)
    }

    /// Signed with the account of the vectors; `ISS` in the body stands for it.
    static func signed(header: String = #"{"typ":"jwt","alg":"Ed25519"}"#, body: String) throws -> String {
        let account = try ProtocolVectors.account()
        let filled = body.split(separator: "ISS", omittingEmptySubsequences: false)
            .joined(separator: "\(account.publicKey)")
        let signing = Base64.url.encode(Array(header.utf8)) + "." + Base64.url.encode(Array(filled.utf8))
        return signing + "." + Base64.url.encode(account.sign(Array(signing.utf8)).bytes)
    }

    static func body() -> String { #"{"iss":"ISS","sub":"x","wascap":{}}"# }
}

/// What a target above would define for itself: lattice protocol §4.4.
struct InvocationPayload: TokenPayload, Equatable {
    var target: String
    var origin: String
    var hash: String

    init(target: String, origin: String, hash: String) {
        self.target = target
        self.origin = origin
        self.hash = hash
    }

    init(_ object: JSONObject) throws(JSONFieldError) {
        target = try object.required("target_url", object.string)
        origin = try object.required("origin_url", object.string)
        hash = try object.required("hash", object.string)
    }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("target_url", target)
        writer.member("origin_url", origin)
        writer.member("hash", hash)
    }
}

extension String {
    func repeated(_ count: Int) -> String { String(repeating: self, count: count) }
}
