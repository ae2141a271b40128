import ArgumentParser
import LatticeControl
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// `lattice status`
struct Status: WatchedCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Shows the whole lattice on one screen, with what is wrong first.")

    static let examples = ["lattice status", "lattice status --watch"]

    @OptionGroup var watching: WatchOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func report(in session: LatticeSession) async throws -> StatusReport {
        let overview = try await session.look(.all)
        let links: [LinkRow]
        // Only enrolled hosts answer for the lattice; without any, the hosts themselves are what there is to see.
        do { links = try await session.linkRows(overview) } catch ControlError.nobody { links = [] }
        return StatusReport(
            lattice: session.lattice, server: session.address, overview: overview, links: links,
            problems: StatusProblems.find(overview, links))
    }
}

struct StatusReport: Report {
    let lattice: LatticeName
    let server: String
    let overview: Overview
    let links: [LinkRow]
    let problems: [StatusProblem]

    private var document: TrustDocument? { overview.snapshot?.document }

    var json: JSONValue {
        .object([
            "lattice": .string(lattice.text), "server": .string(server),
            "trust": document.map {
                ["operator": .string("\($0.operatorKey)"), "version": Shown.number($0.version)]
            } ?? .null,
            "problems": .array(
                problems.map { ["sentence": .string($0.sentence), "fix": Shown.text($0.fix)] }),
            "hosts": HostRow.report(overview.view.hosts).json, "actors": ActorRow.report(overview).json,
            "providers": ProviderRow.report(overview).json, "links": LinkRow.report(links).json,
        ])
    }

    func text(style: TextStyle) -> String {
        let counts = [
            count(overview.view.hosts.count, "host"), count(overview.view.actorRuns.count, "actor"),
            count(overview.view.providerRuns.count, "provider"), count(links.count, "link"),
        ]
        let trust = document.map { "trust version \($0.version)" } ?? "no trust document"
        var text = "\(style.bold("lattice \(lattice)"))  \(server)  \(trust)  \(counts.joined(separator: ", "))\n"
        if !problems.isEmpty { text += "\n" }
        for problem in problems {
            text += "\(style.red("!")) \(problem.sentence.printable)\n"
            if let fix = problem.fix { text += "  \(style.bold("fix:")) \(Program.typed(fix))\n" }
        }
        let sections = [
            HostRow.report(overview.view.hosts).text(style: style), ActorRow.report(overview).text(style: style),
            ProviderRow.report(overview).text(style: style), LinkRow.report(links).text(style: style),
        ]
        return text + sections.map { "\n" + $0 }.joined()
    }

    private func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
