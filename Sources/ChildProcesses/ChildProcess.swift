import CLinuxCalls
import Glibc
import Synchronization

/// A program that this process started. It inherits nothing but what it is given: no descriptor beyond the three streams, no
/// blocked or ignored signal, no variable of the environment.
public final class ChildProcess: Sendable {
    /// Where one of its streams leads.
    public enum Stream: Sendable {
        case nothing
        /// A descriptor of this process; it stays open here.
        case descriptor(Int32)
        /// Appended to; made with mode 0600 where it is missing.
        case file(String)
    }

    /// Which signals from a terminal reach it.
    public enum Group: Sendable {
        /// A group of its own: Ctrl-C is for us to pass on.
        case own
        /// A session of its own: it goes on when the terminal is closed.
        case ownSession
    }

    public struct Failure: Error, CustomStringConvertible {
        public let program: String
        public let code: Int32

        /// - Parameter code: an `errno`.
        public init(program: String, code: Int32) {
            self.program = program
            self.code = code
        }

        public var description: String { "'\(program)' can't be started: \(String(cString: strerror(code)))" }
    }

    public enum End: Hashable, Sendable, CustomStringConvertible {
        case exited(Int32)
        case signalled(Int32)

        public var description: String {
            switch self {
            case .exited(let status): "exit status \(status)"
            case .signalled(let number): "signal \(number) (\(String(cString: strsignal(number))))"
            }
        }
    }

    public let identifier: pid_t
    private let end = Mutex(End?.none)

    /// - Parameters:
    ///   - program: its path.
    ///   - environment: all that it gets.
    public init(
        _ program: String, _ arguments: [String], environment: [String: String], input: Stream = .nothing,
        output: Stream, error: Stream, group: Group = .own
    ) throws(Failure) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, stream) in [input, output, error].enumerated() { stream.add(as: Int32(number), to: &actions) }
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        Self.resetSignals(&attributes)
        let grouping =
            switch group {
            case .own: Int16(POSIX_SPAWN_SETPGROUP)
            case .ownSession: lattice_spawn_new_session
            }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | grouping)
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var variables = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for word in words + variables { free(word) } }
        var process: pid_t = 0
        let status = posix_spawn(&process, program, &actions, &attributes, &words, &variables)
        guard status == 0 else { throw Failure(program: program, code: status) }
        identifier = process
    }

    private static func resetSignals(_ attributes: inout posix_spawnattr_t) {
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
    }

    /// How it ended; nil while it runs.
    public func poll() -> End? {
        end.withLock { end in
            if let end { return end }
            var status: Int32 = 0
            guard waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
            end = Self.end(status)
            return end
        }
    }

    /// Does nothing once it has been seen to end: its number may be another's then.
    public func send(_ signal: Int32) {
        end.withLock { end in
            if end == nil { _ = kill(identifier, signal) }
        }
    }

    /// To it, and to all that it started and that is still in its group.
    public func sendToGroup(_ signal: Int32) {
        end.withLock { end in
            if end == nil { _ = kill(-identifier, signal) }
        }
    }

    /// Returns when it has ended. Looks at growing intervals, a tenth of a second at most: no thread waits for it.
    public func waitForEnd() async -> End {
        var pause = Duration.milliseconds(1)
        while true {
            if let end = poll() { return end }
            // A cancelled task waits on all the same, though not asleep in `sleep`.
            if (try? await Task.sleep(for: pause)) == nil { usleep(1_000) }
            pause = min(pause * 2, .milliseconds(100))
        }
    }

    /// Asks it to end, and makes it end when the time is over.
    @discardableResult
    public func stop(within limit: Duration) async -> End {
        send(SIGTERM)
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if let end = poll() { return end }
            if (try? await Task.sleep(for: .milliseconds(5))) == nil { usleep(1_000) }
        }
        send(SIGKILL)
        return await waitForEnd()
    }

    private static func end(_ status: Int32) -> End {
        status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signalled(status & 0x7F)
    }
}

extension ChildProcess.Stream {
    fileprivate func add(as number: Int32, to actions: inout posix_spawn_file_actions_t) {
        switch self {
        case .nothing: posix_spawn_file_actions_addopen(&actions, number, "/dev/null", O_RDWR, 0)
        case .descriptor(let descriptor): posix_spawn_file_actions_adddup2(&actions, descriptor, number)
        case .file(let path):
            posix_spawn_file_actions_addopen(&actions, number, path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        }
    }
}
