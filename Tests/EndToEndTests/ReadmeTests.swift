import Foundation
import Testing

/// What the README promises: its `console` blocks, run line by line as a reader would.
///
/// A line that begins with `$ ` is a command, one with `> ` goes on with it. What stands between it and the next one is the output that it must have,
/// if anything stands there; `[exit N]` is the exit status that it must have, else that is 0.
@Suite("README")
struct ReadmeTests {
    struct Step {
        var command: String
        var output: [String] = []
        var status: Int32 = 0
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

    static func steps(_ readme: String) -> [Step] {
        var steps: [Step] = []
        var isConsole = false
        for line in readme.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isConsole = line == "```console"
            } else if isConsole, line.hasPrefix("$ ") {
                steps.append(Step(command: String(line.dropFirst(2))))
            } else if isConsole, line.hasPrefix("> "), !steps.isEmpty {
                steps[steps.count - 1].command += "\n" + line.dropFirst(2)
            } else if isConsole, !steps.isEmpty {
                if line.hasPrefix("[exit "), let status = Int32(line.dropFirst(6).dropLast()) {
                    steps[steps.count - 1].status = status
                } else {
                    steps[steps.count - 1].output.append(String(line))
                }
            }
        }
        return steps
    }

    @Test("every command of the README does what is written there", .timeLimit(.minutes(5)))
    func commands() throws {
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        let steps = Self.steps(readme)
        #expect(steps.count >= 9)
        let folder = try Self.workFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let binaries = try URL(filePath: FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            .deletingLastPathComponent().path(percentEncoded: false)
        let shell = try ReaderShell(in: folder, binaries: binaries)
        for step in steps {
            let outcome = try shell.run(step.command)
            // What follows rests on it.
            try #require(
                outcome.status == step.status, "$ \(step.command)\n\(outcome.output)\(outcome.error)")
            if !step.output.isEmpty {
                #expect(
                    outcome.output == step.output.joined(separator: "\n") + "\n",
                    "$ \(step.command)\n\(outcome.error)")
            }
        }
    }

    /// A folder in which the reader could stand: the clone's, as far as the commands look at it.
    private static func workFolder() throws -> URL {
        let files = FileManager.default
        let folder = files.temporaryDirectory.appending(path: "readme-\(UUID().uuidString)")
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
        try files.createDirectory(at: root.appending(path: ".build-actors"), withIntermediateDirectories: true)
        for name in ["examples", "actors", ".build-actors"] {
            try files.createSymbolicLink(
                at: folder.appending(path: name), withDestinationURL: root.appending(path: name))
        }
        return folder
    }
}
