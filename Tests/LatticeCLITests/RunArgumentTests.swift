import Testing
import WasmRuntime

@testable import LatticeCLI

@Suite("Arguments of `lattice run`")
struct RunArgumentTests {
    @Test(
        "integers, from the lowest signed to the highest unsigned",
        arguments: [
            ("0", .i32, .i32(0)), ("-1", .i32, .i32(-1)), ("+7", .i32, .i32(7)), ("0x10", .i32, .i32(16)),
            ("-0x80000000", .i32, .i32(.min)), ("-2147483649", .i32, nil), ("4294967295", .i32, .i32(-1)),
            ("0XfFfFfFfF", .i32, .i32(-1)), ("4294967296", .i32, nil), ("1e3", .i32, nil), ("", .i32, nil),
            ("-", .i32, nil), ("--1", .i32, nil), ("0x", .i32, nil), ("0x-1", .i32, nil), ("1 ", .i32, nil),
            ("-9223372036854775808", .i64, .i64(.min)), ("-9223372036854775809", .i64, nil),
            ("18446744073709551615", .i64, .i64(-1)), ("18446744073709551616", .i64, nil), ("null", .i32, nil),
        ] as [(String, ValueType, Value?)])
    func integers(text: String, type: ValueType, expected: Value?) {
        #expect(ValueArgument.parse(text, as: type) == expected)
    }

    @Test(
        "floats, in decimal and hexadecimal",
        arguments: [
            ("1.5", .f32, .f32(1.5)), ("-0", .f64, .f64(-0.0)), ("1e3", .f64, .f64(1_000)),
            ("-inf", .f64, .f64(-.infinity)),
            ("inf", .f32, .f32(.infinity)), ("0x1.8p1", .f64, .f64(3)), ("-0x1p-3", .f32, .f32(-0.125)),
            ("1,5", .f64, nil), ("", .f64, nil), ("one", .f32, nil), ("1.5x", .f64, nil), (" 1", .f64, nil),
        ] as [(String, ValueType, Value?)])
    func floats(text: String, type: ValueType, expected: Value?) {
        #expect(ValueArgument.parse(text, as: type) == expected)
    }

    @Test("not a number, of either sign", arguments: ["nan", "-nan", "NaN"])
    func notANumber(text: String) throws {
        #expect(try #require(ValueArgument.parse(text, as: .f64)).f64.isNaN)
        #expect(try #require(ValueArgument.parse(text, as: .f32)).f32.isNaN)
    }

    @Test("references can only be null")
    func references() {
        #expect(ValueArgument.parse("null", as: .externRef) == .externRef(nil))
        #expect(ValueArgument.parse("null", as: .funcRef) == .nullFuncRef)
        #expect(ValueArgument.parse("1", as: .externRef) == nil)
        #expect(ValueArgument.parse("0", as: .v128) == nil)
    }

    @Test(
        "sizes of memory, in whole pages",
        arguments: [
            ("65536", 1), ("64KiB", 1), ("64k", 1), ("65535", nil), ("64kB", nil), ("131071", 1), ("1MiB", 16),
            ("1M", 16), ("4GiB", 65_536), ("4294967297", nil), ("5G", nil), ("1GB", 15_258), ("MiB", nil), ("", nil),
            ("-1M", nil), ("1.5M", nil), ("1TiB", nil), ("99999999999999999999", nil), ("18446744073709551615G", nil),
        ] as [(String, UInt64?)])
    func memorySizes(text: String, pages: UInt64?) {
        #expect(MemorySizeArgument(argument: text)?.pages == pages)
    }

    @Test(
        "time limits",
        arguments: [
            ("500ms", .milliseconds(500)), ("2s", .seconds(2)), ("2", .seconds(2)), ("1.5s", .milliseconds(1_500)),
            ("0.25", .milliseconds(250)), ("1m30s", .seconds(90)), ("2h", .seconds(7_200)), ("0s", nil), ("", nil),
            ("-1s", nil), ("1", .seconds(1)), ("1m30", nil), ("s", nil), ("1d", nil), ("1e9", nil), (".5s", nil),
            ("1.2.3s", nil), ("2401h", nil), ("99999999999999999999h", nil), ("1 s", nil), ("infs", nil),
        ] as [(String, Duration?)])
    func timeLimits(text: String, expected: Duration?) {
        #expect(TimeLimitArgument(argument: text)?.duration == expected)
    }

    @Test(
        "directories and what the program knows them as",
        arguments: [
            ("/a", "/a", "/a"), (".", ".", "."), ("a::/", "a", "/"), ("a::b::c", "a", "b::c"), ("a:b", "a:b", "a:b"),
            ("", nil, nil), ("::/", nil, nil), ("a::", nil, nil), ("::", nil, nil),
        ] as [(String, String?, String?)])
    func directories(text: String, host: String?, guest: String?) {
        let argument = DirectoryArgument(argument: text)
        #expect(argument?.host == host && argument?.guest == guest)
    }

    @Test(
        "environment variables",
        arguments: [("A=b", true), ("A=", true), ("A=b=c", true), ("A", false), ("=b", false), ("", false)])
    func environment(text: String, isAccepted: Bool) {
        #expect((EnvironmentArgument(argument: text) != nil) == isAccepted)
    }

    @Test("options stay options among a function's arguments; behind `--` everything is the program's")
    func parsing() throws {
        let line = ["f.wasm", "--invoke", "f", "-5", "--fuel", "9", "-nan", "0x1", "--", "--fuel", "1", "--"]
        let run = try Run.parse(line)
        #expect(run.file == "f.wasm" && run.invoke == "f" && run.fuel == 9)
        #expect(run.functionArguments == ["-5", "-nan", "0x1"])
        #expect(run.programArguments == ["--fuel", "1", "--"])
        for line in [["f.wasm", "x"], ["f.wasm", "--feul", "1"], ["f.wasm", "--fuel", "-1"], [], ["--fuel", "1"]] {
            #expect(throws: (any Error).self, "\(line)") { try Run.parse(line) }
        }
    }

    @Test(
        "ordinary command lines mean the same without the parser",
        arguments: [
            "f.wasm", "f.wasm --dir a", "--dir a::/ --dir=b::c f.wasm --env K=V --env A= -- x --fuel 1 --",
            "f.wasm --fuel 5 --memory-max 64MiB --timeout=2s --invoke f 1 2 0x3", "f.wasm --", "f.wasm -- -- a",
            "f.wasm --invoke f", "--invoke f f.wasm 7",
        ])
    func plainForms(line: String) throws {
        let words = line.split(separator: " ").map(String.init)
        #expect(RunRequest(plain: ["run"] + words) == (try Run.parse(words).request))
    }

    @Test(
        "everything else is left to the parser",
        arguments: [
            "", "stop", "run", "run --help", "run f.wasm -h", "run f.wasm x", "run f.wasm --fuel",
            "run f.wasm --feul 1", "run f.wasm --fuel -1", "run f.wasm --fuel 1 --fuel 2", "run f.wasm --invoke f -5",
            "run --dir -- f.wasm",
            "run f.wasm --env K", "run f.wasm --memory-max 5", "run -", "run --fuel 1", "run --version",
        ])
    func otherForms(line: String) {
        #expect(RunRequest(plain: line.split(separator: " ").map(String.init)) == nil)
    }

    @Test("examples in the help are right")
    func examples() throws {
        for example in Run.examples {
            let words = example.split(separator: " ").map(String.init)
            #expect(words.prefix(2) == ["lattice", "run"])
            #expect(throws: Never.self) { try Run.parse(Array(words.dropFirst(2))) }
        }
    }
}
