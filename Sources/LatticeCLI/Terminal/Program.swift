import Glibc
import LatticeIdentity

/// This process, as its commands see it.
enum Program {
    static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// All variables that this process was started with.
    static var environmentVariables: [String: String] {
        let bytes = (try? InputFile.read("/proc/self/environ")) ?? []
        let pairs = bytes.split(separator: 0).compactMap { entry -> (String, String)? in
            guard let equals = entry.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let value = entry[entry.index(after: equals)...]
            return (String(decoding: entry[..<equals], as: UTF8.self), String(decoding: value, as: UTF8.self))
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// Writes everything to a file descriptor; what can't be written is lost, as the reader has gone.
    static func write(_ text: String, to file: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
        }
    }

    /// Progress and notices: never on standard output.
    static func notice(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

    /// What `name` is for a program that this one started in the background.
    static let nameVariable = "LATTICE_PROGRAM_NAME"

    /// What to type to run this very binary again: `lattice` if the search path leads here, else the path used now.
    static var name: String {
        if let given = environment(nameVariable), !given.isEmpty { return given }
        guard let own = realPath("/proc/self/exe") else { return "lattice" }
        for folder in (environment("PATH") ?? "").split(separator: ":")
        where realPath("\(folder)/lattice") == own && access("\(folder)/lattice", X_OK) == 0 {
            return "lattice"
        }
        let typed = CommandLine.arguments.first ?? own
        return shellWord(typed.contains("/") ? typed : own)
    }

    /// A command of ours as it has to be typed here.
    static func typed(_ command: String) -> String {
        command.hasPrefix("lattice ") ? name + command.dropFirst("lattice".count) : command
    }

    /// Of the running binary, symbolic links resolved.
    static var path: String? { realPath("/proc/self/exe") }

    private static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
