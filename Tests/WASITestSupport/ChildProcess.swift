import Glibc
import Synchronization

/// Runs a program and collects what it says.
public enum ChildProcess {
    public struct Result: Sendable {
        /// The exit status, or the number of the signal that ended it with a minus before it.
        public let status: Int32
        public let output: String
        public let errors: String
    }

    public struct SpawnError: Error, CustomStringConvertible {
        public let description: String
    }

    /// - Parameters:
    ///   - input: standard input; nil keeps it open, and silent, until the program ends.
    /// - Throws: if it cannot be started.
    public static func run(
        _ command: [String], environment: [String] = ["PATH=/usr/bin:/bin"], input: [UInt8]? = []
    ) throws -> Result {
        let (process, inputStart, outputEnd, errorsEnd) = try starting.withLock { _ in
            try start(command, environment)
        }
        defer { for file in [outputEnd, errorsEnd] { close(file) } }
        if let input {
            // Small enough for the pipe.
            _ = input.withUnsafeBytes { write(inputStart, $0.baseAddress, $0.count) }
            close(inputStart)
        }
        let (output, errors) = collect(outputEnd, errorsEnd)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        if input == nil { close(inputStart) }
        return Result(
            status: status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F),
            output: String(decoding: output, as: UTF8.self), errors: String(decoding: errors, as: UTF8.self))
    }

    /// No child may inherit another one's pipes, which then would not end.
    private static let starting = Mutex(())

    private static func start(
        _ command: [String], _ environment: [String]
    ) throws -> (pid_t, input: Int32, output: Int32, errors: Int32) {
        let (inputEnd, inputStart) = try pipe()
        let (outputEnd, outputStart) = try pipe()
        let (errorsEnd, errorsStart) = try pipe()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (number, file) in [inputEnd, outputStart, errorsStart].enumerated() {
            posix_spawn_file_actions_adddup2(&actions, file, Int32(number))
        }
        var argv = command.map { strdup($0) } + [nil]
        var envp = environment.map { strdup($0) } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var process: pid_t = 0
        let spawned = posix_spawnp(&process, command[0], &actions, nil, &argv, &envp)
        for file in [inputEnd, outputStart, errorsStart] { close(file) }
        guard spawned == 0 else {
            for file in [inputStart, outputEnd, errorsEnd] { close(file) }
            throw SpawnError(description: "cannot start \(command[0]): \(String(cString: strerror(spawned)))")
        }
        return (process, inputStart, outputEnd, errorsEnd)
    }

    private static func pipe() throws -> (Int32, Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw SpawnError(description: "no pipe: errno \(errno)") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func collect(_ first: Int32, _ second: Int32) -> ([UInt8], [UInt8]) {
        var collected: [Int32: [UInt8]] = [first: [], second: []]
        var open = [first, second]
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while !open.isEmpty {
            var entries = open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&entries, nfds_t(entries.count), -1) > 0 else { continue }
            for entry in entries where entry.revents != 0 {
                let count = read(entry.fd, &chunk, chunk.count)
                if count > 0 { collected[entry.fd]! += chunk[..<count] } else { open.removeAll { $0 == entry.fd } }
            }
        }
        return (collected[first]!, collected[second]!)
    }
}
