import ArgumentParser

/// The parser's help with our examples at its end.
enum HelpText {
    /// - Parameter text: what the parser says when it is asked for help, or for the version.
    static func render(_ text: String) -> String {
        guard let path = commandPath(in: text), let command = command(at: path) as? any LatticeCommand.Type else {
            return text
        }
        let examples = command.examples.map { "  \($0)" }.joined(separator: "\n")
        let help = withDefault(of: command, text)
        return "\(path.count == 1 ? help : withoutVersion(help))\n\nEXAMPLES:\n\(examples)"
    }

    /// The parser lists the root's `--version` in the help of every command, also beside one with a meaning of its own.
    private static func withoutVersion(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !($0.hasPrefix("  --version ") && $0.hasSuffix("Show the version.")) }.joined(separator: "\n")
    }

    /// The options of a command that stands for one of its subcommands are those of this subcommand.
    private static func withDefault(of command: any LatticeCommand.Type, _ text: String) -> String {
        guard let standing = command.configuration.defaultSubcommand else { return text }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let subcommands = lines.drop { $0 != "SUBCOMMANDS:" }.joined(separator: "\n")
        let help = Lattice.helpMessage(for: standing).split(separator: "\n", omittingEmptySubsequences: false)
        let trimmed = help.reversed().drop(while: \.isEmpty).reversed().joined(separator: "\n")
        return subcommands.isEmpty ? trimmed : "\(trimmed)\n\n\(subcommands)"
    }

    /// The names of the command that a text with a line `USAGE: lattice keys new <kind>` is about. Nil without such a line.
    static func commandPath(in text: String) -> [String]? {
        let label = "usage:"
        let root = Lattice._commandName
        guard let line = text.split(separator: "\n").last(where: { $0.lowercased().hasPrefix(label) }) else {
            return nil
        }
        var path = [root]
        var current: any ParsableCommand.Type = Lattice.self
        for word in line.dropFirst(label.count).split(separator: " ").dropFirst() {
            guard let next = current.configuration.subcommands.first(where: { $0._commandName == word }) else { break }
            path.append(String(word))
            current = next
        }
        return path
    }

    private static func command(at path: [String]) -> any ParsableCommand.Type {
        path.dropFirst().reduce(Lattice.self as any ParsableCommand.Type) { command, name in
            command.configuration.subcommands.first { $0._commandName == name } ?? command
        }
    }
}
