import ArgumentParser
import Glibc
import LatticeIdentity

enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    case text
    case json
}

/// `-o text|json`, which every command takes.
struct OutputOptions: ParsableArguments {
    @Option(
        name: .customShort("o"),
        help: ArgumentHelp("How to print the result: text, or one JSON document.", valueName: "format"))
    var format: OutputFormat = .text

    /// Prints the one result of a command on standard output.
    func print(_ report: some Report) {
        let style = TextStyle(file: STDOUT_FILENO, environment: Program.environment)
        Program.write(rendered(report, style: style), to: STDOUT_FILENO)
    }

    func rendered(_ report: some Report, style: TextStyle) -> String {
        switch format {
        case .text: report.text(style: style)
        case .json: String(decoding: JSONWriter.bytes(of: report.json, layout: .indented), as: UTF8.self) + "\n"
        }
    }
}

/// The result of a command, for people and for programs.
protocol Report {
    /// Ends with a line end, unless it is empty.
    func text(style: TextStyle) -> String
    /// Stable names in snake_case.
    var json: JSONValue { get }
}
