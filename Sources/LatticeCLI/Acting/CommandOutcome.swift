import LatticeControl
import LatticeProtocol
import LatticeTrust

/// What became of a command, as the ack says it.
enum CommandOutcome: Equatable {
    case done(ControlAck.Outcome)
    /// Taken, and not known to be true: a classic host, or one that did not get done in time.
    case taken

    /// How long hosts are asked to wait for an outcome.
    static let wait = Duration.seconds(30)

    /// - Throws: why it was not done, with the command that mends it where the host says what was missing.
    init(_ ack: ControlAck, _ overview: Overview) throws(CLIError) {
        guard ack.accepted else { throw Self.failure(ack, overview) }
        self = ack.outcome.map(CommandOutcome.done) ?? .taken
    }

    private static func failure(_ ack: ControlAck, _ overview: Overview) -> CLIError {
        if let refusal = ack.refusal.flatMap(Refusal.init) {
            return CLIError(.refused, "\(refusal)", fix: overview.fix(for: refusal))
        }
        let parts = ack.parts.compactMap { part in
            part.error.map { "on host \(overview.names.name(of: part.host) ?? "\(part.host)"): \($0)" }
        }
        let said = ack.error.isEmpty ? "the host said no and not why" : ack.error
        // One part is in the sentence already.
        return CLIError(.refused, parts.count > 1 ? "\(said); \(parts.joined(separator: "; "))" : said)
    }
}

extension LatticeSession {
    /// Waits until what was taken has become true, looking again and again.
    /// - Throws: `timedOut` when it has not within the time that hosts are given.
    func settle(_ what: String, _ isTrue: (LatticeSession) async throws -> Bool) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: CommandOutcome.wait)
        while clock.now < deadline {
            if try await isTrue(self) { return }
            try await clock.sleep(for: .milliseconds(250))
        }
        throw CLIError(.timedOut, "\(what) was taken up, and has not happened within \(CommandOutcome.wait)")
    }
}
