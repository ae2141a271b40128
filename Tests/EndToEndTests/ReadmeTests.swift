import Foundation
import Testing

/// What the README promises: its `console` blocks, run line by line as a reader would.
///
/// A line that begins with `$ ` is a command. What stands between it and the next one is the output that it must have,
/// if anything stands there; `[exit N]` is the exit status that it must have, else that is 0.
@Suite("README")
struct ReadmeTests {
    struct Step {
        let command: String
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
        for step in steps {
            let (status, output, error) = try Self.run(step.command, in: folder)
            #expect(status == step.status, "$ \(step.command)\n\(output)\(error)")
            if !step.output.isEmpty {
                #expect(output == step.output.joined(separator: "\n") + "\n", "$ \(step.command)\n\(error)")
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

    private static func run(_ command: String, in folder: URL) throws -> (Int32, String, String) {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command]
        process.currentDirectoryURL = folder
        let binaries = try URL(filePath: FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            .deletingLastPathComponent().path(percentEncoded: false)
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        process.environment = [
            "PATH": "\(binaries):\(path)", "LATTICE_HOME": folder.appending(path: "home").path(percentEncoded: false),
            "HOME": folder.path(percentEncoded: false),
        ]
        // Files rather than pipes: neither can fill up.
        let files = ["output", "error"].map { folder.appending(path: ".\($0)") }
        for file in files { try Data().write(to: file) }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        try process.run()
        process.waitUntilExit()
        let texts = try files.map { try String(contentsOf: $0, encoding: .utf8) }
        return (process.terminationStatus, texts[0], texts[1])
    }
}
