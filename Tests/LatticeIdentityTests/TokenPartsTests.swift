import LatticeIdentity
import Testing

@Suite("parts of tokens")
struct TokenPartsTests {
    @Test(
        "base 64 knows three forms and only the canonical text of each",
        arguments: [
            ([], "", ""), ([0xFB], "-w", "+w=="), ([0xFB, 0xFF], "-_8", "+/8="), ([0xFB, 0xFF, 0xBF], "-_-_", "+/+/"),
            ([1, 2, 3, 4], "AQIDBA", "AQIDBA=="),
        ] as [([UInt8], String, String)])
    func base64(bytes: [UInt8], url: String, standard: String) {
        let paddedURL = url + String(repeating: "=", count: standard.count - url.count)
        #expect(Base64.url.encode(bytes) == url)
        #expect(Base64.standard.encode(bytes) == standard)
        #expect(Base64.paddedURL.encode(bytes) == paddedURL)
        #expect(Base64.url.decode(url.utf8) == bytes)
        #expect(Base64.standard.decode(standard.utf8) == bytes)
        #expect(Base64.paddedURL.decode(paddedURL.utf8) == bytes)
    }

    @Test(
        "what is not canonical is refused",
        arguments: ["-", "-x", "-w=", "-w==", "-_9", "-_8=", "+w", "/w", "-w\n", " -w", "AAAAA", "é", "AAA*"])
    func notBase64(text: String) { #expect(Base64.url.decode(text.utf8) == nil) }

    @Test(
        "padding has to be there, and right",
        arguments: ["+w", "+w=", "+w===", "=", "==", "====", "A===", "+x==", "+/9=", "-w==", "+w==+w==", "+=w="])
    func notPaddedBase64(text: String) { #expect(Base64.standard.decode(text.utf8) == nil) }

    @Test("ids of tokens have 22 characters of base 62 and never repeat")
    func ids() {
        let generator = NUIDGenerator()
        let ids = (0..<5_000).map { _ in generator.next() }
        #expect(Set(ids).count == ids.count)
        #expect(Set(ids.map { $0.prefix(12) }).count == 1)
        #expect(ids.allSatisfy { $0.count == 22 && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } })
        #expect(ids == ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        #expect(NUIDGenerator().next().prefix(12) != NUIDGenerator().next().prefix(12))
    }

    @Test(
        "distances in time read like speech",
        arguments: [
            (100, 100, "now"), (101, 100, "in 1s"), (100, 700, "10m ago"), (11_200, 100, "in 3h 5m"),
            (100 + 86_400, 100, "in 1d"), (100 + 90_000, 100, "in 1d 1h"), (100 + 86_460, 100, "in 1d"),
            (0, 3_661, "1h 1m ago"), (UInt64.max, 0, "in 213503982334601d 7h"),
        ] as [(UInt64, UInt64, String)])
    func distances(time: UInt64, now: UInt64, expected: String) {
        #expect(UnixTime(seconds: time).relative(to: UnixTime(seconds: now)) == expected)
    }

    @Test(
        "moments are written as RFC 3339 wants it",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (1_700_000_000, "2023-11-14T22:13:20Z"), (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"), (951_868_800, "2000-03-01T00:00:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"), (253_402_300_800, "10000-01-01T00:00:00Z"),
        ] as [(UInt64, String)])
    func moments(seconds: UInt64, expected: String) { #expect("\(UnixTime(seconds: seconds))" == expected) }

    @Test("adding to a moment never overflows")
    func sums() {
        #expect(UnixTime(seconds: 5).advanced(by: .seconds(7)).seconds == 12)
        #expect(UnixTime(seconds: 5).advanced(by: .seconds(-7)).seconds == 0)
        #expect(UnixTime(seconds: .max).advanced(by: .seconds(1)).seconds == .max)
    }

    @Test(
        "aliases are normalized as the signing tools do it",
        arguments: [
            ("Echo", "echo"), ("  My Echo-Actor.v2 ", "my_echo_actor_v2"), ("wasmcloud/ponger", "wasmcloud/ponger"),
            ("Zähler", "zhler"), ("a\tb", "a\tb"), ("", nil), ("   ", nil), ("äöü", nil), ("é x", "_x"),
        ] as [(String, String?)])
    func aliases(text: String, expected: String?) {
        #expect(CallAlias(normalizing: text)?.description == expected)
    }

    @Test("an alias in a token stays as it is; the empty one is none")
    func signedAliases() {
        #expect(CallAlias(signed: "My-Echo")?.description == "My-Echo")
        #expect(CallAlias(signed: "") == nil)
    }
}
