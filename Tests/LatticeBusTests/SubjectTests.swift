import LatticeBus
import Testing

@Suite("Subjects and patterns")
struct SubjectTests {
    @Test(
        "a subject is tokens and nothing else",
        arguments: [
            ("a", nil), ("wasmbus.rpc.default.MAB2.x-y_z", nil), ("$KV.b.k", nil), ("ü.€", nil),
            (String(repeating: "a", count: 1_024), nil),
            (String(repeating: "a", count: 1_025), .tooLong(bytesCount: 1_025, max: 1_024)),
            ("", .empty), (".", .emptyToken(in: ".")), (".a", .emptyToken(in: ".a")), ("a.", .emptyToken(in: "a.")),
            ("a..b", .emptyToken(in: "a..b")), ("a b", .forbiddenCharacter(in: "a b")),
            ("a\tb", .forbiddenCharacter(in: "a\tb")), ("a\r\nPUB b", .forbiddenCharacter(in: "a\r\nPUB b")),
            ("a\u{0}", .forbiddenCharacter(in: "a\u{0}")), ("a\u{7F}", .forbiddenCharacter(in: "a\u{7F}")),
            ("*", .wildcard(in: "*")), ("a.*", .wildcard(in: "a.*")), ("a.>", .wildcard(in: "a.>")),
            ("a*b", .wildcard(in: "a*b")), ("a>", .wildcard(in: "a>")),
        ] as [(String, SubjectError?)])
    func subjects(text: String, expected: SubjectError?) {
        #expect(throwing { () throws(SubjectError) in _ = try Subject(text) } == expected)
        #expect(throwing { () throws(SubjectError) in _ = try QueueGroup(text) } == expected)
    }

    @Test(
        "wildcards stand only as whole tokens, and '>' only at the end",
        arguments: [
            ("*", true), (">", true), ("a.*.b", true), ("*.*", true), ("a.>", true), ("*.>", true), ("a", true),
            (">.a", false), ("a.>.b", false), ("a*", false), ("*a", false), ("**", false), ("a.>>", false),
            ("a.b>", false), ("*>", false), ("a..>", false), ("", false), ("a *", false),
        ])
    func patterns(text: String, isValid: Bool) {
        #expect((throwing { () throws(SubjectError) in _ = try SubjectPattern(text) } == nil) == isValid)
    }

    @Test(
        "subject patterns match as the grammar says",
        arguments: [
            ("a", "a", true), ("a", "b", false), ("a", "a.b", false), ("a.b", "a", false), ("ab", "a", false),
            ("a", "ab", false), ("a.*", "a.b", true), ("a.*", "a.bcd", true), ("a.*", "a.b.c", false),
            ("a.*", "a", false), ("*.b", "a.b", true), ("*.b", "a.c", false), ("*", "a", true), ("*", "a.b", false),
            ("*.*", "a.b", true), ("*.*", "a", false), ("a.>", "a.b.c", true), ("a.>", "a", false), (">", "a.b", true),
            ("a.*.c.>", "a.b.c.d.e", true), ("a.*.c.>", "a.b.c", false), ("a.*.c", "a.b.x", false),
        ])
    func matching(pattern: String, subject: String, expected: Bool) throws {
        #expect(try SubjectPattern(pattern).matches(Subject(subject)) == expected)
    }

    @Test("a token from outside cannot bring tokens of its own")
    func tokens() throws {
        let subject = try Subject(tokens: ["wasmbus", "rpc", "default"])
        #expect(subject.text == "wasmbus.rpc.default")
        #expect(try subject.appending("x").tokens == ["wasmbus", "rpc", "default", "x"])
        #expect(throws: SubjectError.dotInToken(token: "x.y")) { try subject.appending("x.y") }
        #expect(throws: SubjectError.wildcard(in: "wasmbus.rpc.default.>")) { try subject.appending(">") }
        #expect(throws: SubjectError.emptyToken(in: "wasmbus.rpc.default.")) { try subject.appending("") }
        #expect(throws: SubjectError.empty) { try Subject(tokens: []) }
    }
}

/// The error that was thrown, if any.
func throwing<Failure: Error>(_ body: () throws(Failure) -> Void) -> Failure? {
    do {
        try body()
        return nil
    } catch {
        return error
    }
}
