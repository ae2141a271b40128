import ArgumentParser
import Glibc

/// From arguments to an exit status; whatever is thrown below ends here.
enum CommandRun {
    static func run(_ arguments: [String]) async -> ExitCode {
        do {
            if let word = arguments.first { try UnknownCommand.check(word) }
            var command = try await Lattice.asyncParseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return .success
        } catch {
            return report(error)
        }
    }

    /// Says what went wrong.
    static func report(_ error: any Error) -> ExitCode {
        switch outcome(of: error) {
        case .help(let text):
            Program.write(text + "\n", to: STDOUT_FILENO)
            return .success
        case .status(let code): return code
        case .failure(let failure):
            let style = TextStyle(file: STDERR_FILENO, environment: Program.environment)
            Program.write(failure.text(program: Program.name, style: style), to: STDERR_FILENO)
            return ExitCode(failure.status.rawValue)
        }
    }

    enum Outcome: Equatable {
        case help(String)
        /// The command has said what there is to say.
        case status(ExitCode)
        case failure(CLIError)
    }

    static func outcome(of error: any Error) -> Outcome {
        if let failure = error as? CLIError ?? CLIError(lattice: error) { return .failure(failure) }
        if let code = error as? ExitCode { return .status(code) }
        switch Lattice.exitCode(for: error) {
        case .success: return .help(HelpText.render(Lattice.fullMessage(for: error)))
        case .validationFailure:
            let path = HelpText.commandPath(in: Lattice.fullMessage(for: error)) ?? [Lattice._commandName]
            let fix = path.joined(separator: " ") + " --help"
            return .failure(CLIError(.wrongUsage, sentence(Lattice.message(for: error)), fix: fix))
        default: return .failure(CLIError(.refused, "\(error)"))
        }
    }

    /// The parser writes sentences, and lists below them; ours is one line without a capital and a full stop.
    static func sentence(_ text: String) -> String {
        let lines = text.split(whereSeparator: \.isNewline).map { String($0).trimmed }
        let bullet = "- "
        let listed = lines.filter { $0.hasPrefix(bullet) }.map { $0.dropFirst(bullet.count) }
        let said = lines.filter { !$0.hasPrefix(bullet) } + (listed.isEmpty ? [] : [listed.joined(separator: ", ")])
        let joined = said.joined(separator: " ")
        let trimmed = joined.hasSuffix(".") ? joined.dropLast() : joined[...]
        guard let first = trimmed.first else { return "wrong usage" }
        return first.lowercased() + trimmed.dropFirst()
    }
}
