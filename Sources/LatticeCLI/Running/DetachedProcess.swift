import ChildProcesses
import Glibc
import LatticeIdentity

/// This program again, in the background. What it says until it serves is passed on; then it has a log.
struct DetachedProcess {
    private let process: ChildProcess
    private let output: Int32
    private let log: String
    /// Where the log was before.
    private let logStart: Int

    init(arguments: [String], log: String, in state: LatticeState) throws {
        do { try PrivateFolder.create(state.path) } catch { throw CLIError(.refused, "\(error)") }
        self.log = log
        logStart = (try? InputFile.read(log))?.count ?? 0
        guard let program = realpath("/proc/self/exe", nil) else {
            throw CLIError(.refused, "this program has no path: \(String(cString: strerror(errno)))")
        }
        defer { free(program) }
        let pipe: Pipe
        do throws(ChildProcess.Failure) { pipe = try Pipe() } catch { throw CLIError(.refused, "\(error)") }
        defer { pipe.closeWriteEnd() }
        var environment = Program.environmentVariables
        environment[DetachedUp.variable] = "1"
        // What it prints for pasting names the program as this command was called.
        environment[Program.nameVariable] = Program.name
        output = pipe.readEnd
        do {
            process = try ChildProcess(
                String(cString: program), arguments, environment: environment, output: .descriptor(pipe.writeEnd),
                error: .file(log), group: .ownSession)
        } catch { throw CLIError(.refused, "\(error)") }
    }

    /// Passes on what it prints until it lets go.
    func waitUntilServing() async throws {
        defer { close(output) }
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(output, $0.baseAddress, $0.count) }
            if count > 0 {
                Program.write(String(decoding: chunk[..<count], as: UTF8.self), to: STDOUT_FILENO)
            } else if count == 0 || errno != EINTR {
                break
            }
        }
        // It closed its output because it serves, or because it ended; that shows at once.
        for _ in 0..<20 {
            if let end = process.poll() { throw failure(end) }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// What it said last is why.
    private func failure(_ end: ChildProcess.End) -> CLIError {
        let said = (try? InputFile.read(log)).map { String(decoding: $0.dropFirst(logStart), as: UTF8.self) } ?? ""
        let lines = said.split(separator: "\n")
        let message = lines.last { $0.hasPrefix("lattice: ") }?.dropFirst("lattice: ".count)
        let fix = lines.last { $0.hasPrefix("fix: ") }?.dropFirst("fix: ".count)
        let status: ExitStatus =
            if case .exited(let code) = end { ExitStatus(rawValue: code) ?? .refused } else { .refused }
        return CLIError(
            status, message.map(String.init) ?? "the host ended with \(end) before it served",
            fix: fix.map(String.init) ?? "less \(shellWord(log))")
    }
}
