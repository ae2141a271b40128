import ChildProcesses
import Foundation

/// A shell as a reader of the README has it: one session, in which variables, folders and background jobs stay. It ends with
/// this value, and everything that was started in it.
final class ReaderShell {
    struct Outcome {
        let status: Int32
        let output: String
        let error: String
    }

    struct NoEnd: Error, CustomStringConvertible {
        let description: String
    }

    let folder: URL
    private let shell: ChildProcess
    private let input: Int32
    private var stepsCount = 0

    /// - Parameter binaries: a folder to be found first in `PATH`.
    init(in folder: URL, binaries: String) throws {
        self.folder = folder
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let home = folder.path(percentEncoded: false)
        let pipe = try ChildProcesses.Pipe()
        shell = try ChildProcess(
            "/bin/bash", ["--norc", "--noprofile"],
            environment: ["PATH": "\(binaries):\(path):/usr/sbin", "HOME": home, "LATTICE_HOME": "\(home)/home"],
            input: .descriptor(pipe.readEnd), output: .file("\(home)/.shell"), error: .file("\(home)/.shell"))
        pipe.closeReadEnd()
        input = pipe.writeEnd
        try say("cd '\(home)'")
    }

    deinit {
        close(input)
        // The jobs of a shell that reads from a pipe are in its own group.
        kill(-shell.identifier, SIGTERM)
        usleep(300_000)
        kill(-shell.identifier, SIGKILL)
        _ = shell.poll()
    }

    /// Types a command and waits for its end.
    func run(_ command: String, within seconds: Int = 120) throws -> Outcome {
        stepsCount += 1
        let status = folder.appending(path: ".status\(stepsCount)")
        let files = ["output", "error"].map { folder.appending(path: ".\($0)\(stepsCount)") }
        let names = files.map { $0.path(percentEncoded: false) }
        let end = status.path(percentEncoded: false)
        try say(
            "{ \(command)\n} >'\(names[0])' 2>'\(names[1])' </dev/null; echo $? >'\(end).new'; mv '\(end).new' '\(end)'"
        )
        for _ in 0..<(seconds * 100) {
            if let text = try? String(contentsOf: status, encoding: .utf8),
                let code = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
            {
                let texts = try files.map { try String(contentsOf: $0, encoding: .utf8) }
                return Outcome(status: code, output: texts[0], error: texts[1])
            }
            usleep(10_000)
        }
        throw NoEnd(description: "no end within \(seconds) s: $ \(command)")
    }

    private func say(_ line: String) throws {
        let bytes = Array("\(line)\n".utf8)
        guard write(input, bytes, bytes.count) == bytes.count else { throw NoEnd(description: "the shell has gone") }
    }
}
