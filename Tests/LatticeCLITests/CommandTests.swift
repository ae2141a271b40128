import ArgumentParser
import Testing

@testable import LatticeCLI

@Suite("commands")
struct CommandTests {
    /// Every command below the root, and the root.
    static func commands(from command: any ParsableCommand.Type = Lattice.self) -> [any ParsableCommand.Type] {
        [command] + command.configuration.subcommands.flatMap { commands(from: $0) }
    }

    @Test("the help of every command ends with examples, and every example can be typed")
    func examples() throws {
        for command in Self.commands() {
            let examples = try #require((command as? any LatticeCommand.Type)?.examples, "\(command)")
            #expect((1...2).contains(examples.count), "\(command)")
            for example in examples {
                // Variables may stand before the program's name.
                let words = example.split(separator: ">")[0].split(separator: " ").map(String.init)
                    .drop { $0.contains("=") }
                #expect(words.first == "lattice")
                #expect(throws: Never.self, "\(example)") { try Lattice.parseAsRoot(Array(words.dropFirst())) }
            }
        }
    }

    @Test("help names the options of the command that stands for its group, then the others, then examples")
    func signHelp() throws {
        let outcome = try Self.outcome(["sign", "--help"])
        guard case .help(let text) = outcome else {
            Issue.record("no help: \(outcome)")
            return
        }
        for part in ["USAGE: lattice sign <file>", "--cap <contract>", "  operator ", "  account ", "EXAMPLES:"] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(text.hasSuffix(try #require(SignModule.examples.last)))
    }

    @Test(
        "help of a command ends with its own examples",
        arguments: [["keys", "new", "--help"], ["help", "keys", "new"]])
    func keysHelp(arguments: [String]) throws {
        let outcome = try Self.outcome(arguments)
        guard case .help(let text) = outcome else {
            Issue.record("no help: \(outcome)")
            return
        }
        #expect(text.hasSuffix("  lattice keys new module --name counter"))
        #expect(!text.contains("Show the version"))
    }

    @Test(
        "wrong usage is exit 2 with the help that mends it",
        arguments: [
            (["keys", "new"], "lattice keys new --help"), (["keys", "new", "foo"], "lattice keys new --help"),
            (["keys", "nex"], "lattice keys --help"), (["sign"], "lattice sign --help"),
            (["sign", "a.wasm"], "lattice sign --help"),
            (["sign", "a.wasm", "--name", "x", "--cap", "y"], "lattice sign --help"),
            (["sign", "operator"], "lattice sign operator --help"), (["--nope"], "lattice --help"),
            (["verify", "a", "-o", "xml"], "lattice verify --help"), (["nope"], "lattice --help"),
        ])
    func wrongUsage(arguments: [String], fix: String) throws {
        let outcome = try Self.outcome(arguments)
        guard case .failure(let failure) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(failure.status == .wrongUsage)
        #expect(failure.fix == fix)
        #expect(!failure.message.contains("\n") && !failure.message.isEmpty)
    }

    @Test("a file stands where a subcommand might, before and behind options")
    func signForms() throws {
        for arguments in [["sign", "a.wasm", "--name", "x"], ["sign", "--name", "x", "a.wasm"]] {
            let command = try #require(try Lattice.parseAsRoot(arguments) as? SignModule)
            #expect(command.file == "a.wasm" && command.name.description == "x")
        }
        let command = try #require(
            try Lattice.parseAsRoot(["sign", "a.wasm", "--name", "x", "--version", "1.0"]) as? SignModule)
        #expect(command.version == "1.0")
        #expect(try Lattice.parseAsRoot(["sign", "operator", "--name", "x"]) is SignOperator)
    }

    @Test("an error is one line, then the fix with what has to be typed here")
    func errors() {
        let plain = TextStyle(isColoured: false)
        let error = CLIError(.refused, "no\nluck", fix: "lattice keys new account")
        #expect(error.text(program: "./lattice", style: plain) == "lattice: no luck\nfix: ./lattice keys new account\n")
        #expect(CLIError(.refused, "no").text(program: "lattice", style: plain) == "lattice: no\n")
        let other = CLIError(.refused, "no", fix: "chmod 600 x")
        #expect(other.text(program: "./lattice", style: plain).hasSuffix("fix: chmod 600 x\n"))
        #expect(error.text(program: "x", style: TextStyle(isColoured: true)).contains("\u{1B}[31m"))
    }

    @Test("no colour without a terminal")
    func colour() {
        #expect(!TextStyle(file: -1, environment: { _ in nil }).isColoured)
    }

    @Test("tables have a column per field and no trailing space")
    func tables() {
        let report = TableReport(
            columns: ["name", "kind"], rows: [["name": "a", "kind": "module"], ["name": "long name", "kind": "x"]],
            empty: "none")
        #expect(
            report.text(style: TextStyle(isColoured: false)) == "NAME       KIND\na          module\nlong name  x\n")
        let none = TableReport(columns: ["name"], rows: [], empty: "none")
        #expect(none.text(style: TextStyle(isColoured: false)) == "none\n")
        #expect(none.json == [])
    }

    @Test("one thing shows its fields, without those that are null or hidden")
    func fields() {
        let report = FieldsReport(
            title: "T",
            fields: [
                "name": "a", "call_alias": .null, "expires_human": "never", "caps": ["x", "y"], "id": "q", "ok": true,
            ],
            hiddenInText: ["id"])
        let expected = """
            T
              name     a
              expires  never
              caps     x, y
              ok       yes

            """
        #expect(report.text(style: TextStyle(isColoured: false)) == expected)
        #expect(report.json == .object(report.fields))
    }

    /// What `lattice` would make of these arguments, which have to end in an error or in help.
    private static func outcome(_ arguments: [String]) throws -> CommandRun.Outcome {
        do {
            var command = try Lattice.parseAsRoot(arguments)
            try command.run()
            return .status(.success)
        } catch { return CommandRun.outcome(of: error) }
    }
}
