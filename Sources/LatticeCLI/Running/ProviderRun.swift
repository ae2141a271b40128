import ArgumentParser
import Glibc
import LatticeProviders
import ProviderSDK

/// `lattice provider`
struct Provider: CommandGroup {
    static let configuration = CommandConfiguration(
        commandName: "provider", abstract: "Bundled capability providers as processes of their own.",
        subcommands: [ProviderRun.self])

    static let examples = ["lattice start provider redis --isolation process"]
}

/// `lattice provider run NAME`
struct ProviderRun: LatticeCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Is what a host starts for a provider with --isolation process.",
        discussion: """
            It reads one line of host data on standard input, connects to the bus that this names, and serves until the \
            host says otherwise. People start providers with 'lattice start provider'.
            """)

    static let examples = ["lattice provider run redis"]

    @Argument(help: ArgumentHelp("httpserver, keyvalue-local or redis.", valueName: "name"))
    var name: String

    func run() async throws {
        let providers = try BundledProviders.ofEnvironment()
        guard let provider = providers.first(where: { $0.name == name }) else {
            throw CLIError(
                .wrongUsage,
                "no bundled provider is called '\(name)'; there are \(providers.map(\.name).joined(separator: ", "))",
                fix: "lattice provider run \(providers.first?.name ?? "NAME")")
        }
        throw ExitCode(await ProviderProgram.run(provider))
    }
}
