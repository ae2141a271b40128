import LatticeBus
import Testing

@Suite("Names, headers and times")
struct ValueTests {
    @Test(
        "bucket names",
        arguments: [
            ("LATTICEDATA_default", true), ("a-b_9", true), (String(repeating: "a", count: 128), true),
            (String(repeating: "a", count: 129), false), ("", false), ("a.b", false), ("a b", false), ("ü", false),
            ("a/b", false), ("*", false),
        ])
    func bucketNames(text: String, isValid: Bool) {
        #expect((throwing { () throws(BucketNameError) in _ = try BucketName(text) } == nil) == isValid)
    }

    @Test(
        "metadata keys",
        arguments: [
            ("CLAIMS_MAB", true), ("claims.MAB", true), ("a/b=c-d_e", true), (String(repeating: "a", count: 512), true),
            (String(repeating: "a", count: 513), false), ("", false), (".a", false), ("a.", false), ("a..b", false),
            ("a b", false), ("a*", false), (">", false), ("ü", false), ("a\n", false),
        ])
    func metadataKeys(text: String, isValid: Bool) {
        #expect((throwing { () throws(MetadataKeyError) in _ = try MetadataKey(text) } == nil) == isValid)
    }

    @Test(
        "object names",
        arguments: [
            ("a b.*>ü", true), (String(repeating: "a", count: 255), true), (String(repeating: "a", count: 256), false),
            ("", false), ("a\n", false), ("\u{0}", false), ("\u{7F}", false),
        ])
    func objectNames(text: String, isValid: Bool) {
        #expect((throwing { () throws(ObjectNameError) in _ = try ObjectName(text) } == nil) == isValid)
    }

    @Test("headers keep case and order, and lose only the spaces around values")
    func headers() {
        var headers: BusHeaders = ["A": " 1\t"]
        headers.append("a", "2")
        headers.append("A", "  ")
        #expect(headers["A"] == "1")
        #expect(headers.values("A") == ["1", ""])
        #expect(headers["a"] == "2")
        headers["A"] = "3"
        #expect(headers.values("A") == ["3"])
        headers["A"] = nil
        #expect(headers.fields.map(\.name) == ["a"])
        #expect(headers.firstUnsendableName == nil)
        headers.append("b", "x\ry")
        #expect(headers.firstUnsendableName == "b")
    }

    @Test(
        "times are written and read as RFC 3339",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_682_935_200_000, "2023-05-01T10:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        ])
    func times(milliseconds: Int64, text: String) {
        #expect(UnixTime(milliseconds: milliseconds).description == text)
        #expect(UnixTime(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(
        "other forms of RFC 3339",
        arguments: [
            ("2023-05-01T10:00:00Z", 1_682_935_200_000), ("2023-05-01T12:00:00.5+02:00", 1_682_935_200_500),
            ("2023-05-01T07:30:00.123456789-02:30", 1_682_935_200_123),
            ("2023-05-01T10:00:00.000000Z", 1_682_935_200_000),
            ("2023-05-01T10:00:00", nil), ("2023-05-01T10:00:00.Z", nil), ("2023-13-01T10:00:00Z", nil),
            ("2023-05-01T10:00:00Zx", nil), ("2023-05-01T24:00:00Z", nil), ("2023-05-01T10:00:00+0200", nil),
            ("2023-05-01T10:00:00.123", nil), ("x023-05-01T10:00:00Z", nil), ("", nil),
            (String(repeating: "2", count: 41), nil),
        ] as [(String, Int64?)])
    func otherTimes(text: String, milliseconds: Int64?) {
        #expect(UnixTime(rfc3339: text)?.milliseconds == milliseconds)
    }
}
