import Testing

@testable import LatticeIdentity

@Suite("JSON")
struct JSONTests {
    @Test(
        "values are read and written back as they were",
        arguments: [
            "null", "true", "false", "0", "-0", "-12", "3.25", "1e9", "1E+9", "2.5e-3", "18446744073709551615",
            "123456789012345678901234567890.000", #""""#, #""a\"b\\c""#, #""\u0000\u001f\n\t\r\b\f""#, #""é€😀/""#,
            "[]", "[[],[1,[2]]]", "{}", #"{"b":1,"a":{"z":null,"y":[true]}}"#,
        ])
    func roundTrip(text: String) throws {
        #expect(try Self.written(text) == text)
    }

    @Test(
        "other ways to write a value are read",
        arguments: [
            (" \n\t\r[ 1 , 2 ] ", "[1,2]"), (#"{ "a" : { } }"#, #"{"a":{}}"#), (#""\/\u0041\u00e9""#, #""/Aé""#),
            (#""\ud83d\ude00""#, #""😀""#), (#""\uD83D\uDE00x""#, #""😀x""#), (#""\u001F""#, #""\u001f""#),
            (#"{"Å":1,"A":2}"#, #"{"Å":1,"A":2}"#),
        ])
    func normalized(text: String, expected: String) throws {
        #expect(try Self.written(text) == expected)
    }

    @Test(
        "what is not JSON is refused at its place",
        arguments: [
            ("", JSONError.Reason.unexpectedEnd, 0), (" ", .unexpectedEnd, 1), ("nul", .unexpectedEnd, 3),
            ("nulL", .unexpectedByte, 3), ("None", .unexpectedByte, 0), ("1 2", .trailingBytes, 2),
            ("[1,]", .unexpectedByte, 3), ("[,1]", .unexpectedByte, 1), ("[1", .unexpectedEnd, 2),
            ("[1}", .unexpectedByte, 2), ("{", .unexpectedEnd, 1), (#"{"a"}"#, .unexpectedByte, 4),
            (#"{"a":}"#, .unexpectedByte, 5), (#"{"a":1,}"#, .unexpectedByte, 7), ("{a:1}", .unexpectedByte, 1),
            (#"{"a":1,"a":2}"#, .duplicateKey, 7), (#"{"a":1,"\u0061":2}"#, .duplicateKey, 7),
            ("01", .badNumber, 0), ("-", .badNumber, 0), ("-x", .badNumber, 0), ("1.", .badNumber, 0),
            (".5", .unexpectedByte, 0), ("+1", .unexpectedByte, 0), ("1e", .badNumber, 0), ("1e+", .badNumber, 0),
            ("-01", .badNumber, 0), ("NaN", .unexpectedByte, 0), (#"""#, .unexpectedEnd, 1),
            (#""\"#, .unexpectedEnd, 2), (#""\x""#, .badEscape, 2), (#""\u12""#, .badEscape, 5),
            (#""\u12"#, .unexpectedEnd, 5), (#""\ud800""#, .loneSurrogate, 3), (#""\udc00\ud800""#, .loneSurrogate, 3),
            (#""\ud800\u0041""#, .loneSurrogate, 3), ("\"a\nb\"", .controlCharacter, 2),
            ("\"\\n\u{1}\"", .controlCharacter, 3), ("\u{FEFF}1", .unexpectedByte, 0), ("'a'", .unexpectedByte, 0),
            ("1/**/", .trailingBytes, 1),
        ])
    func refused(text: String, reason: JSONError.Reason, offset: Int) {
        #expect(throws: JSONError(reason: reason, offset: offset)) { try JSONValue(parsing: Array(text.utf8)) }
    }

    @Test(
        "strings that are not UTF-8 are refused",
        arguments: [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        let refusal = JSONError(reason: .notUTF8, offset: 1)
        #expect(throws: refusal) { try JSONValue(parsing: [quote] + bytes + [quote]) }
        #expect(throws: refusal) { try JSONValue(parsing: [quote] + bytes + Array(#"\n""#.utf8)) }
    }

    @Test("every truncation of a document is refused")
    func truncations() throws {
        let document = Array(#"{"a":[1.5e3,true,null,"x\u00e9\n"],"b":{"c":-2}}"#.utf8)
        _ = try JSONValue(parsing: document)
        for length in document.indices {
            #expect(throws: JSONError.self) { try JSONValue(parsing: Array(document[..<length])) }
        }
    }

    @Test("depth and size are limited, and the limit itself is allowed")
    func limits() throws {
        let limits = JSONLimits(bytesMax: 100, depthMax: 5)
        func nested(_ depth: Int, _ open: String, _ close: String) -> [UInt8] {
            Array((String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)).utf8)
        }
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            #expect(throws: Never.self) { try JSONValue(parsing: nested(5, open, close), limits: limits) }
            #expect(throws: JSONError(reason: .tooDeep(limit: 5), offset: 5 * open.utf8.count)) {
                try JSONValue(parsing: nested(6, open, close), limits: limits)
            }
        }
        let filled = Array(repeating: UInt8(ascii: " "), count: 99) + [UInt8(ascii: "1")]
        #expect(throws: Never.self) { try JSONValue(parsing: filled, limits: limits) }
        #expect(throws: JSONError(reason: .tooLong(limit: 100), offset: 100)) {
            try JSONValue(parsing: [0x20] + filled, limits: limits)
        }
        let bomb = [UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)
        #expect(throws: JSONError(reason: .tooDeep(limit: 32), offset: 32)) { try JSONValue(parsing: bomb) }
    }

    @Test("a duplicate key is found in an object of any size", arguments: [2, 11, 12, 13, 14, 500])
    func duplicates(count: Int) {
        let members = (0..<count).map { "\"k\($0)\":\($0)" }
        let object = "{\(members.joined(separator: ","))}"
        #expect(throws: Never.self) { try JSONValue(parsing: Array(object.utf8)) }
        for duplicate in [0, count / 2, count - 1] {
            let twice = "{\((members + [members[duplicate]]).joined(separator: ","))}"
            #expect(throws: JSONError.self) { try JSONValue(parsing: Array(twice.utf8)) }
        }
    }

    @Test("numbers keep what fits and say what does not")
    func numbers() throws {
        func number(_ text: String) throws -> JSONNumber {
            guard case .number(let number) = try JSONValue(parsing: Array(text.utf8)) else { throw NotANumber() }
            return number
        }
        #expect(try number("18446744073709551615").integer(as: UInt64.self) == .max)
        #expect(try number("18446744073709551616").integer(as: UInt64.self) == nil)
        #expect(try number("-1").integer(as: UInt64.self) == nil)
        #expect(try number("2147483648").integer(as: Int32.self) == nil)
        #expect(try number("1.0").integer(as: Int.self) == nil)
        #expect(try number("1e3").double == 1000)
        #expect(try number("1e999").double == nil)
        #expect(JSONNumber(.infinity) == nil && JSONNumber(.nan) == nil)
        #expect(JSONNumber(0.5)?.literal == "0.5")
    }

    @Test("typed members take absent and null for nil and refuse other types")
    func fields() throws {
        let text = #"{"s":"x","n":null,"i":5,"b":true,"l":["a"],"m":["a",1],"o":{"k":"v"},"p":{"k":1},"f":1.5}"#
        guard case .object(let object) = try JSONValue(parsing: Array(text.utf8)) else { return }
        #expect(try object.string("s") == "x")
        #expect(try object.string("n") == nil)
        #expect(try object.string("absent") == nil)
        #expect(try object.integer("i", as: UInt8.self) == 5)
        #expect(try object.bool("b") == true)
        #expect(try object.strings("l") == ["a"])
        #expect(try object.object("o")?.string("k") == "v")
        #expect(try object.stringMembers("o")?.map(\.value) == ["v"])
        #expect(throws: JSONFieldError.wrongType(key: "i", found: "a number", expected: "a string")) {
            try object.string("i")
        }
        #expect(throws: JSONFieldError.self) { try object.integer("f", as: Int.self) }
        #expect(throws: JSONFieldError.self) { try object.integer("s", as: Int.self) }
        #expect(throws: JSONFieldError.self) { try object.bool("i") }
        #expect(throws: JSONFieldError.self) { try object.strings("m") }
        #expect(throws: JSONFieldError.self) { try object.strings("o") }
        #expect(throws: JSONFieldError.self) { try object.stringMembers("p") }
        #expect(throws: JSONFieldError.self) { try object.object("l") }
        #expect(throws: JSONFieldError.missing(key: "absent")) { try object.required("absent", object.string) }
    }

    @Test("keys are told apart by their bytes, not by what Unicode takes for equal")
    func keys() {
        var object = JSONObject()
        object["public\u{212A}ey"] = 1
        #expect(object["publicKey"] == nil)
        object["publicKey"] = 2
        #expect(object.members.count == 2)
        object["public\u{212A}ey"] = nil
        #expect(object.members.map(\.key) == ["publicKey"])
    }

    @Test("the indented layout is for people")
    func indented() {
        let value: JSONValue = ["a": 1, "b": [], "c": [true, .null], "d": [:]]
        let expected = """
            {
              "a": 1,
              "b": [],
              "c": [
                true,
                null
              ],
              "d": {}
            }
            """
        #expect(String(decoding: JSONWriter.bytes(of: value, layout: .indented), as: UTF8.self) == expected)
    }

    private struct NotANumber: Error {}

    private static func written(_ text: String) throws -> String {
        String(decoding: JSONWriter.bytes(of: try JSONValue(parsing: Array(text.utf8))), as: UTF8.self)
    }
}
