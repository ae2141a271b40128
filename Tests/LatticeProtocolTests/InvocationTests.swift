import LatticeIdentity
import Testing

@testable import LatticeProtocol

@Suite("invocations")
struct InvocationTests {
    @Test("the protocol's signed invocation comes out byte for byte")
    func vector() throws {
        let invocation = try Vectors.invocation()
        #expect(
            invocation.token.hasSuffix(
                "FjzwE_QwYAEn1hmtkKn2EeqV4sJOYMEdODH3f9eAxH-BdfVd1JofoVXBBLT5yMuHFgG28Izr5az3G6dHlPXVAA"))
        let bytes = invocation.messagePack
        #expect(bytes.count == 1176)
        #expect(
            "\(SHA256Digest(of: bytes))" == "56CA71B053EFB3169F5D4A89FE8C6930C6FE840FDAAC46F3C3BCA265F697DDCB")
        #expect(try Invocation(messagePack: bytes) == invocation)
    }

    @Test("the protocol's short invocation comes out byte for byte, and is read back")
    func shortVector() throws {
        let draft = try Vectors.draft()
        let invocation = Invocation(
            origin: draft.origin, target: draft.target, operation: draft.operation, payload: draft.argument,
            id: draft.id, token: "J", host: "\(try Vectors.host())")
        #expect(invocation.messagePack == Vectors.shortInvocation)
        #expect(try Invocation(messagePack: Vectors.shortInvocation) == invocation)
    }

    @Test("the digest is the protocol's")
    func digest() throws {
        let invocation = try Vectors.invocation()
        let digest = InvocationDigest(of: invocation, argument: Vectors.argument)
        #expect(digest.originURL == "wasmbus://\(try Vectors.module())")
        #expect(digest.targetURL == "wasmbus://wasmcloud/keyvalue/default/\(try Vectors.provider())/KeyValue.Increment")
        #expect("\(digest.hash)" == "2C6798384CE304C7B5A46F34D8799CD8F5E4F641121B2147072BCCF7A7F2ED6C")
    }

    @Test(
        "URLs",
        arguments: [
            (Entity(publicKey: "MX", linkName: "l", contractID: "c:d"), "wasmbus://MX"),
            (Entity(publicKey: "mx", linkName: "l", contractID: "c:d"), "wasmbus://mx"),
            (Entity(publicKey: "VX", linkName: "My Link", contractID: "Acme:Q q:Z"), "wasmbus://acme/q_q/z/my_link/VX"),
            (Entity(publicKey: "VX", linkName: "a:b", contractID: "É:x"), "wasmbus://é/x/a:b/VX"),
            (Entity.client, "wasmbus:////__LATTICE__"),
            (Entity(publicKey: "", linkName: "", contractID: ""), "wasmbus:////"),
        ])
    func urls(entity: Entity, url: String) { #expect(entity.url == url) }

    @Test("every truncation is refused, and so is a byte too many")
    func truncations() throws {
        let bytes = Vectors.shortInvocation
        for count in bytes.indices {
            #expect(throws: MessagePackError.self) { try Invocation(messagePack: Array(bytes[..<count])) }
        }
        #expect(throws: MessagePackError(.trailingBytes, at: bytes.count)) {
            try Invocation(messagePack: bytes + [0xC0])
        }
    }

    @Test("no altered byte makes it crash")
    func alterations() throws {
        for index in Vectors.shortInvocation.indices {
            for byte: UInt8 in [0x00, 0x80, 0x9F, 0xC1, 0xC6, 0xDB, 0xDD, 0xDF, 0xFF] {
                var bytes = Vectors.shortInvocation
                bytes[index] = byte
                _ = try? Invocation(messagePack: bytes)
                _ = try? InvocationResponse(messagePack: bytes)
            }
        }
    }

    @Test("positional arrays are read, with the bytes as integers and unknown fields behind")
    func positional() throws {
        func entity(_ parts: String...) -> MessagePackValue { .array(parts.map { .string($0) }) }
        let value = MessagePackValue.array([
            entity("MA", "", ""), entity("VA", "l", "c:d"), .string("O.p"), .array([.positive(1), .positive(200)]),
            .string("id-1"), .string("J"), .string("NA"), .positive(2), .null, .null, .array([.map([])]),
        ])
        let invocation = try Invocation(messagePack: value.bytes)
        #expect(invocation.target == Entity(publicKey: "VA", linkName: "l", contractID: "c:d"))
        #expect(invocation.payload == [1, 200] && invocation.host == "NA" && invocation.contentLength == 2)
        #expect(!invocation.isChunked && invocation.traceContext.isEmpty && invocation.certificate == nil)
    }

    @Test("maps are read in any order, with unknown, nil and wide things among them")
    func tolerance() throws {
        func entity(_ key: String) -> MessagePackValue { .map([.init(.string("public_key"), .string(key))]) }
        let members: [(String, MessagePackValue)] = [
            ("new", .map([.init(.array([.null]), .array([.null]))])), ("content_length", .positive(900_000)),
            ("traceContext", .map([.init(.string("traceparent"), .string("00"))])), ("id", .string("x")),
            ("msg", .null), ("encoded_claims", .string("")), ("operation", .string("")), ("target", entity("V")),
            ("origin", entity("M")), ("certificate", .null),
        ]
        var value = members.map { MessagePackValue.Member(.string($0.0), $0.1) }
        value.insert(.init(.positive(1), .string("a key that is no string")), at: 3)
        let invocation = try Invocation(messagePack: MessagePackValue.map(value).bytes)
        #expect(invocation.isChunked && invocation.contentLength == 900_000)
        #expect(invocation.traceContext == ["traceparent": "00"])
        #expect(invocation.origin.isUnlinked)
    }

    @Test(
        "what has to be there is missed, and what stands twice refused",
        arguments: ["origin", "target", "operation", "id", "encoded_claims"])
    func missing(field: String) throws {
        guard case .map(let members) = try MessagePackValue(parsing: Vectors.shortInvocation) else { return }
        let without = MessagePackValue.map(members.filter { $0.key != .string(field) })
        #expect(throws: MessagePackError(.missing(field: field), at: 0)) { try Invocation(messagePack: without.bytes) }
        let twice = MessagePackValue.map(members + members.filter { $0.key == .string(field) })
        #expect(throws: MessagePackError(.duplicate(field: field), at: Vectors.shortInvocation.count)) {
            try Invocation(messagePack: twice.bytes)
        }
    }

    @Test("an id that can't name an object is refused", arguments: ["", "a/b", "a.b", "a b", "é"])
    func ids(id: String) throws {
        guard case .map(let members) = try MessagePackValue(parsing: Vectors.shortInvocation) else { return }
        let value = MessagePackValue.map(members.map { $0.key == .string("id") ? .init($0.key, .string(id)) : $0 })
        #expect(throws: MessagePackError(.name(field: "id", NameError(kind: .invocation, text: id)), at: 0)) {
            try Invocation(messagePack: value.bytes)
        }
    }

    @Test("a strict token says lattice, subject, time left and expiry")
    func strict() throws {
        let now = TokenTime(seconds: 100)
        let invocation = try Vectors.signer().sign(
            Vectors.draft(), .strict(subject: "s.x", timeout: .milliseconds(1_500)), at: now)
        let token = try ReceivedToken<InvocationClaims>(invocation.token).verified()
        #expect(token.claims.expires == TokenTime(seconds: 106))
        #expect(token.claims.payload.timeoutMilliseconds == 1_500 && token.claims.payload.subject == "s.x")
        #expect(token.claims.payload.lattice == "default" && token.claims.subject == invocation.id.text)
        #expect(token.issuer == AnyKey(try Vectors.cluster().publicKey))
        let chunked = try Vectors.signer().sign(
            {
                var draft = try Vectors.draft()
                draft.isChunked = true
                return draft
            }(), .classic, at: now)
        #expect(chunked.payload.isEmpty && chunked.isChunked && chunked.contentLength == 22)
        #expect(try ReceivedToken<InvocationClaims>(chunked.token).claims.payload.hash == token.claims.payload.hash)
    }

    @Test("the protocol's success response comes out byte for byte")
    func response() throws {
        let response = InvocationResponse.success([1], to: try Vectors.draft().id)
        let bytes = hex(
            """
            83 a3 6d7367 c4 01 01 ad 696e766f636174696f6e5f6964 d9 20
            3061316232633364346535663630373138323933613462356336643765386639 ae 636f6e74656e745f6c656e677468 01
            """)
        #expect(response.messagePack == bytes)
        #expect(try InvocationResponse(messagePack: bytes) == response)
        for count in bytes.indices {
            #expect(throws: MessagePackError.self) { try InvocationResponse(messagePack: Array(bytes[..<count])) }
        }
    }

    @Test(
        "responses of every writer are read",
        arguments: [
            ("81 a3 6d7367 c0", nil, []), ("82 a3 6d7367 c0 a5 6572726f72 a2 6e6f", "no", []),
            ("82 a5 6572726f72 c0 a3 6d7367 92 01 02", nil, [1, 2]), ("93 c4 01 07 a1 78 a2 6e6f", "no", [7]),
            ("80", nil, []),
        ] as [(String, String?, [UInt8])])
    func responses(bytes: String, error: String?, payload: [UInt8]) throws {
        let response = try InvocationResponse(messagePack: hex(bytes))
        #expect(response.error == error && response.payload == payload)
    }

    @Test("a response with everything comes back")
    func fullResponse() throws {
        let response = InvocationResponse(
            payload: [], to: "x", error: "no", contentLength: 7, traceContext: ["a": "b"], instanceID: "i", token: "t")
        #expect(try InvocationResponse(messagePack: response.messagePack) == response)
        #expect(response.isChunked)
    }

    @Test("the hash of a reply tells error, success and bytes apart")
    func replyHashes() {
        let hashes = [
            InvocationDigest.hash(ofReplyTo: "x", error: nil, result: []),
            InvocationDigest.hash(ofReplyTo: "x", error: "", result: []),
            InvocationDigest.hash(ofReplyTo: "x", error: "a", result: []),
            InvocationDigest.hash(ofReplyTo: "x", error: nil, result: Array("a".utf8)),
            InvocationDigest.hash(ofReplyTo: "y", error: nil, result: []),
            InvocationDigest.hash(ofReplyTo: "x", error: "", result: Array("a".utf8)),
        ]
        #expect(Set(hashes).count == hashes.count)
    }
}
