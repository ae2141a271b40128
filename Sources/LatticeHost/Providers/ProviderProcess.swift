import ChildProcesses
import Glibc
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

    /// How it ended.
    public typealias End = ChildProcess.End

    private struct State {
        var end: End?
        var lastWords: [String] = []
        var input: CInt?
        var waiting: [UInt64: CheckedContinuation<End?, Never>] = [:]
        var lastID: UInt64 = 0
        var cancelled: Set<UInt64> = []
    }

    public let command: ProcessCommand
    public let startedAt = ContinuousClock.now
    private let child: ChildProcess
    private let state: Mutex<State>

    private init(child: ChildProcess, command: ProcessCommand, input: CInt) {
        self.child = child
        self.command = command
        state = Mutex(State(input: input))
    }

    // MARK: Starting

    /// - Parameter output: gets every line of its standard output and error, on the thread that watches over it.
    /// - Throws: what kept it from beginning; that it ends soon is no failure here.
    public static func start(
        _ command: ProcessCommand, hostData: HostData, output: @escaping @Sendable (String) -> Void
    ) throws(ChildProcess.Failure) -> ProviderProcess {
        try start(command, input: hostData.line, output: output)
    }

    /// - Parameter input: makes what it is told. Overwritten when it was handed over.
    static func start(
        _ command: ProcessCommand, input: () -> [UInt8], output: @escaping @Sendable (String) -> Void
    ) throws(ChildProcess.Failure) -> ProviderProcess {
        var pipes: [Pipe] = []
        do throws(ChildProcess.Failure) {
            for _ in 0..<3 { pipes.append(try Pipe()) }
            let child = try ChildProcess(
                command.path, command.arguments, environment: command.completeEnvironment,
                input: .descriptor(pipes[0].readEnd), output: .descriptor(pipes[1].writeEnd),
                error: .descriptor(pipes[2].writeEnd))
            let process = ProviderProcess(child: child, command: command, input: pipes[0].writeEnd)
            let watch = ProcessWatch(
                process: process, output: pipes[1].readEnd, errors: pipes[2].readEnd, input: input, report: output)
            guard watch.start() else {
                child.sendToGroup(SIGKILL)
                while child.poll() == nil { usleep(1_000) }
                throw ChildProcess.Failure(program: command.path, code: EAGAIN)
            }
            pipes[0].closeReadEnd()
            pipes[1].closeWriteEnd()
            pipes[2].closeWriteEnd()
            return process
        } catch {
            for pipe in pipes {
                pipe.closeReadEnd()
                pipe.closeWriteEnd()
            }
            throw error
        }
    }

    // MARK: Asking

    public var id: Int32 { child.identifier }

    /// Nil while it runs.
    public var end: End? { state.withLock(\.end) }

    /// The last lines of its output. What a person has to see when it has crashed.
    public var lastWords: [String] { state.withLock(\.lastWords) }

    /// - Returns: nil when the task was cancelled before it ended.
    public func waitForEnd() async -> End? {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: End?? = state.withLock { state in
                    if let end = state.end { return .some(end) }
                    if state.cancelled.remove(id) != nil { return .some(nil) }
                    state.waiting[id] = continuation
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            let continuation: CheckedContinuation<End?, Never>? = state.withLock { state in
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
    public func stop(delay: Duration, ask: @Sendable () async -> Void = {}) async -> End? {
        if let end { return end }
        await ask()
        closeInput()
        if let end = await waitForEnd(within: delay) { return end }
        signal(SIGTERM)
        if let end = await waitForEnd(within: delay) { return end }
        signal(SIGKILL)
        return await waitForEnd()
    }

    private func waitForEnd(within limit: Duration) async -> End? {
        await withTaskGroup(of: End?.self) { group in
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
    public func signal(_ number: CInt) { child.sendToGroup(number) }

    /// Tells a provider of ours that its host is gone.
    public func closeInput() {
        state.withLock { state in
            if let input = state.input { close(input) }
            state.input = nil
        }
    }

    // MARK: For the thread that watches over it

    func withInput(_ body: (CInt) -> Void) { state.withLock { state in state.input.map(body) } }

    func said(_ line: String) {
        state.withLock { state in
            state.lastWords.append(line)
            if state.lastWords.count > Self.lastWordsMax { state.lastWords.removeFirst() }
        }
    }

    /// Takes its exit status, so that its number can be used again. What it left behind in its group ends with it.
    func reap() -> End {
        child.sendToGroup(SIGKILL)
        while true {
            if let end = child.poll() { return end }
            usleep(1_000)
        }
    }

    func ended(_ end: End) {
        closeInput()
        let waiting = state.withLock { state in
            state.end = end
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume(returning: end) }
    }
}
