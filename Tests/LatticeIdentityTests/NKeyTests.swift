import Testing

@testable import LatticeIdentity

@Suite("nkeys")
struct NKeyTests {
    @Test("both texts of every kind are those of the protocol", arguments: ProtocolVectors.pairs)
    func vectors(vector: ProtocolVectors.Pair) throws {
        let pair = try AnyKeyPair(seedText: vector.seed)
        #expect(pair.publicKey.kind == vector.kind)
        #expect("\(pair.publicKey)" == vector.key)
        #expect(pair.withSeedText { String(decoding: $0, as: UTF8.self) } == vector.seed)
        #expect(try AnyKey(vector.key) == pair.publicKey)
        #expect(vector.key.first == vector.kind.letter)
    }

    @Test("the checksum is CRC-16/XMODEM")
    func checksum() { #expect(CRC16.checksum(Array("123456789".utf8)) == 0x31C3) }

    @Test("a typed key takes its own kind and no other", arguments: ProtocolVectors.pairs)
    func kinds(vector: ProtocolVectors.Pair) throws {
        func check<Role>(_: NKey<Role>.Type) throws {
            if vector.kind == Role.kind {
                #expect("\(try NKey<Role>(vector.key))" == vector.key)
                #expect("\(try KeyPair<Role>(seedText: vector.seed).publicKey)" == vector.key)
            } else {
                let refusal = NKeyError.wrongKind(found: vector.kind, expected: Role.kind)
                #expect(throws: refusal) { try NKey<Role>(vector.key) }
                #expect(throws: refusal) { try KeyPair<Role>(seedText: vector.seed) }
            }
        }
        try check(OperatorKey.self)
        try check(AccountKey.self)
        try check(ModuleKey.self)
        try check(ProviderKey.self)
        try check(HostKey.self)
        try check(ClusterKey.self)
        try check(UserKey.self)
    }

    @Test("one character more, less or else is refused", arguments: ProtocolVectors.pairs)
    func neighbours(vector: ProtocolVectors.Pair) {
        #expect(throws: NKeyError.length(55, expected: 56)) { try AnyKey(String(vector.key.dropLast())) }
        #expect(throws: NKeyError.length(57, expected: 56)) { try AnyKey(vector.key + "A") }
        #expect(throws: NKeyError.length(0, expected: 56)) { try AnyKey("") }
        #expect(throws: NKeyError.length(57, expected: 58)) { try AnyKeyPair(seedText: String(vector.seed.dropLast())) }
        #expect(throws: NKeyError.length(59, expected: 58)) { try AnyKeyPair(seedText: vector.seed + "A") }
        #expect(throws: NKeyError.alphabet(position: 0)) { try AnyKey(vector.key.lowercased()) }
        #expect(throws: NKeyError.alphabet(position: 0)) { try AnyKeyPair(seedText: vector.seed.lowercased()) }
        // A seed where a key is expected, and the other way round.
        #expect(throws: NKeyError.length(58, expected: 56)) { try AnyKey(vector.seed) }
        #expect(throws: NKeyError.length(56, expected: 58)) { try AnyKeyPair(seedText: vector.key) }
    }

    @Test("no single mistyped character goes unnoticed", arguments: ProtocolVectors.pairs)
    func mistyped(vector: ProtocolVectors.Pair) {
        for text in [vector.key, vector.seed] {
            for position in text.indices {
                for typo in ["A", "Q", "7", "0", "1", "8", "9", "=", " ", "-"] where typo != String(text[position]) {
                    let mistyped = text.replacingCharacter(at: position, with: typo)
                    #expect(throws: NKeyError.self) { try AnyKey(mistyped) }
                    #expect(throws: NKeyError.self) { try AnyKeyPair(seedText: mistyped) }
                }
            }
        }
    }

    @Test("characters outside the alphabet are named by their place", arguments: ["0", "1", "8", "9", "=", "a", "é"])
    func alphabet(character: String) {
        let key = ProtocolVectors.pair(.module).key
        let at = key.index(key.startIndex, offsetBy: 7)
        let wrong = key.replacingCharacter(at: at, with: character)
        let expected: NKeyError = character == "é" ? .length(57, expected: 56) : .alphabet(position: 7)
        #expect(throws: expected) { try AnyKey(wrong) }
    }

    @Test("prefixes of no known kind are refused", arguments: [UInt8(0xB8), 0x78, 0x90, 0x08, 0x01, 0xFF])
    func unknownPrefixes(prefix: UInt8) {
        let key = Self.text([prefix] + [UInt8](repeating: 7, count: 32))
        #expect(throws: NKeyError.unknownPrefix(prefix)) { try AnyKey(key) }
        let seed = Self.text([0x90 | prefix >> 5, (prefix & 0x1F) << 3] + [UInt8](repeating: 7, count: 32))
        #expect(throws: NKeyError.unknownPrefix(prefix)) { try AnyKeyPair(seedText: seed) }
    }

    @Test("a seed's first byte and its spare bits are checked")
    func seedMarks() {
        let secret = [UInt8](repeating: 7, count: 32)
        #expect(throws: NKeyError.notASeed) { try AnyKeyPair(seedText: Self.text([0x60, 0] + secret)) }
        #expect(throws: NKeyError.unknownPrefix(0)) { try AnyKeyPair(seedText: Self.text([0x90, 1] + secret)) }
        // 36 bytes leave two bits of the last character over.
        let good = Self.text([0x90, 0] + secret)
        let last = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        let next = last[last.firstIndex(of: good.last!)! + 1]
        #expect(throws: Never.self) { try AnyKeyPair(seedText: good) }
        #expect(throws: NKeyError.notCanonical) { try AnyKeyPair(seedText: good.dropLast() + String(next)) }
    }

    @Test("a signature holds for its key and its message only")
    func signatures() throws {
        let pair = HostKeyPair.generate()
        let message = Array("message".utf8)
        let signature = pair.sign(message)
        #expect(pair.publicKey.signed(message, as: signature))
        #expect(AnyKey(pair.publicKey).signed(message, as: signature))
        #expect(!pair.publicKey.signed(Array("massage".utf8), as: signature))
        #expect(!HostKeyPair.generate().publicKey.signed(message, as: signature))
        for index in signature.bytes.indices {
            var altered = signature.bytes
            altered[index] ^= 1
            #expect(!pair.publicKey.signed(message, as: try #require(Signature(altered))))
        }
        #expect(Signature([UInt8](repeating: 0, count: 63)) == nil)
        #expect(Signature([UInt8](repeating: 0, count: 65)) == nil)
        #expect(pair.publicKey.signed([], as: pair.sign([])))
    }

    @Test("a key of small order signs nothing")
    func smallOrder() throws {
        let neutral = try #require(Bytes32([1] + [UInt8](repeating: 0, count: 31)))
        let signature = try #require(Signature(neutral.bytes + [UInt8](repeating: 0, count: 32)))
        #expect(!HostKey(bytes: neutral).signed(Array("anything".utf8), as: signature))
    }

    @Test("a secret appears in no description")
    func descriptions() throws {
        let vector = ProtocolVectors.pair(.account)
        let pair = try AnyKeyPair(seedText: vector.seed)
        var dumped = ""
        dump(pair, to: &dumped)
        dump(try AccountKeyPair(pair), to: &dumped)
        let shown = "\(pair) \(String(reflecting: pair)) \(try AccountKeyPair(pair)) \(dumped)"
        #expect(shown.contains(vector.key))
        #expect(!shown.contains(vector.seed) && !shown.contains("SA") && !shown.contains("secret"))
    }

    @Test("keys are ordered by their bytes and told apart by kind")
    func order() throws {
        let low = try #require(Bytes32([UInt8](repeating: 0, count: 31) + [1]))
        let high = try #require(Bytes32([1] + [UInt8](repeating: 0, count: 31)))
        #expect(HostKey(bytes: low) < HostKey(bytes: high))
        #expect(!(HostKey(bytes: high) < HostKey(bytes: low)))
        #expect(AnyKey(kind: .host, bytes: low) != AnyKey(kind: .module, bytes: low))
        #expect(low.bytes.last == 1 && high.bytes.first == 1)
        #expect(Bytes32([UInt8](repeating: 0, count: 31)) == nil)
        #expect(MemoryLayout<HostKey>.size == 32)
    }

    @Test("SHA-256 gives the known digests, in pieces or at once")
    func digests() {
        #expect(
            "\(SHA256Digest(of: []))" == "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")
        var hasher = SHA256Hasher()
        hasher.update("ab")
        hasher.update(Array("c".utf8).span.bytes)
        let pieces = hasher.finish()
        #expect(pieces == SHA256Digest(of: Array("abc".utf8)))
        #expect("\(pieces)" == "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")
    }

    /// Bytes with a right checksum as text.
    private static func text(_ bytes: [UInt8]) -> String {
        let sum = CRC16.checksum(bytes)
        return String(decoding: Base32.encode(bytes + [UInt8(sum & 0xFF), UInt8(sum >> 8)]), as: UTF8.self)
    }
}

extension String {
    func replacingCharacter(at position: Index, with text: String) -> String {
        var copy = self
        copy.replaceSubrange(position...position, with: text)
        return copy
    }
}
