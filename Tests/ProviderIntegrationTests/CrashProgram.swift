import Dispatch
import Glibc

/// The program of `Tests/KeyValueCrashProgram`, running. It ends with this value.
final class CrashProgram: @unchecked Sendable {
    let processID: pid_t
    // Safety: a test uses its program from one task.
    private let output: CInt
    private let input: CInt
    private let queue = DispatchQueue(label: "crash-program")
    private var unread: [UInt8] = []
    private var hasEnded = false

    /// - Parameter fileBlocksMax: no file of it may become larger than so many blocks of 512 bytes.
    init(_ mode: String, _ folder: String, fileBlocksMax: Int? = nil) throws {
        guard let path = realpath("/proc/self/exe", nil) else { throw RawClientError("no own path") }
        defer { free(path) }
        let own = String(cString: path)
        // Beside the test bundle, where the build puts both.
        let program = own[...(own.lastIndex(of: "/") ?? own.startIndex)] + "KeyValueCrashProgram"
        var (inputs, outputs): ([CInt], [CInt]) = ([-1, -1], [-1, -1])
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &inputs) == 0, socketpair(AF_UNIX, kind, 0, &outputs) == 0 else {
            throw RawClientError("no socket pair")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, inputs[0], 0)
        posix_spawn_file_actions_adddup2(&actions, outputs[1], 1)
        // Threads of the test runner block signals, and the program is to be as vulnerable as any.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var noSignals = sigset_t()
        sigemptyset(&noSignals)
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let limit = fileBlocksMax.map { "ulimit -f \($0); " } ?? ""
        let script = limit + "exec \"$@\""
        let arguments = ["sh", "-c", script, "sh", String(program), mode, folder]
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        var processID: pid_t = 0
        let status = posix_spawn(&processID, "/bin/sh", &actions, &attributes, words, environ)
        close(inputs[0])
        close(outputs[1])
        self.processID = processID
        (input, output) = (inputs[1], outputs[0])
        guard status == 0 else { throw RawClientError("no process: \(String(cString: strerror(status)))") }
    }

    deinit {
        kill()
        close(input)
        close(output)
    }

    func readLine() async throws -> String { try await queue.run { try self.readLineNow() } }

    private func readLineNow() throws -> String {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread.removeFirst(end + 1) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            var buffer = [UInt8](repeating: 0, count: 4_096)
            let count = read(output, &buffer, buffer.count)
            guard count > 0 else { throw RawClientError("the program has ended") }
            unread += buffer[..<count]
        }
    }

    /// Ends it as a power cut would, and waits for that.
    func kill() {
        guard !hasEnded else { return }
        hasEnded = true
        _ = Glibc.kill(processID, SIGKILL)
        waitpid(processID, nil, 0)
    }
}
