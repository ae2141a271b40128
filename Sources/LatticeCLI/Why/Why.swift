import ArgumentParser
import LatticeControl
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// `lattice why`
struct Why: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Explains the last refusal, a past call, or judges one without making it.",
        usage: """
            lattice why [options]
            lattice why <call-id> [options]
            lattice why <actor> <contract|actor> [<operation>] [--link-name <name>] [options]
            """,
        discussion: """
            Each check is shown with its verdict, and then the command that would allow the call. Without arguments the \
            newest refusal of all hosts is explained; when there is none, the exit status is 1.
            """)

    static let examples = ["lattice why", "lattice why counter keyvalue"]

    @Argument(
        help: ArgumentHelp(
            "The id of a call; or an actor, and what it would call: a contract or another actor, and the operation.",
            valueName: "words"))
    var words: [String] = []

    @OptionGroup var link: LinkNameOption
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if words.count > 3 { throw ValidationError("at most an actor, what it calls and an operation can be given") }
    }

    func report(in session: LatticeSession) async throws -> WhyReport {
        let snapshot = try await session.snapshot()
        let overview = try await session.overview(of: snapshot, words.count < 2 ? .all : .enrolled)
        switch words.count {
        case 0: return try await past(nil, session, snapshot, overview)
        case 1: return try await past(try callID(words[0]), session, snapshot, overview)
        default: return try judged(snapshot, overview)
        }
    }

    private func callID(_ text: String) throws(CLIError) -> InvocationID {
        do throws(NameError) { return try InvocationID(text) } catch { throw CLIError(.wrongUsage, "\(error)") }
    }

    // MARK: What was refused

    private func past(
        _ call: InvocationID?, _ session: LatticeSession, _ snapshot: LatticeSnapshot, _ overview: Overview
    ) async throws -> WhyReport {
        let reports = try await session.client.refusals(of: call, hostsCount: overview.view.hosts.count)
        guard let report = reports.first else {
            throw CLIError(
                .refused,
                call.map { "no host remembers having refused the call \($0)" } ?? "no host remembers a refusal")
        }
        return WhyReport(report, snapshot, overview, at: .now())
    }

    // MARK: What would be

    private func judged(_ snapshot: LatticeSnapshot, _ overview: Overview) throws -> WhyReport {
        let call = OutgoingCall(
            from: try overview.names.actor(words[0]), namespace: try namespace(words[1], overview),
            link: link.link.text)
        let explanation = OutgoingJudge(basis: snapshot.basis, records: snapshot.records)
            .explain(call, presence: overview.view.presence, at: .now())
        return WhyReport(explanation, overview)
    }

    /// What an actor would write: a contract id, or another actor's key. Whether an alias is ambiguous is for the judge.
    private func namespace(_ text: String, _ overview: Overview) throws -> String {
        if let contract = ContractArgument(text) { return contract.contractID }
        do { return "\(try overview.names.actor(text))" } catch NameProblem.ambiguous { return text }
    }
}
