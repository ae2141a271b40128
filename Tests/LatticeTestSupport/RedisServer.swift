import Dispatch
import Glibc
import Synchronization

/// A real `redis-server` on loopback, on a free port, that keeps nothing on disk.
///
/// It ends with this value, and with the test runner even if that is killed: its supervisor reads a socket whose other end
/// only the runner holds. `LATTICE_TEST_REDIS_SERVER` names another program than the one in `PATH`.
public final class RedisServer: Sendable {
    private struct Run {
        let supervisor: pid_t
        let server: pid_t
        let lifeline: CInt
    }

    private let options: [String]
    private let run: Mutex<Run?>
    /// The same in every run.
    public let port: UInt16

    /// One for all tests of a process; each takes its own keys on it (`uniqueName`).
    public static let shared: Result<RedisServer, any Error> = Result { try RedisServer() }

    /// Starts and waits until it serves.
    /// - Parameter options: further words of the command line, such as `--requirepass x`.
    public init(_ options: String...) throws {
        self.options = options
        var attempt = 0
        while true {
            attempt += 1
            let port = try freePort()
            do {
                run = Mutex(try Self.spawn(port: port, options))
                self.port = port
                return
            } catch  where attempt < 5 {
                // Somebody else took the port in between.
            }
        }
    }

    deinit { end() }

    public var url: String { "redis://127.0.0.1:\(port)" }

    /// Asks it to end, and waits for it. `start` brings it back, empty.
    public func stop() { end() }

    /// Ends it as a power cut would.
    public func kill() {
        signal(SIGKILL)
        end()
    }

    /// Stops it from running without closing its sockets; `resume` lets it go on.
    public func freeze() { signal(SIGSTOP) }

    public func resume() { signal(SIGCONT) }

    /// Does nothing while it runs.
    public func start() throws {
        try run.withLock { run in
            if run == nil { run = try Self.spawn(port: port, options) }
        }
    }

    private func signal(_ number: CInt) {
        run.withLock { run in
            if let run { _ = Glibc.kill(run.server, number) }
        }
    }

    private func end() {
        run.withLock { current in
            guard let ended = current else { return }
            current = nil
            // A frozen server could not hear that it shall end.
            _ = Glibc.kill(ended.server, SIGCONT)
            close(ended.lifeline)
            var status: CInt = 0
            waitpid(ended.supervisor, &status, 0)
        }
    }

    /// Starts the program under a shell that ends it when the lifeline breaks.
    private static func spawn(port: UInt16, _ options: [String]) throws -> Run {
        let supervision = """
            "$@" </dev/null & P=$!
            trap "" HUP INT TERM
            echo "pid $P"
            read _
            kill -CONT $P 2>/dev/null; kill $P 2>/dev/null; wait $P
            """
        var lifeline: [CInt] = [-1, -1]
        var log: [CInt] = [-1, -1]
        // Not pipes: only these can be made so that no other child, spawned at the same moment, inherits an end.
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &lifeline) == 0, socketpair(AF_UNIX, kind, 0, &log) == 0 else {
            throw RedisServerError(description: "no socket pair: \(String(cString: strerror(errno)))")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, lifeline[0], 0)
        posix_spawn_file_actions_adddup2(&actions, log[1], 1)
        posix_spawn_file_actions_adddup2(&actions, log[1], 2)
        // Threads of the test runner block signals, and a child would inherit that: it could not be asked to end.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var noSignals = sigset_t()
        sigemptyset(&noSignals)
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let program = getenv("LATTICE_TEST_REDIS_SERVER").map { String(cString: $0) } ?? "redis-server"
        let arguments = ["--bind", "127.0.0.1", "--port", "\(port)", "--save", "", "--appendonly", "no"] + options
        var words = (["sh", "-c", supervision, "redis-server-lifeline", program] + arguments).map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        var supervisor: pid_t = 0
        let status = posix_spawn(&supervisor, "/bin/sh", &actions, &attributes, words, environ)
        close(lifeline[0])
        close(log[1])
        guard status == 0 else {
            close(lifeline[1])
            close(log[0])
            throw RedisServerError(description: "no shell: \(String(cString: strerror(status)))")
        }
        let output = readUntilReady(log[0])
        let line = output.split(separator: "\n").first { $0.hasPrefix("pid ") }
        guard output.contains(readyText), let server = line.flatMap({ pid_t($0.dropFirst(4)) }) else {
            close(lifeline[1])
            waitpid(supervisor, nil, 0)
            throw RedisServerError(
                description: """
                    \(program) did not start (it comes with apt-get install -y --no-install-recommends redis-server):
                    \(output)
                    """)
        }
        return Run(supervisor: supervisor, server: server, lifeline: lifeline[1])
    }

    private static let readyText = "Ready to accept connections"

    /// Returns what the server said until it was ready or gave up; the rest is read and forgotten, so that it never blocks.
    private static func readUntilReady(_ descriptor: CInt) -> String {
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            output += buffer[..<count]
            let text = String(decoding: output, as: UTF8.self)
            if text.contains(readyText) || text.contains("not found") || text.contains("Failed listening") { break }
        }
        DispatchQueue(label: "redis-server-log").async {
            var buffer = [UInt8](repeating: 0, count: 4_096)
            while read(descriptor, &buffer, buffer.count) > 0 {}
            close(descriptor)
        }
        return String(decoding: output, as: UTF8.self)
    }
}

/// Why no server could be started for a test.
public struct RedisServerError: Error, CustomStringConvertible {
    public let description: String
}
