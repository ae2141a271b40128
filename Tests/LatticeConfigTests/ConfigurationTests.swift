import LatticeConfig
import Testing

@Suite("Reading configuration")
struct ConfigurationTests {
    enum Colour: String, CaseIterable { case red, green }

    /// One key of each kind.
    struct Settings: Equatable {
        var number = 7
        var size = ByteSize.mebibytes(1)
        var beat = Duration.seconds(30)
        var pause = Duration.milliseconds(5)
        var isOn = true
        var colour = Colour.red
        var note: String?
        var tags: [String] = []
        var labels: [String: String] = [:]
    }

    private func read(
        _ text: String, environment: [String: String] = [:], flags: [String: ConfigurationSources.Flag] = [:]
    ) throws -> Settings {
        let configuration = Configuration(
            ConfigurationSources(fileName: "f", text: text, environment: environment, flags: flags))
        var section = configuration.section("host")
        let settings = Settings(
            number: section.integer("number", default: 7, in: 1...10),
            size: section.size("size", default: .mebibytes(1), in: .kibibytes(1)...(.gibibytes(1))),
            beat: section.seconds("beat_seconds", default: 30, in: 1...300),
            pause: section.milliseconds("pause_ms", default: 5, in: 0...9),
            isOn: section.flag("is_on", default: true), colour: section.choice("colour", default: .red),
            note: section.text("note", shortName: "LATTICE_NOTE"),
            tags: section.list("tags", countMax: 3, wanted: "a tag") { $0.isEmpty ? nil : $0 },
            labels: section.map("labels", countMax: 2))
        section.rejectUnknownKeys()
        try configuration.finish()
        return settings
    }

    private func problems(_ text: String, environment: [String: String] = [:]) -> String {
        do {
            let settings = try read(text, environment: environment)
            return "read: \(settings)"
        } catch {
            return "\(error)"
        }
    }

    @Test("nothing at all gives the defaults", arguments: ["", "\n\n", "# nothing", "host:", "host: {}", "---\n", "~"])
    func defaults(text: String) throws {
        #expect(try read(text) == Settings())
    }

    @Test("every kind of value is read")
    func values() throws {
        let text = """
            host:
              number: 10
              size: 64KiB
              beat_seconds: 300
              pause_ms: 0
              is_on: false
              colour: green
              note: "a: b # c"
              tags: [x, "1", 2]
              labels: {zone: a, rank: 3}
            """
        let expected = Settings(
            number: 10, size: .kibibytes(64), beat: .seconds(300), pause: .zero, isOn: false, colour: .green,
            note: "a: b # c", tags: ["x", "1", "2"], labels: ["zone": "a", "rank": "3"])
        #expect(try read(text) == expected)
        #expect(try read("host: {number: , note: , tags: , labels: ~}") == Settings())
    }

