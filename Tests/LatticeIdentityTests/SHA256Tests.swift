import Testing

@testable import LatticeIdentity

@Suite("SHA-256")
struct SHA256Tests {
    /// - Source: FIPS 180, the examples of NIST.
    @Test(
        "known digests",
        arguments: [
            (0, "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"),
            (1_000_000, "CDC76E5C9914FB9281A1C7E284D73E67F1809A48A497200E046D39CCC7112CD0"),
        ])
    func known(count: Int, digest: String) {
        #expect("\(SHA256Digest(of: Array(repeating: UInt8(ascii: "a"), count: count)))" == digest)
    }

    @Test("the system's library and ours agree, whatever the pieces are", arguments: [0, 1, 63, 64, 65, 100_000])
    func bothWays(piece: Int) throws {
        // libnats needs libcrypto, so it is there.
        #expect(SystemSHA256() != nil)
        let bytes = (0..<SHA256Hasher.largeBytesMin).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        func digest(expecting count: Int) -> SHA256Digest {
            var hasher = SHA256Hasher(expecting: count)
            hasher.update(bytes.span.extracting(0..<piece).bytes)
            hasher.update("text")
            hasher.update(bytes.span.extracting(piece..<bytes.count).bytes)
            return hasher.finish()
        }
        let expected = digest(expecting: 0)
        #expect(digest(expecting: bytes.count) == expected)
        #expect(SHA256Digest(of: bytes) != expected)
    }
}
