import Dispatch
import Glibc
import Synchronization

/// A real `nats-server` on loopback, on a port that the system picked, with a store folder of its own.
///
/// It ends with this value, and with the test runner even if that is killed: its supervisor reads a socket whose other
/// end only the runner holds. `LATTICE_TEST_NATS_SERVER` names another program than the one in `PATH`.
public final class NATSServer: Sendable {
    public enum JetStream: Sendable {
        case on
        case off
    }

    fileprivate struct Run {
        let supervisor: pid_t
        let server: pid_t
        let lifeline: CInt
    }

    private struct Contents {
        var run: Run?
        var port: Int?
    }

    private let folder: String
    private let arguments: [String]
    private let contents = Mutex(Contents())

    /// One for all tests of a process; each takes its own names on it (`uniqueName`).
    public static let shared: Result<NATSServer, any Error> = Result { try NATSServer() }

    /// Starts and waits until it serves.
    /// - Parameter configuration: the text of a configuration file, for what has no flag.
    public init(jetStream: JetStream = .on, configuration: String? = nil) throws {
        folder = try Self.makeFolder()
        var arguments = ["-a", "127.0.0.1", "--ports_file_dir", folder, "-P", folder + "/pid"]
        if jetStream == .on { arguments += ["-js", "-sd", folder + "/store"] }
        if let configuration {
            try Self.write(configuration, to: folder + "/nats.conf")
            arguments += ["-c", folder + "/nats.conf"]
        }
        self.arguments = arguments
        try start()
    }

    deinit {
        end(.removingFolder)
        Self.remove(folder)
    }

    public var port: Int { contents.withLock { $0.port ?? 0 } }
    public var url: String { "nats://127.0.0.1:\(port)" }

    /// Writes a file beside the store, such as credentials, and returns its path.
    public func writeFile(named name: String, _ text: String) throws -> String {
        let path = folder + "/" + name
        try Self.write(text, to: path)
        return path
    }

    /// Asks it to end, and waits for it. `start` brings it back.
    public func stop() { end(.keepingFolder) }

    /// Ends it as a power cut would. `start` brings it back.
    public func kill() {
        if let server = contents.withLock({ $0.run?.server }) { _ = Glibc.kill(server, SIGKILL) }
        end(.keepingFolder)
    }

    /// Makes it forget all that it kept, as a lost disk would. Only while it is stopped.
    public func removeStore() throws {
        let store = folder + "/store"
        guard rename(store, store + ".lost") == 0 else {
            throw NATSServerError(description: "cannot move \(store): \(String(cString: strerror(errno)))")
        }
    }

    /// Stops it from running without closing its sockets; `resume` lets it go on. It stands still when this returns.
    public func freeze() {
        guard let server = contents.withLock({ $0.run?.server }) else { return }
        _ = Glibc.kill(server, SIGSTOP)
        // All threads, each with its state behind its name in parentheses.
        func isStill(_ thread: String) -> Bool {
            Self.contentsOfFile("/proc/\(server)/task/\(thread)/stat")?.split(separator: ")").last?.hasPrefix(" T")
                ?? true
        }
        while !Self.entries(of: "/proc/\(server)/task").allSatisfy(isStill) { usleep(1_000) }
    }

    public func resume() {
        if let server = contents.withLock({ $0.run?.server }) { _ = Glibc.kill(server, SIGCONT) }
    }

    /// Starts it on the port that it had before, with the store that it had. Does nothing while it runs.
    public func start() throws {
        try contents.withLock { contents in
            guard contents.run == nil else { return }
            let program = try Self.findProgram()
            let port = contents.port.map(String.init) ?? "-1"
            let (run, output) = try Self.spawn(program, arguments + ["-p", port], folder: folder)
            contents.run = run
            contents.port = try contents.port ?? Self.readPort(folder: folder, server: run.server, output: output)
        }
    }

    private enum Leftovers: String {
        case keepingFolder = "keep\n"
        case removingFolder = "\n"
    }

    private func end(_ leftovers: Leftovers) {
        contents.withLock { contents in
            guard let run = contents.run else { return }
            contents.run = nil
            // A frozen server could not hear that it shall end.
            _ = Glibc.kill(run.server, SIGCONT)
            _ = leftovers.rawValue.withCString { Glibc.write(run.lifeline, $0, strlen($0)) }
            close(run.lifeline)
            var status: CInt = 0
            waitpid(run.supervisor, &status, 0)
        }
    }
}

/// Why no server could be started for a test.
public struct NATSServerError: Error, CustomStringConvertible {
    public let description: String
}