    @Test(
        "what is wrong is shown with its place",
        arguments: [
            ("host:\n  number: 11", "f:2:11: a whole number from 1 to 10 is wanted for 'host.number', not '11'"),
            ("host:\n  number: 0", "f:2:11: a whole number from 1 to 10 is wanted for 'host.number', not '0'"),
            ("host:\n  number: x", "f:2:11: a whole number from 1 to 10 is wanted for 'host.number', not 'x'"),
            ("host:\n  number: 1.5", "f:2:11: a whole number from 1 to 10 is wanted for 'host.number', not '1.5'"),
            ("host:\n  number: ''", "f:2:11: a whole number from 1 to 10 is wanted for 'host.number', not ''"),
            (
                "host:\n  number: 99999999999999999999",
                "f:2:11: a whole number from 1 to 10 is wanted for 'host.number', not '99999999999999999999'"
            ),
            ("host:\n  number: [1]", "f:2:11: a whole number from 1 to 10 is wanted for 'host.number', not a list"),
            ("host:\n  number: {a: 1}", "f:2:11: a whole number from 1 to 10 is wanted for 'host.number', not keys"),
            (
                "host: {size: 1 MB2}",
                "f:1:14: a size from 1 KiB to 1 GiB, such as '64 MiB', is wanted for 'host.size', not '1 MB2'"
            ),
            (
                "host: {size: 1023}",
                "f:1:14: a size from 1 KiB to 1 GiB, such as '64 MiB', is wanted for 'host.size', not '1023'"
            ),
            (
                "host: {beat_seconds: 301}",
                "f:1:22: a whole number from 1 to 300 is wanted for 'host.beat_seconds', not '301'"
            ),
            ("host: {is_on: yes}", "f:1:15: true or false is wanted for 'host.is_on', not 'yes'"),
            ("host: {colour: blue}", "f:1:16: one of 'red', 'green' is wanted for 'host.colour', not 'blue'"),
            ("host: {note: [a]}", "f:1:14: a text is wanted for 'host.note', not a list"),
            ("host: {note: \"a\\nb\"}", "f:1:14: a text is wanted for 'host.note', not 'a\nb'"),
            ("host: {tags: x}", "f:1:14: a list of a tag is wanted for 'host.tags', not 'x'"),
            ("host: {tags: [x, [y]]}", "f:1:18: a tag is wanted for 'host.tags', not a list"),
            ("host: {tags: [x, '']}", "f:1:18: a tag is wanted for 'host.tags', not ''"),
            ("host: {tags: [a, b, c, d]}", "f:1:14: a list of at most 3 is wanted for 'host.tags', not a list"),
            (
                "host: {labels: [a]}",
                "f:1:16: names with a text each, at most 2, is wanted for 'host.labels', not a list"
            ),
            (
                "host: {labels: {a: 1, b: 2, c: 3}}",
                "f:1:16: names with a text each, at most 2, is wanted for 'host.labels', not keys"
            ),
            ("host: {labels: {a: [1]}}", "f:1:20: a text is wanted for 'host.labels.a', not a list"),
            ("host:\n  nummer: 1", "f:2:3: unknown key 'nummer' under 'host' (did you mean 'number'?)"),
            ("host:\n  zebra: 1", "f:2:3: unknown key 'zebra' under 'host'"),
            ("hots:\n  number: 1", "f:1:1: unknown section 'hots' (did you mean 'host'?)"),
            ("zebra: 1", "f:1:1: unknown section 'zebra'"), ("host: 3", "f:1:7: 'host' needs keys below it, indented"),
            ("host: [a]", "f:1:7: 'host' needs keys below it, indented"),
            ("host:\n  number: 1\n  number: 2", "f:3:3: 'number' is given more than once"),
            ("host: {}\nhost: {}", "f:2:1: 'host' is given more than once"),
            ("host: *nowhere", "f:1:7: aliases ('*name') have no place in a configuration"),
            ("[a, b]", "f:1:1: sections are wanted here, such as 'host:'"),
            ("just words", "f:1:1: sections are wanted here, such as 'host:'"),
        ])
    func problems(text: String, expected: String) {
        #expect(problems(text) == expected)
    }

    @Test(
        "what is no YAML is said with its place",
        arguments: [
            "host: [", "host:\n\tnumber: 1", "host: {a: 1", "\"", "a: b: c", "%YAML 9\n---\n",
        ])
    func notYAML(text: String) {
        let shown = problems(text)
        #expect(shown.hasPrefix("f:") && shown.contains("not YAML: "))
        #expect(!shown.contains("\n"))
    }

