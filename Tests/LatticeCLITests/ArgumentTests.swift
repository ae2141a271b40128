import Testing

@testable import LatticeCLI

@Suite("values of arguments")
struct ArgumentTests {
    @Test(
        "durations",
        arguments: [
            ("90s", 90), ("15m", 900), ("12h", 43_200), ("30d", 2_592_000), ("2w", 1_209_600), ("1h30m", 5_400),
            ("36500d", 3_153_600_000), ("", nil), ("30", nil), ("d", nil), ("-1d", nil), ("1.5h", nil), ("0s", nil),
            ("30 d", nil), ("30D", nil), ("36501d", nil), ("99999999999999999999d", nil), ("9223372036854775807w", nil),
            ("1s9223372036854775807s", nil), ("36500d1s", nil),
            ("٣d", nil), ("1d2", nil),
        ] as [(String, Int64?)])
    func durations(text: String, seconds: Int64?) {
        #expect(DurationArgument(text)?.duration == seconds.map { .seconds($0) })
    }

    @Test(
        "contracts by short name and by id",
        arguments: [
            ("http-server", "wasmcloud:httpserver"), ("httpserver", "wasmcloud:httpserver"),
            ("HTTP_Server", "wasmcloud:httpserver"), ("http-client", "wasmcloud:httpclient"),
            ("keyvalue", "wasmcloud:keyvalue"), ("key-value", "wasmcloud:keyvalue"),
            ("messaging", "wasmcloud:messaging"), ("sqldb", "wasmcloud:sqldb"), ("blobstore", "wasmcloud:blobstore"),
            ("logging", "wasmcloud:builtin:logging"), ("numbergen", "wasmcloud:builtin:numbergen"),
            ("wasmcloud:keyvalue", "wasmcloud:keyvalue"), ("Acme:Queue", "Acme:Queue"),
            ("htpserver", nil), ("", nil), ("wasmcloud", nil), ("a: b", nil), ("a:b,c:d", nil),
        ] as [(String, String?)])
    func contracts(text: String, contractID: String?) {
        #expect(ContractArgument(text)?.contractID == contractID)
    }

    @Test("what is wrong with a value is said")
    func problems() {
        #expect(throws: ArgumentProblem.self) { try DurationArgument.parse("3") }
        let problem = #expect(throws: ArgumentProblem.self) { try ContractArgument.parse("htpserver") }
        #expect(problem?.description.contains("http-server, http-client") == true)
    }

    @Test(
        "names of keys become names of files and come back",
        arguments: [
            ("counter", "counter"), ("My Counter-2_x", "My Counter-2_x"), ("a.b", "a%2Eb"),
            ("../../x", "%2E%2E%2F%2E%2E%2Fx"),
            ("ä", "%C3%A4"), ("100%", "100%25"), (".", "%2E"),
        ])
    func keyNames(name: String, stem: String) throws {
        let keyName = try #require(KeyName(name))
        #expect(keyName.fileStem == stem)
        #expect(KeyName(fileStem: stem) == keyName)
    }

    @Test(
        "other names are refused",
        arguments: ["", " a", "a ", "a\nb", "a\u{0}", String(repeating: "x", count: 65)])
    func badKeyNames(name: String) { #expect(KeyName(name) == nil) }

    @Test(
        "file names that we would not give are none of ours", arguments: ["a.b", "%", "%2", "%41", "%c3%a4", "%FF", ""])
    func badStems(stem: String) { #expect(KeyName(fileStem: stem) == nil) }

    @Test(
        "targets are named with their file",
        arguments: [
            ("x86_64-linux=build/redis", "build/redis"), ("a=b=c", "b=c"), ("a", nil), ("=b", nil), ("a=", nil),
        ] as [(String, String?)])
    func targets(text: String, file: String?) { #expect(TargetArgument(argument: text)?.file == file) }

    @Test(
        "words are quoted so that a shell reads them as they are",
        arguments: [
            ("a/b.wasm", "a/b.wasm"), ("My Counter", "'My Counter'"), ("it's", #"'it'\''s'"#), ("", "''"),
            ("$x", "'$x'"),
            ("a;b", "'a;b'"),
        ])
    func shellWords(text: String, quoted: String) { #expect(shellWord(text) == quoted) }

    @Test("a signed module goes beside its source", arguments: [("a.wasm", "a_s.wasm"), ("x/y", "x/y_s.wasm")])
    func outputPaths(file: String, output: String) { #expect(SignModule.outputPath(for: file) == output) }
}
