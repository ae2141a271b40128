import ArgumentParser

/// `lattice start …`
struct Start: CommandGroup {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Starts actors and providers.",
        subcommands: [StartActor.self, StartProvider.self])

    static let examples = [StartActor.examples[0], StartProvider.examples[0]]
}

/// Where something is to run.
struct PlacementOptions: ParsableArguments {
    @Option(
        help: "The host: its name, key, or the first characters of that. Without it, hosts are asked who is willing.")
    var host: String?

    @Option(help: ArgumentHelp("A label that the host has to have; repeat it for more.", valueName: "k=v"))
    var constraint: [PairArgument] = []

    func constraints() throws(CLIError) -> [String: String] { try PairArgument.map(constraint, "constraint") }
}
