import ArgumentParser

/// A command whose help ends with examples.
protocol LatticeCommand: AsyncParsableCommand {
    /// One or two lines as a person would type them. A test parses each of them.
    static var examples: [String] { get }
}

/// A command that only groups others.
protocol CommandGroup: LatticeCommand {}

extension CommandGroup {
    /// Reached when nothing follows the command's name.
    func run() async throws {
        let name = Self._commandName
        let names = Self.configuration.subcommands.map { $0._commandName }
        throw CLIError(
            .wrongUsage, "'\(name)' needs one of \(names.joined(separator: ", ")) behind it",
            fix: "lattice \(name) --help")
    }
}
