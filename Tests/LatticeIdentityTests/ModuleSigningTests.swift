import Testing

@testable import LatticeIdentity

@Suite("module signing")
struct ModuleSigningTests {
    static let now = UnixTime(seconds: 1_700_000_100)

    /// The 651 bytes of lattice protocol §2.2.
    static func vector() throws -> [UInt8] {
        try UnsignedModule(Wasm.emptyModule).signed(TokenTests.actorClaims(), by: ProtocolVectors.account())
    }

    @Test("the protocol's signed module comes out byte for byte")
    func vectorBytes() throws {
        let module = try Self.vector()
        #expect(module.count == 651)
        #expect(module[..<12] == [0x00, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 0x00, 0x80, 0x05, 0x0D])
        #expect("\(SHA256Digest(of: module))" == "14332D7C4157DF21A41AB8A449CC1165026CD7E2AA3B8D3A4D1C4F0FFA2CEBFF")
    }

    @Test("the protocol's signed module is read back")
    func vectorVerified() throws {
        let module = try SignedModule(Self.vector()).verified(at: Self.now)
        #expect("\(module.key)" == ProtocolVectors.pair(.module).key)
        #expect("\(module.issuer)" == ProtocolVectors.pair(.account).key)
        #expect(module.claims.payload.capabilities == ["wasmcloud:keyvalue"])
        #expect(module.encoding == .core && module.hashMatch == .canonical)
        #expect(module.tokenText == TokenTests.actorToken)
    }

