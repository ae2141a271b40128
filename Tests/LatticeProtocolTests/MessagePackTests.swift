import LatticeIdentity
import Testing

@testable import LatticeProtocol

@Suite("MessagePack")
struct MessagePackTests {
    @Test(
        "values are written in their smallest form and read back",
        arguments: [
            (.null, "c0"), (.bool(false), "c2"), (.bool(true), "c3"), (.positive(0), "00"), (.positive(127), "7f"),
            (.positive(128), "cc80"), (.positive(255), "ccff"), (.positive(256), "cd0100"),
            (.positive(65_535), "cdffff"), (.positive(65_536), "ce00010000"),
            (.positive(1 << 32), "cf0000000100000000"),
            (.positive(.max), "cfffffffffffffffff"), (.negative(-1), "ff"), (.negative(-32), "e0"),
            (.negative(-33), "d0df"), (.negative(-128), "d080"), (.negative(-129), "d1ff7f"),
            (.negative(-32_768), "d18000"), (.negative(-32_769), "d2ffff7fff"), (.negative(.min), "d38000000000000000"),
            (.float(1.5), "cb3ff8000000000000"), (.string(""), "a0"), (.string("é"), "a2c3a9"),
            (.string("\u{0}"), "a100"), (.binary([]), "c400"), (.binary([1, 2]), "c4020102"), (.array([]), "90"),
            (.array([.positive(1), .null]), "9201c0"), (.map([]), "80"),
            (.map([.init(.positive(1), .array([]))]), "810190"), (.extension(type: -1, [0, 0, 0, 9]), "d6ff00000009"),
            (.extension(type: 5, [1, 2, 3]), "c70305010203"),
        ] as [(MessagePackValue, String)])
    func smallest(value: MessagePackValue, bytes: String) throws {
        #expect(value.bytes == hex(bytes))
        #expect(try MessagePackValue(parsing: hex(bytes)) == value)
    }

