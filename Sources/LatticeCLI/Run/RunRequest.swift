import Glibc
import WASI

/// What `lattice run` is asked to do.
struct RunRequest: Equatable {
    var file = ""
    var directories: [DirectoryArgument] = []
    var environment: [EnvironmentArgument] = []
    /// Source instructions.
    var fuel: UInt64?
    var memoryMax: MemorySizeArgument?
    var timeout: TimeLimitArgument?
    /// An exported function to call instead of running the program.
    var invoke: String?
    var functionArguments: [String] = []
    var programArguments: [String] = []

    /// Does it, to the end of the guest.
    /// - Returns: the status to end with; what there is to say about it has been said.
    /// - Throws: wrong usage.
    func perform() throws(CLIError) -> Int32 {
        let limits = RunLimits(fuel: fuel, memoryPages: memoryMax?.pages, time: timeout?.duration)
        let guest = GuestRun(file: file, limits: limits, grants: try grants())
        switch try guest.end(calling: invoke.map { ($0, functionArguments) }) {
        case .finished(let results):
            Program.write(results.map { "\($0)\n" }.joined(), to: STDOUT_FILENO)
            return 0
        case .exited(let code, let note):
            if let note { Program.notice("lattice: \(file): \(note)") }
            return Int32(code & 0xFF)
        case .failed(let failure):
            Program.write(failure.text(file: file), to: STDERR_FILENO)
            return failure.status
        }
    }

    private func grants() throws(CLIError) -> WASIGrants {
        var grants = WASIGrants()
        grants.arguments = [file.split(separator: "/").last.map(String.init) ?? file] + programArguments
        grants.environment = environment.map(\.text)
        grants.standardInput = .descriptor(STDIN_FILENO)
        grants.standardOutput = .descriptor(STDOUT_FILENO)
        grants.standardError = .descriptor(STDERR_FILENO)
        grants.clocks = .system()
        grants.randomness = .system
        for directory in directories {
            do throws(PreopenError) {
                grants.directories.append(try PreopenedDirectory(directory.host, as: directory.guest))
            } catch {
                throw CLIError(.wrongUsage, "--dir: \(error)")
            }
        }
        return grants
    }
}

extension RunRequest {
    /// Reads the ordinary forms of the command. The parser of all commands takes longer to start than most programs run:
    /// 17 million machine instructions of the 27 that running an empty one took (callgrind).
    /// - Parameter arguments: those behind the program's name.
    /// - Returns: nil for what is not such a form: that parser then has the word, and says what is wrong.
    init?(plain arguments: [String]) {
        guard arguments.first == Run.configuration.commandName else { return nil }
        var rest = arguments.dropFirst()
        while let word = rest.popFirst() {
            if word == "--" {
                programArguments = Array(rest)
                break
            }
            if word.hasPrefix("--") {
                let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                guard let value = parts.count == 2 ? parts[1] : rest.popFirst(), set(parts[0], to: value) else {
                    return nil
                }
            } else if file.isEmpty {
                guard !word.isEmpty, !word.hasPrefix("-") else { return nil }
                file = word
            } else {
                guard invoke != nil, !word.hasPrefix("-") else { return nil }
                functionArguments.append(word)
            }
        }
        guard !file.isEmpty else { return nil }
    }

    private mutating func set(_ option: String, to value: String) -> Bool {
        guard !value.hasPrefix("-") else { return false }
        switch option {
        case "--dir": return append(DirectoryArgument(argument: value), to: &directories)
        case "--env": return append(EnvironmentArgument(argument: value), to: &environment)
        case "--fuel": return set(UInt64(value), at: &fuel)
        case "--memory-max": return set(MemorySizeArgument(argument: value), at: &memoryMax)
        case "--timeout": return set(TimeLimitArgument(argument: value), at: &timeout)
        case "--invoke": return set(value, at: &invoke)
        default: return false
        }
    }

    private func append<Argument>(_ argument: Argument?, to list: inout [Argument]) -> Bool {
        guard let argument else { return false }
        list.append(argument)
        return true
    }

    private func set<Argument>(_ argument: Argument?, at place: inout Argument?) -> Bool {
        guard let argument, place == nil else { return false }
        place = argument
        return true
    }
}