    @Test("any altered byte is noticed")
    func alterations() throws {
        let module = try Self.vector()
        for index in module.indices {
            for flip: UInt8 in [0x01, 0x20, 0x80] {
                var altered = module
                altered[index] ^= flip
                #expect(throws: ModuleRefusal.self, "byte \(index)") {
                    try SignedModule(altered).verified(at: Self.now)
                }
            }
        }
    }

    @Test("every truncation is refused")
    func truncations() throws {
        let module = try Self.vector()
        for length in module.indices {
            let part = Array(module[..<length])
            #expect(throws: ModuleRefusal.self) { try SignedModule(part).verified(at: Self.now) }
            if length == 8 { #expect(throws: ModuleRefusal.unsigned) { try SignedModule(part) } }
        }
    }

    @Test("code that is added after signing is noticed, before and behind the claims")
    func additions() throws {
        let module = try Self.vector()
        let section = Wasm.section(1, [0])
        for tampered in [Array(module[..<8]) + section + module[8...], module + section] {
            let refusal = try #require(throws: ModuleRefusal.self) {
                try SignedModule(tampered).verified(at: Self.now)
            }
            #expect(refusal.code == "tampered")
            #expect("\(refusal)".contains("hash"))
        }
        #expect(throws: ModuleRefusal.self) { try SignedModule(module + [0]).verified(at: Self.now) }
    }

    @Test("claims are found under both names and anywhere at the top level", arguments: ["jwt", "wasmcloud_jwt"])
    func names(name: String) throws {
        let code = Wasm.section(1, [0])
        let module = Wasm.emptyModule + code
        let signed = try Wasm.signed(module, hash: "\(SHA256Digest(of: module))")
        let claims = Wasm.custom(name, Array(signed.utf8))
        #expect(throws: Never.self) { try SignedModule(module + claims).verified(at: Self.now) }
        #expect(throws: Never.self) { try SignedModule(Wasm.emptyModule + claims + code).verified(at: Self.now) }
        let other = Wasm.custom("\(name)x", Array(signed.utf8))
        #expect(throws: ModuleRefusal.unsigned) { try SignedModule(module + other) }
    }

    @Test("two claims sections are refused, whatever they say", arguments: ["jwt", "wasmcloud_jwt", "empty"])
    func ambiguous(second: String) throws {
        let module = try Self.vector()
        let name = second == "empty" ? "jwt" : second
        let extra = Wasm.custom(name, second == "empty" ? [] : Array(TokenTests.actorToken.utf8))
        let refusal = ModuleRefusal.tampered(.ambiguous(claimsSections: 2))
        #expect(throws: refusal) { try SignedModule(module + extra) }
        #expect(throws: refusal) { try SignedModule(Wasm.emptyModule + extra + module[8...]) }
    }

    @Test("either hash counts, whatever revision the token says", arguments: [nil, 1, 2, 3, 4] as [UInt32?])
    func bothHashes(revision: UInt32?) throws {
        // A length that takes two bytes where one would do.
        let padded = Wasm.emptyModule + [1, 0x81, 0x00, 0x00]
        let canonical = Wasm.emptyModule + [1, 1, 0]
        for (hashed, expected) in [(canonical, SignedModule.HashMatch.canonical), (padded, .raw)] {
            let token = try Wasm.signed(padded, hash: "\(SHA256Digest(of: hashed))", revision: revision)
            let module = try SignedModule(padded + Wasm.custom("jwt", Array(token.utf8)))
            #expect(try module.verified(at: Self.now).hashMatch == expected)
        }
        let other = try Wasm.signed(padded, hash: "\(SHA256Digest(of: [1]))", revision: revision)
        let module = try SignedModule(padded + Wasm.custom("jwt", Array(other.utf8)))
        #expect(try module.hashMatch() == nil)
        #expect(throws: ModuleRefusal.self) { try module.verified(at: Self.now) }
    }

    @Test("checks come in their order: signature, hash, expiry")
    func order() throws {
        func refusal(_ token: String) throws -> ModuleRefusal {
            let module = try SignedModule(Wasm.emptyModule + Wasm.custom("jwt", Array(token.utf8)))
            return try #require(throws: ModuleRefusal.self) { try module.verified(at: Self.now) }
        }
        let right = "\(SHA256Digest(of: Wasm.emptyModule))"
        let past = UnixTime(seconds: 5)
        let expired = try Wasm.signed(Wasm.emptyModule, hash: right, expires: past)
        #expect(try refusal(expired) == .expired(past, now: Self.now))
        let future = UnixTime(seconds: Self.now.seconds + 1)
        let early = try Wasm.signed(Wasm.emptyModule, hash: right, notBefore: future)
        #expect(try refusal(early) == .notYetValid(future, now: Self.now))
        let wrongHash = try Wasm.signed(Wasm.emptyModule, hash: "00", expires: past)
        #expect(
            try refusal(wrongHash) == .tampered(.hash(claimed: "00", found: SHA256Digest(of: Wasm.emptyModule))))
        let forged = wrongHash.dropLast(10) + "AAAAAAAAAA"
        let issuer = AnyKey(try ProtocolVectors.account().publicKey)
        #expect(try refusal(String(forged)) == .tampered(.signature(issuer: issuer)))
    }

    @Test("claims about anything but a module are refused")
    func subjects() throws {
        let token = try Wasm.signed(Wasm.emptyModule, hash: "", subject: ProtocolVectors.pair(.provider).key)
        #expect(throws: ModuleRefusal.tampered(.subject(.wrongKind(found: .provider, expected: .module)))) {
            try SignedModule(Wasm.emptyModule + Wasm.custom("jwt", Array(token.utf8)))
        }
    }

    @Test("a token that is too long is refused before it is read")
    func longToken() throws {
        let module = Wasm.emptyModule + Wasm.custom("jwt", [UInt8](repeating: 0x41, count: 65_537))
        #expect(throws: ModuleRefusal.tampered(.token(.tooLong(bytes: 65_537, limit: 65_536)))) {
            try SignedModule(module)
        }
    }

    @Test("signing again replaces the claims and leaves every other byte")
    func signingAgain() throws {
        let padded = Wasm.emptyModule + [1, 0x81, 0x00, 0x00] + Wasm.custom("name", [7])
        let issuer = try ProtocolVectors.account()
        let claims = try TokenTests.actorClaims()
        let once = try UnsignedModule(padded).signed(claims, by: issuer)
        #expect(Array(once.prefix(padded.count)) == padded)
        #expect(try UnsignedModule(once).signed(claims, by: issuer) == once)
        // Even where somebody put two.
        #expect(try UnsignedModule(once + Wasm.custom("jwt", [1])).signed(claims, by: issuer) == once)
        #expect(throws: Never.self) { try SignedModule(once).verified(at: Self.now) }
    }
}

/// Small modules made by hand.
enum Wasm {
    static let emptyModule: [UInt8] = [0x00, 0x61, 0x73, 0x6D, 1, 0, 0, 0]
    static let emptyComponent: [UInt8] = [0x00, 0x61, 0x73, 0x6D, 0x0D, 0, 1, 0]

    static func section(_ id: UInt8, _ payload: [UInt8]) -> [UInt8] { [id] + LEB128.minimal(payload.count) + payload }

    static func custom(_ name: String, _ contents: [UInt8]) -> [UInt8] {
        section(0, LEB128.minimal(name.utf8.count) + Array(name.utf8) + contents)
    }

    /// A token about any hash.
    static func signed(
        _ module: [UInt8], hash: String, subject: String? = nil, revision: UInt32? = 3, expires: UnixTime? = nil,
        notBefore: UnixTime? = nil
    ) throws -> String {
        let claims = TokenClaims(
            id: "x", subject: subject ?? ProtocolVectors.pair(.module).key, issuedAt: UnixTime(seconds: 0),
            expires: expires, notBefore: notBefore, payload: ActorClaims(name: "x", hash: hash), revision: revision)
        return claims.signed(by: try ProtocolVectors.account())
    }
}