extension NATSServer {
    /// Starts the program under a shell that ends it when the lifeline says so or breaks.
    fileprivate static func spawn(
        _ program: String, _ arguments: [String], folder: String
    ) throws -> (run: Run, output: String) {
        let supervision = """
            D=$1; shift
            "$@" </dev/null & P=$!
            read ANSWER
            kill $P 2>/dev/null; wait $P
            [ "$ANSWER" = keep ] || rm -rf "$D"
            """
        unlink(folder + "/pid")
        var lifeline: [CInt] = [-1, -1]
        var log: [CInt] = [-1, -1]
        // Not pipes: only these can be made so that no other child, spawned at the same moment, inherits an end.
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &lifeline) == 0, socketpair(AF_UNIX, kind, 0, &log) == 0 else {
            throw NATSServerError(description: "no socket pair: \(String(cString: strerror(errno)))")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, lifeline[0], 0)
        posix_spawn_file_actions_adddup2(&actions, log[1], 1)
        posix_spawn_file_actions_adddup2(&actions, log[1], 2)
        // The C client leaves its sockets open across exec: a server must not hold connections of the tests.
        for descriptor in 3..<CInt(1_024) { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        // Threads of Dispatch block signals, which the shell would inherit and then miss the end of its child.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var words = (["sh", "-c", supervision, "nats-server-lifeline", folder, program] + arguments).map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        var supervisor: pid_t = 0
        let status = posix_spawn(&supervisor, "/bin/sh", &actions, &attributes, words, environ)
        close(lifeline[0])
        close(log[1])
        guard status == 0 else {
            close(lifeline[1])
            close(log[0])
            throw NATSServerError(description: "no shell: \(String(cString: strerror(status)))")
        }
        let output = readUntilReady(log[0])
        let pid = contentsOfFile(folder + "/pid").flatMap { pid_t($0.split(separator: "\n").first ?? "") }
        guard output.contains("Server is ready"), let pid else {
            close(lifeline[1])
            throw NATSServerError(description: "\(program) did not start:\n\(output)")
        }
        return (Run(supervisor: supervisor, server: pid, lifeline: lifeline[1]), output)
    }

    /// Returns what the server said until it was ready or gave up; the rest is read and forgotten, so that it never
    /// blocks.
    private static func readUntilReady(_ descriptor: CInt) -> String {
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            output += buffer[..<count]
            if String(decoding: output, as: UTF8.self).contains("Server is ready") { break }
        }
        DispatchQueue(label: "nats-server-log").async {
            var buffer = [UInt8](repeating: 0, count: 4_096)
            while read(descriptor, &buffer, buffer.count) > 0 {}
            close(descriptor)
        }
        return String(decoding: output, as: UTF8.self)
    }

    fileprivate static func readPort(folder: String, server: pid_t, output: String) throws -> Int {
        // The file follows the ready line by a moment.
        for _ in 0..<2_000 {
            if let text = contentsOfFile(folder + "/nats-server_\(server).ports"),
                let range = text.firstRange(of: "://127.0.0.1:"),
                let port = Int(text[range.upperBound...].prefix { $0.isNumber })
            {
                return port
            }
            usleep(1_000)
        }
        throw NATSServerError(description: "nats-server named no port:\n\(output)")
    }

    fileprivate static func findProgram() throws -> String {
        if let named = getenv("LATTICE_TEST_NATS_SERVER") { return String(cString: named) }
        let path = getenv("PATH").map { String(cString: $0) } ?? ""
        for folder in path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/bin"] {
            let program = folder + "/nats-server"
            if access(program, X_OK) == 0 { return program }
        }
        throw NATSServerError(
            description: "this test needs nats-server: apt-get install -y --no-install-recommends nats-server")
    }

    fileprivate static func makeFolder() throws -> String {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/lattice-nats-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw NATSServerError(description: "no folder below \(base): \(String(cString: strerror(errno)))")
        }
        return template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }

    /// Removes a folder with all that is in it; what cannot be removed stays.
    fileprivate static func remove(_ folder: String) {
        let command: [String] = ["rm", "-rf", folder]
        var words = command.map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        guard posix_spawn(&process, "/bin/rm", nil, nil, words, environ) == 0 else { return }
        var status: CInt = 0
        waitpid(process, &status, 0)
    }

    fileprivate static func write(_ text: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard descriptor >= 0, Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw NATSServerError(description: "cannot write \(path): \(String(cString: strerror(errno)))")
        }
    }

    /// The names of a folder's entries but `.` and `..`; none if it can't be read.
    private static func entries(of folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    private static func contentsOfFile(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(descriptor, &buffer, buffer.count)
        return count >= 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}