    @Test("hostile text ends in a problem, not in a crash")
    func hostileText() {
        for opening in ["[", "{a: ", "- ", "? "] {
            let shown = problems(String(repeating: opening, count: 50_000))
            #expect(shown.hasPrefix("f:"))
        }
        #expect(
            problems("host: {labels: {a: \(String(repeating: "[", count: 9))1\(String(repeating: "]", count: 9))}}")
                .hasSuffix("values are nested more than 8 deep"))
        let large = String(repeating: "#", count: Configuration.textBytesMax + 1)
        #expect(problems(large) == "f: 1048577 bytes are over the limit of 1048576")
        #expect(problems(String(large.dropLast())).hasPrefix("read"))
        #expect(problems("a: \u{0}").hasPrefix("f"))
    }

    @Test("all problems are shown together, in the order of the file")
    func together() {
        let text = "zebra: 1\nhost:\n  colour: blue\n  is_on: 3\n  numer: 4\n  number: 99\n"
        let shown = problems(text, environment: ["LATTICE_HOST_PAUSE_MS": "10"]).split(separator: "\n")
        #expect(shown.map { $0.prefix(6) } == ["f:1:1:", "f:3:11", "f:4:10", "f:5:3:", "f:6:11", "enviro"])
    }

    @Test("a flag goes before the environment, that before the file, that before the default")
    func precedence() throws {
        let file = "host: {number: 1}"
        let environment = ["LATTICE_HOST_NUMBER": "2"]
        let flags = ["host.number": ConfigurationSources.Flag("--number", "3")]
        #expect(try read("").number == 7)
        #expect(try read(file).number == 1)
        #expect(try read(file, environment: environment).number == 2)
        #expect(try read(file, environment: environment, flags: flags).number == 3)
        #expect(try read(file, environment: ["LATTICE_HOST_NUMBER": ""]).number == 1)
        let short = ["LATTICE_NOTE": "short", "LATTICE_HOST_NOTE": "long"]
        #expect(try read("", environment: short).note == "short")
    }

    @Test("outside the file lists and maps are separated by commas")
    func commas() throws {
        let environment = ["LATTICE_HOST_TAGS": "a, b", "LATTICE_HOST_LABELS": "zone=a,rank=b=c"]
        let settings = try read("host: {tags: [z], labels: {y: z}}", environment: environment)
        #expect(settings.tags == ["a", "b"])
        #expect(settings.labels == ["zone": "a", "rank": "b=c"])
    }

    @Test("a problem of the environment or of a flag names it")
    func otherPlaces() {
        let number = "a whole number from 1 to 10 is wanted for 'host.number', not 'x'"
        let variable = "environment variable LATTICE_HOST_"
        #expect(problems("", environment: ["LATTICE_HOST_NUMBER": "x"]) == "\(variable)NUMBER: \(number)")
        let labels = "names with a text each, at most 2, is wanted for 'host.labels', not 'zone'"
        #expect(problems("", environment: ["LATTICE_HOST_LABELS": "zone"]) == "\(variable)LABELS: \(labels)")
        #expect(throws: ConfigurationError([.init(.flag("--number"), number)])) {
            try read("", flags: ["host.number": .init("--number", "x")])
        }
    }

    @Test(
        "sizes",
        arguments: [
            ("0", 0), ("1000", 1_000), ("1B", 1), ("64KiB", 65_536), ("64 KiB", 65_536), ("1 MiB", 1 << 20),
            ("2GiB", 2 << 30), ("1 TiB", 1 << 40), ("1kB", 1_000), ("1 KB", 1_000), ("3 MB", 3_000_000),
            ("1GB", 1_000_000_000), ("", nil), ("MiB", nil), ("-1", nil), ("1.5 MiB", nil), ("1 mib", nil),
            ("1 MiB ", nil), ("1MiB1", nil), ("99999999999999999999", nil), ("9999999999 GiB", nil), ("٣", nil),
        ] as [(String, Int?)])
    func sizes(text: String, bytesCount: Int?) {
        #expect(ByteSize(text)?.bytesCount == bytesCount)
    }

    @Test("a size is shown by its largest whole unit", arguments: [0, 1, 1_024, 1_025, 256 << 20, 1 << 40])
    func shownSizes(bytesCount: Int) {
        let size = ByteSize(bytesCount: bytesCount)
        #expect(ByteSize("\(size)") == size)
    }
}
