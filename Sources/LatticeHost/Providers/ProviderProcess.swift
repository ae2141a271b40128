import CLinuxCalls
import Glibc
import LatticeIdentity
import LatticeProtocol
import Synchronization

/// A provider that runs as a child process of ours.
///
/// It gets its host data on standard input, which then stays open: for providers of ours its end means that the host is
/// gone. It inherits no other descriptor, no signal mask, and of the environment only what is named; it is the leader of a
/// process group of its own. One thread watches over it until it has ended.
public final class ProviderProcess: Sendable {
    /// Of its output, newest last.
    public static let lastWordsMax = 20

    private struct State {
        var isReaped = false
        var end: ProcessEnd?
        var lastWords: [String] = []
        var input: CInt?
        var waiting: [UInt64: CheckedContinuation<ProcessEnd?, Never>] = [:]
        var lastID: UInt64 = 0
        var cancelled: Set<UInt64> = []
    }

    public let id: Int32
    public let command: ProcessCommand
    public let startedAt = ContinuousClock.now
    private let state: Mutex<State>

    private init(id: Int32, command: ProcessCommand, input: CInt) {
        self.id = id
        self.command = command
        state = Mutex(State(input: input))
    }

    // MARK: Starting

    /// - Parameter output: gets every line of its standard output and error, on the thread that watches over it.
    /// - Throws: what kept it from beginning; that it ends soon is no failure here.
    public static func start(
        _ command: ProcessCommand, hostData: HostData, output: @escaping @Sendable (String) -> Void
    ) throws(ProcessFailure) -> ProviderProcess {
        try start(command, input: hostData.line, output: output)
    }

    /// - Parameter input: makes what it is told. Overwritten when it was handed over.
    static func start(
        _ command: ProcessCommand, input: () -> [UInt8], output: @escaping @Sendable (String) -> Void
    ) throws(ProcessFailure) -> ProviderProcess {
        let pipes = try ProcessPipes(command.path)
        let id: pid_t
        let watched: CInt
        do throws(ProcessFailure) {
            id = try spawn(command, pipes)
            watched = lattice_open_process(id)
        } catch {
            pipes.closeAll()
            throw error
        }
        pipes.closeChildEnds()
        guard watched >= 0 else {
            let code = errno
            kill(-id, SIGKILL)
            waitpid(id, nil, 0)
            pipes.closeOurEnds()
            throw ProcessFailure(command.path, "watch over it", code: code)
        }
        let process = ProviderProcess(id: id, command: command, input: pipes.input.ours)
        let watch = ProcessWatch(
            process: process, descriptor: watched, output: pipes.output.ours, errors: pipes.errors.ours,
            input: input, report: output)
        guard watch.start() else {
            process.closeInput()
            kill(-id, SIGKILL)
            waitpid(id, nil, 0)
            close(pipes.output.ours)
            close(pipes.errors.ours)
            close(watched)
            throw ProcessFailure(command.path, "watch over it", code: EAGAIN)
        }
        return process
    }

    private static func spawn(_ command: ProcessCommand, _ pipes: ProcessPipes) throws(ProcessFailure) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pipes.input.childs, 0)
        posix_spawn_file_actions_adddup2(&actions, pipes.output.childs, 1)
        posix_spawn_file_actions_adddup2(&actions, pipes.errors.childs, 2)
        let status = lattice_spawn_close_from(&actions, 3)
        guard status == 0 else { throw ProcessFailure(command.path, "close what it must not inherit", code: status) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        var words: [UnsafeMutablePointer<CChar>?] = ([command.path] + command.arguments).map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = command.completeEnvironment.map { strdup($0) } + [nil]
        defer { for text in words + environment { free(text) } }
        var id: pid_t = 0
        let result = posix_spawn(&id, command.path, &actions, &attributes, &words, &environment)
        guard result == 0 else { throw ProcessFailure(command.path, "begin", code: result) }
        return id
    }

    // MARK: Asking

    /// Nil while it runs.
    public var end: ProcessEnd? { state.withLock(\.end) }

    /// The last lines of its output. What a person has to see when it has crashed.
    public var lastWords: [String] { state.withLock(\.lastWords) }

    /// - Returns: nil when the task was cancelled before it ended.
    public func waitForEnd() async -> ProcessEnd? {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: ProcessEnd?? = state.withLock { state in
                    if let end = state.end { return .some(end) }
                    if state.cancelled.remove(id) != nil { return .some(nil) }
                    state.waiting[id] = continuation
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            let continuation: CheckedContinuation<ProcessEnd?, Never>? = state.withLock { state in
                if let waiting = state.waiting.removeValue(forKey: id) { return waiting }
                state.cancelled.insert(id)
                return nil
            }
            continuation?.resume(returning: nil)
        }
    }

    // MARK: Stopping

    /// Ends it: asks, waits, asks by signal, waits, and then makes an end of it and of what it started.
    /// - Parameters:
    ///   - delay: for each of the two waits.
    ///   - ask: a shutdown request over the bus, or nothing.
    public func stop(delay: Duration, ask: @Sendable () async -> Void = {}) async -> ProcessEnd? {
        if let end { return end }
        await ask()
        closeInput()
        if let end = await waitForEnd(within: delay) { return end }
        signal(SIGTERM)
        if let end = await waitForEnd(within: delay) { return end }
        signal(SIGKILL)
        return await waitForEnd()
    }

    private func waitForEnd(within limit: Duration) async -> ProcessEnd? {
        await withTaskGroup(of: ProcessEnd?.self) { group in
            group.addTask { await self.waitForEnd() }
            group.addTask {
                try? await Task.sleep(for: limit)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    /// To all of its process group.
    public func signal(_ number: CInt) {
        state.withLock { state in
            // Its number may be another's afterwards.
            if !state.isReaped { _ = kill(-id, number) }
        }
    }

    // MARK: For the thread that watches over it

    func withInput(_ body: (CInt) -> Void) { state.withLock { state in state.input.map(body) } }

    func closeInput() {
        state.withLock { state in
            if let input = state.input { close(input) }
            state.input = nil
        }
    }

    func said(_ line: String) {
        state.withLock { state in
            state.lastWords.append(line)
            if state.lastWords.count > Self.lastWordsMax { state.lastWords.removeFirst() }
        }
    }

    /// Takes its exit status, so that its number can be used again. What it left behind in its group ends with it.
    func reap() -> ProcessEnd {
        state.withLock { state in
            var status: CInt = 0
            _ = kill(-id, SIGKILL)
            while waitpid(id, &status, 0) < 0, errno == EINTR {}
            state.isReaped = true
            return ProcessEnd(waitStatus: status)
        }
    }

    func ended(_ end: ProcessEnd) {
        closeInput()
        let waiting = state.withLock { state in
            state.end = end
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume(returning: end) }
    }
}
