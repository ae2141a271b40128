import ArgumentParser
import Dispatch
import Glibc

/// The `lattice` binary. Everything that it does is a command below this one.
struct Lattice: LatticeCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "lattice",
        abstract: "Runs signed WebAssembly actors on a lattice of hosts.",
        version: "lattice \(version)",
        groupedSubcommands: [
            CommandGrouping(
                name: "Running", subcommands: [Up.self, Down.self, HostCommand.self, Provider.self, Run.self]),
            CommandGrouping(
                name: "Looking", subcommands: [Status.self, Get.self, Why.self, Events.self, Inspect.self]),
            CommandGrouping(
                name: "Acting", subcommands: [Start.self, Stop.self, Scale.self, Link.self, Call.self, Trust.self]),
            CommandGrouping(
                name: "Building and signing", subcommands: [Keys.self, Sign.self, Verify.self, Claims.self]),
            CommandGrouping(name: "Other", subcommands: [Completions.self]),
        ])

    static let examples = [
        "lattice keys new account",
        "lattice sign counter.wasm --name counter --cap http-server --cap keyvalue",
    ]

    func run() async throws { throw CleanExit.helpRequest(self) }
}

@main
enum EntryPoint {
    static func main() {
        StandardDescriptors.occupyClosed()
        let arguments = Array(CommandLine.arguments.dropFirst())
        if let request = RunRequest(plain: arguments) { exit(request) }
        // What an asynchronous `main` does.
        Task { Glibc.exit(await CommandRun.run(arguments).rawValue) }
        dispatchMain()
    }

    private static func exit(_ request: RunRequest) -> Never {
        do throws(CLIError) {
            Glibc.exit(try request.perform())
        } catch {
            Glibc.exit(CommandRun.report(error).rawValue)
        }
    }
}

/// The parser's own word for it; ours is taken by the protocol.
typealias CommandGrouping = ArgumentParser.CommandGroup