    @Test("headers grow with what they count", arguments: [15, 16, 31, 32, 255, 256, 65_535, 65_536])
    func headers(count: Int) throws {
        let values: [MessagePackValue] = [
            .string(String(repeating: "x", count: count)), .binary([UInt8](repeating: 7, count: count)),
            .array([MessagePackValue](repeating: .null, count: count)),
            .map([MessagePackValue.Member](repeating: .init(.null, .null), count: count)),
            .extension(type: 1, [UInt8](repeating: 7, count: count)),
        ]
        for value in values { #expect(try MessagePackValue(parsing: value.bytes) == value) }
    }

    @Test(
        "wider forms than needed are read",
        arguments: [
            ("cc07", .positive(7)), ("cd0007", .positive(7)), ("ce00000007", .positive(7)),
            ("cf0000000000000007", .positive(7)), ("d007", .positive(7)), ("d10007", .positive(7)),
            ("d200000007", .positive(7)), ("d30000000000000007", .positive(7)), ("d1ffff", .negative(-1)),
            ("ca3fc00000", .float(1.5)), ("d90161", .string("a")), ("da000161", .string("a")),
            ("db0000000161", .string("a")), ("c5000107", .binary([7])), ("c60000000107", .binary([7])),
            ("dc000107", .array([.positive(7)])), ("dd0000000107", .array([.positive(7)])),
            ("de00010708", .map([.init(.positive(7), .positive(8))])),
            ("df000000010708", .map([.init(.positive(7), .positive(8))])), ("c80001ff07", .extension(type: -1, [7])),
        ] as [(String, MessagePackValue)])
    func wide(bytes: String, value: MessagePackValue) throws {
        #expect(try MessagePackValue(parsing: hex(bytes)) == value)
        var reader = MessagePackReader(hex(bytes))
        try reader.skip()
        #expect(reader.isAtEnd)
    }

    @Test(
        "what is not MessagePack is refused at its place",
        arguments: [
            ("", .truncated, 0), ("c1", .reservedByte, 0), ("9101c0", .trailingBytes, 2), ("91c1", .reservedByte, 1),
            ("a2ff", .truncated, 1), ("a1ff", .notUTF8, 0), ("a2c080", .notUTF8, 0), ("92ff", .truncated, 0),
            ("ddffffffff00", .truncated, 0), ("dfffffffff0000", .truncated, 0), ("dbffffffff61", .truncated, 5),
            ("c6ffffffff61", .truncated, 5), ("c9ffffffff0161", .truncated, 6), ("df800000000000", .truncated, 0),
            ("de0002010101", .truncated, 0),
            ("cc", .truncated, 1), ("cf01020304050607", .truncated, 1), ("d8", .truncated, 1),
        ] as [(String, MessagePackError.Reason, Int)])
    func refused(bytes: String, reason: MessagePackError.Reason, offset: Int) {
        #expect(throws: MessagePackError(reason, at: offset)) { try MessagePackValue(parsing: hex(bytes)) }
    }

    @Test("limits are kept to the last value")
    func limits() throws {
        func nested(_ depth: Int) -> [UInt8] { [UInt8](repeating: 0x91, count: depth) + [0xC0] }
        #expect(throws: Never.self) { try MessagePackValue(parsing: nested(64)) }
        #expect(throws: MessagePackError(.tooDeep(limit: 64), at: 64)) { try MessagePackValue(parsing: nested(65)) }
        #expect(throws: MessagePackError.self) { try MessagePackValue(parsing: nested(1 << 20)) }
        let narrow = MessagePackLimits(bytesMax: 4, depthMax: 1, valuesMax: 3)
        #expect(throws: Never.self) { try MessagePackValue(parsing: hex("920102"), limits: narrow) }
        #expect(throws: MessagePackError(.tooManyValues(limit: 3), at: 3)) {
            try MessagePackValue(parsing: hex("93010203"), limits: narrow)
        }
        #expect(throws: MessagePackError(.tooLong(limit: 4), at: 4)) {
            try MessagePackValue(parsing: hex("a461626364"), limits: narrow)
        }
    }

    @Test("skipping passes a million levels without recursion and stops at hostile counts")
    func skipping() throws {
        var reader = MessagePackReader([UInt8](repeating: 0x91, count: 1 << 20) + [0xC0])
        try reader.skip()
        #expect(reader.isAtEnd)
        var hostile = MessagePackReader([UInt8](repeating: 0xDD, count: 1 << 16))
        #expect(throws: MessagePackError.self) { try hostile.skip() }
        var widening = MessagePackReader(hex("dc0002dc0002dc000290c0"))
        #expect(throws: MessagePackError.self) { try widening.skip() }
    }

    @Test(
        "integers have to fit where they stand",
        arguments: [("ccff", true), ("cd0100", false), ("ff", false), ("d0ff", false), ("d07f", true)])
    func ranges(bytes: String, fits: Bool) {
        var reader = MessagePackReader(hex(bytes))
        if fits {
            #expect(throws: Never.self) { try reader.readInteger(as: UInt8.self) }
        } else {
            #expect(throws: MessagePackError(.integerOutOfRange, at: 0)) { try reader.readInteger(as: UInt8.self) }
        }
    }

    @Test("a float is no integer, a string no number, and the error names both")
    func types() {
        var float = MessagePackReader(hex("ca00000000"))
        #expect(throws: MessagePackError(.wrongType(found: .float, expected: .integer), at: 0)) {
            try float.readInteger(as: Int.self)
        }
        var text = MessagePackReader(hex("a161"))
        #expect(throws: MessagePackError(.wrongType(found: .string, expected: .float), at: 0)) { try text.readDouble() }
        #expect(throws: MessagePackError(.wrongType(found: .string, expected: .map), at: 0)) {
            try text.readMapHeader()
        }
        #expect(throws: MessagePackError(.wrongType(found: .string, expected: .binary), at: 0)) { try text.readBytes() }
    }

    @Test("an array of integers stands for bytes, of anything else it does not")
    func byteArrays() throws {
        var good = MessagePackReader(hex("9301cc80ccff"))
        #expect(try good.readBytes() == [1, 0x80, 0xFF])
        for bad in ["92 01 cd0100", "91 ff", "91 c0", "91 a0"] {
            var reader = MessagePackReader(hex(bad))
            #expect(throws: MessagePackError.self, "\(bad)") { try reader.readBytes() }
        }
    }

    @Test("maps of strings refuse a key that stands there twice")
    func stringMaps() throws {
        var good = MessagePackReader(hex("82 a161 a131 a162 a132"))
        #expect(try good.readStringMap() == ["a": "1", "b": "2"])
        var bad = MessagePackReader(hex("82 a161 a131 a161 a132"))
        #expect(throws: MessagePackError(.duplicate(field: "a"), at: 5)) { try bad.readStringMap() }
    }

    @Test("a writer that is reset starts anew")
    func reuse() {
        var writer = MessagePackWriter()
        writer.write("first")
        writer.reset()
        writer.write(["b": "2", "a": "1"])
        #expect(writer.bytes == hex("82 a161 a131 a162 a132"))
    }

    @Test(
        "JSON becomes MessagePack and comes back",
        arguments: [
            ("null", "c0"), ("true", "c3"), ("7", "07"), ("-7", "f9"), ("18446744073709551615", "cfffffffffffffffff"),
            ("1.5", "cb3ff8000000000000"), (#""a""#, "a161"), ("[1,[]]", "920190"),
            (#"{"b":1,"a":{}}"#, "82a16201a16180"),
            (#"{"$utf8":"hi"}"#, "c4026869"), (#"{"$bytes":"AP8="}"#, "c40200ff"),
            (#"{"$extension":[5,"AQI="]}"#, "d5050102"), (#"{"$utf8":1}"#, "81a5247574663801"),
        ])
    func json(json: String, bytes: String) throws {
        let value = try MessagePackValue(JSONValue(parsing: Array(json.utf8)))
        #expect(value.bytes == hex(bytes))
        #expect(String(decoding: JSONWriter.bytes(of: value), as: UTF8.self) == json)
    }

    @Test(
        "what JSON can't say is written so that a person understands it",
        arguments: [
            ("cb7ff8000000000000", #""NaN""#), ("cbfff0000000000000", #""-Infinity""#), ("8107a161", #"{"7":"a"}"#),
            ("8190c0", #"{"[]":null}"#), ("c40100", #"{"$bytes":"AA=="}"#), ("ca3fc00000", "1.5"),
        ])
    func onlyToJSON(bytes: String, json: String) throws {
        let value = try MessagePackValue(parsing: hex(bytes))
        #expect(String(decoding: JSONWriter.bytes(of: value), as: UTF8.self) == json)
    }

    @Test(
        "JSON without a meaning in MessagePack is refused",
        arguments: [
            (#"{"$bytes":"AP8"}"#, MessagePackJSONError.base64), ("1e999", .number("1e999")),
            (#"[{"$extension":[1,"?"]}]"#, .base64),
        ])
    func badJSON(json: String, refusal: MessagePackJSONError) throws {
        let value = try JSONValue(parsing: Array(json.utf8))
        #expect(throws: refusal) { try MessagePackValue(value) }
    }
}
