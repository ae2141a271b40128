import ChildProcesses
import LatticeBus
import LatticeExchange
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust
import Synchronization

/// A provider as a child process: started, certified, watched, and started again when it dies.
final class ProviderChild: RunningProvider {
    struct Parts: Sendable {
        var provider: BundledProvider
        var link: LinkName
        var command: ProcessCommand
        /// What each run is told; the key is made for each.
        var hostData: @Sendable (ClusterKeyPair, _ certificate: String?) -> HostData
        var certifier: ProcessCertifier
        var bus: any MessageBus
        var subjects: LatticeSubjects
        var identity: HostIdentity
        var restarts: RestartPolicy.Settings
        var shutdownDelay: Duration
        /// What the process refused.
        var refused: @Sendable (Refusal) -> Void
        var log: HostLog
    }

    private struct State {
        var phase = ProviderDescription.State.starting
        var process: ProviderProcess?
        var restartsCount: UInt32 = 0
        var lastError: String?
        var isStopping = false
    }

    private static let startTimeout = Duration.seconds(15)
    private static let healthTimeout = Duration.milliseconds(500)

    private let parts: Parts
    private let state = Mutex(State())
    private let firstOutcome = Latch()
    private let end = Latch()

    init(_ parts: Parts) { self.parts = parts }

    /// Calls go to it over the bus.
    var localProvider: (any LocalProvider)? { nil }
    /// It watches the buckets itself.
    func recordsChanged() {}

    var status: ProviderStatus {
        get async {
            let (phase, restarts, error) = state.withLock { ($0.phase, $0.restartsCount, $0.lastError) }
            guard phase == .running, let health = await health() else {
                return ProviderStatus(state: phase, restartsCount: restarts, lastError: error)
            }
            var status = ProviderStatus(state: phase, restartsCount: restarts, health: health)
            status.lastError = status.lastError ?? error
            return status
        }
    }

    // MARK: Running

    /// Returns when it answers.
    /// - Throws: its last words when it ended before.
    func waitUntilServing() async throws {
        await firstOutcome.wait()
        let (phase, error) = state.withLock { ($0.phase, $0.lastError) }
        guard phase == .running else { throw LinkProblem(error ?? "it was stopped before it answered") }
    }

    /// Until it is stopped, given up, or the task is cancelled.
    func run() async {
        var policy = RestartPolicy(parts.restarts)
        while !isStopping {
            let begin = ContinuousClock.now
            await runOnce()
            if isStopping { break }
            // What fails at its very first start is for whoever asked for it to mend.
            guard firstOutcome.isSet else {
                giveUp()
                break
            }
            switch policy.ended(after: begin.duration(to: .now)) {
            case .giveUp: giveUp()
            case .restart(let delay):
                state.withLock { $0.restartsCount = UInt32(clamping: policy.restarts) }
                try? await Task.sleep(for: delay)
                continue
            }
            break
        }
        firstOutcome.set()
        end.set()
    }

    private var isStopping: Bool { state.withLock(\.isStopping) || Task.isCancelled }

    private func giveUp() {
        let error = state.withLock { state in
            state.phase = .failed
            return state.lastError
        }
        parts.log(
            .error, "provider \(parts.provider.name) is given up: \(error ?? "it ended")",
            ["link_name": parts.link.text])
    }

    /// One life of the process.
    private func runOnce() async {
        state.withLock { $0.phase = .starting }
        let key = ClusterKeyPair.generate()
        let (name, link, log, refused) = (parts.provider.name, parts.link, parts.log, parts.refused)
        let certificate = parts.certifier.certificate(of: key.publicKey, parts.provider.key, link)
        let process: ProviderProcess
        do throws(ChildProcess.Failure) {
            process = try ProviderProcess.start(parts.command, hostData: parts.hostData(key, certificate)) { line in
                if let refusal = Refusal(line: line) { return refused(refusal) }
                let said = SaidLine(line)
                log(said.level, said.text, ["provider": name, "link_name": link.text])
            }
        } catch { return state.withLock { $0.lastError = "\(error)" } }
        let isUnwanted = state.withLock { state in
            state.process = process
            return state.isStopping
        }
        if isUnwanted { _ = await process.stop(delay: parts.shutdownDelay) }
        await withTaskGroup { group in
            group.addTask { await self.parts.certifier.keep(key.publicKey, self.parts.provider.key, link) }
            group.addTask { await self.awaitHealth(of: process) }
            await note(await process.waitForEnd(), of: process)
            group.cancelAll()
        }
        await parts.certifier.withdraw(key.publicKey)
    }

    /// It runs when it answers for the first time.
    private func awaitHealth(of process: ProviderProcess) async {
        let deadline = ContinuousClock.now + Self.startTimeout
        while !Task.isCancelled, process.end == nil {
            if await health() != nil {
                state.withLock { $0.phase = .running }
                return firstOutcome.set()
            }
            if ContinuousClock.now > deadline {
                state.withLock { $0.lastError = "it did not answer within \(Self.startTimeout)" }
                return process.signal(9)
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    private func note(_ end: ProviderProcess.End?, of process: ProviderProcess) async {
        // The task was cancelled: the host ends, and the process with it.
        guard let end else { return _ = await process.stop(delay: parts.shutdownDelay) }
        // What went well is not why it ended.
        let words = process.lastWords.map(SaidLine.init).filter { $0.level > .info }.suffix(3).map(\.text)
            .joined(separator: " / ")
        let isWanted = state.withLock { state in
            state.process = nil
            if state.isStopping { return true }
            state.phase = .starting
            // What it was before it even answered is told already.
            state.lastError = "it ended with \(end)\(words.isEmpty ? "" : ": \(words)")"
            return false
        }
        if !isWanted {
            parts.log(.warning, "provider \(parts.provider.name) ended with \(end)", ["link_name": parts.link.text])
        }
    }

    private func health() async -> HealthReply? {
        let subject = parts.subjects.health(
            parts.provider.key, parts.link, on: parts.identity.host.publicKey)
        let question = BusMessage(to: subject, payload: HealthRequest.messagePack)
        guard let reply = try? await parts.bus.request(question, timeout: Self.healthTimeout) else { return nil }
        return try? HealthReply(messagePack: reply.payload)
    }

    // MARK: Ending

    func stop() async {
        let process = state.withLock { state in
            state.isStopping = true
            return state.process
        }
        if let process { _ = await process.stop(delay: parts.shutdownDelay) }
        await end.wait()
    }
}

/// A line of a process: ours begin with their level, others are what they are.
private struct SaidLine {
    let level: HostLog.Level
    let text: String

    init(_ line: String) {
        let level = HostLog.Level.allCases.first { line.hasPrefix("\($0.rawValue): ") }
        self.level = level ?? .notice
        text = level.map { String(line.dropFirst($0.rawValue.count + 2)) } ?? line
    }
}

extension Refusal {
    /// As a provider process tells its host.
    fileprivate init?(line: String) {
        guard line.hasPrefix(RefusalReport.linePrefix),
            let report = try? RefusalReport(json: Array(line.utf8.dropFirst(RefusalReport.linePrefix.utf8.count)))
        else { return nil }
        self.init(report)
    }
}
