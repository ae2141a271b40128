import ArgumentParser
import Glibc

/// `lattice completions bash|zsh|fish`
struct Completions: LatticeCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Prints a script that completes commands in a shell.")

    static let examples = ["lattice completions bash > ~/.local/share/bash-completion/completions/lattice"]

    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash
        case zsh
        case fish

        var script: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: "The shell.")
    var shell: Shell

    func run() async throws {
        Program.write(Lattice.completionScript(for: shell.script) + "\n", to: STDOUT_FILENO)
    }
}
