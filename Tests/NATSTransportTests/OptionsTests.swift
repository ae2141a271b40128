import Testing

@testable import NATSTransport

@Suite("Options of a connection")
struct OptionsTests {
    @Test(
        "times become whole milliseconds, never none for some",
        arguments: [
            (.zero, 0), (.nanoseconds(1), 1), (.milliseconds(1), 1), (.microseconds(1_001), 2), (.seconds(2), 2_000),
            (.seconds(-1), 0), (.seconds(Int64.max), Int64(Int32.max)),
        ] as [(Duration, Int64)])
    func milliseconds(duration: Duration, expected: Int64) {
        #expect(duration.milliseconds == expected)
    }

    @Test("times become nanoseconds within what a deadline can hold")
    func nanoseconds() {
        #expect(Duration.milliseconds(3).nanoseconds == 3_000_000)
        #expect(Duration.seconds(-1).nanoseconds == 0)
        #expect(Duration.seconds(Int64.max).nanoseconds == UInt64(Int64.max))
    }

    @Test(
        "what may be a secret is not shown",
        arguments: [
            ("nats://h:1", "nats://h:1"), ("nats://u:p@h:1", "nats://h:1"),
            ("nats://t@h:1,tls://u:p@q@i", "nats://h:1,tls://i"), ("u:p@h", "u:p@h"),
        ])
    func urls(url: String, shown: String) {
        #expect(url.withoutCredentials == shown)
    }

    @Test("a seed shows nothing of itself")
    func seed() {
        let seed = NATSSeed("SUAAAAICAMCAKBQ")
        var dumped = ""
        dump(NATSCredentials.nkey(publicKey: "U", seed: seed), to: &dumped)
        #expect(!"\(seed)\(String(reflecting: seed))\(dumped)\(NATSCredentials.jwt("t", seed: seed))".contains("SUAA"))
    }

    @Test(
        "a domain is one token", arguments: [("hub", true), ("a-b_c", true), ("a.b", false), ("", false), ("*", false)])
    func domains(text: String, isValid: Bool) {
        #expect(((try? JetStreamDomain(text)) != nil) == isValid)
    }

    @Test("identifiers are 22 letters and digits, and never the same")
    func uniqueIDs() {
        let texts = (0..<100).map { _ in UniqueID().text }
        #expect(Set(texts).count == 100)
        #expect(
            texts.allSatisfy { $0.utf8.count == 22 && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } })
    }
}
