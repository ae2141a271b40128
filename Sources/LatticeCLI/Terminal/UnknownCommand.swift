import LatticeConfig

/// The first word of a command line that is no command: the parser would take it for an argument too many.
enum UnknownCommand {
    static func check(_ word: String) throws(CLIError) {
        guard !word.hasPrefix("-"), word != "help" else { return }
        let names =
            Lattice.configuration.subcommands.map { $0._commandName }
            + Lattice.configuration.groupedSubcommands.flatMap { $0.subcommands.map { $0._commandName } }
        guard !names.contains(word) else { return }
        throw CLIError(
            .wrongUsage, "there is no command '\(word)'\(Spelling.hint(for: word, among: names))", fix: "lattice --help"
        )
    }
}
