import Glibc
import LatticeIdentity
import Testing

/// The built `lattice` binary in a folder of its own, with a home of its own.
final class LatticeProgram: Sendable {
    let folder: String
    private let binary: String

    struct Result {
        let status: Int32
        let output: String
        let error: String

        /// The one JSON document on standard output.
        var json: JSONObject? {
            guard case .object(let object)? = try? JSONValue(parsing: Array(output.utf8)) else { return nil }
            return object
        }

        /// The one JSON document on standard output, where it is an array of objects.
        var jsonList: [JSONObject]? {
            guard case .array(let values)? = try? JSONValue(parsing: Array(output.utf8)) else { return nil }
            return values.compactMap { value in if case .object(let object) = value { object } else { nil } }
        }
    }

    init() throws {
        var template = Array("/tmp/lattice-e2e-XXXXXX".utf8CString)
        folder = String(cString: try #require(mkdtemp(&template)))
        binary = try Self.binary()
    }

    deinit {
        _ = try? Self.spawn(["/bin/rm", "-rf", folder], [], output: "/dev/null", error: "/dev/null")
    }

    /// Beside the test bundle, where the build puts both.
    private static func binary() throws -> String {
        let own = String(cString: try #require(realpath("/proc/self/exe", nil)))
        let path = own[...(own.lastIndex(of: "/") ?? own.startIndex)] + "lattice"
        try #require(access(String(path), X_OK) == 0, "no program at \(path): build the product 'lattice' first")
        return String(path)
    }

    /// Runs it in its folder and waits for its end. Where it was found is replaced by `lattice` in what it prints.
    func run(_ arguments: String..., environment: [String] = []) throws -> Result {
        try run(arguments, environment: environment)
    }

    func run(_ arguments: [String], environment: [String]) throws -> Result {
        let output = "\(folder)/.output"
        let error = "\(folder)/.error"
        let command = ["/usr/bin/env", "-C", folder, binary] + arguments
        let status = try Self.spawn(command, variables(environment), output: output, error: error)
        return Result(status: status, output: try text(of: output), error: try text(of: error))
    }

    /// Starts it in its folder and goes on. What it prints is in `NAME.output` and `NAME.error` there.
    func start(_ name: String, _ arguments: [String], environment: [String] = []) throws -> BackgroundProgram {
        let variables = variables(environment)
        let command = ["/usr/bin/env", "-C", folder, binary] + arguments
        let (output, error) = ("\(folder)/\(name).output", "\(folder)/\(name).error")
        let process = try Self.launch(command, variables, output: output, error: error)
        return BackgroundProgram(process: process, output: output, error: error)
    }

    private func variables(_ environment: [String]) -> [String] {
        [
            "LATTICE_HOME=\(folder)/home", "LATTICE_STATE=\(folder)/state", "HOME=\(folder)",
            "PATH=/usr/bin:/bin:/usr/sbin",
        ] + environment
    }

    /// - Returns: the exit status, or the number of the signal that ended it with a minus before it.
    private static func spawn(
        _ command: [String], _ variables: [String], output: String, error: String
    ) throws -> Int32 {
        BackgroundProgram.end(of: try launch(command, variables, output: output, error: error))
    }

    private static func launch(
        _ command: [String], _ variables: [String], output: String, error: String
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, error, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var argv = command.map { strdup($0) } + [nil]
        var envp = variables.map { strdup($0) } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var process: pid_t = 0
        try #require(posix_spawn(&process, command[0], &actions, nil, &argv, &envp) == 0)
        return process
    }

    func write(_ bytes: [UInt8], to name: String) throws { try AtomicFile.write(bytes, to: "\(folder)/\(name)") }

    func read(_ name: String) throws -> [UInt8] { try Self.bytes(of: "\(folder)/\(name)") }

    func mode(of name: String) -> mode_t {
        var status = stat()
        return stat("\(folder)/\(name)", &status) == 0 ? status.st_mode & 0o777 : 0
    }

    private func text(of path: String) throws -> String {
        let text = String(decoding: try Self.bytes(of: path), as: UTF8.self)
        return text.split(separator: binary, omittingEmptySubsequences: false).joined(separator: "lattice")
    }

    private static func bytes(of path: String) throws -> [UInt8] {
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = fread(&bytes, 1, bytes.count, file)
        return Array(bytes[..<count])
    }
}
