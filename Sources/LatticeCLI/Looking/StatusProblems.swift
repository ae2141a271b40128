import LatticeControl
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// Something that is not as it should be, and the command that mends it, if there is one.
struct StatusProblem: Equatable {
    let sentence: String
    let fix: String?

    init(_ sentence: String, fix: String? = nil) {
        self.sentence = sentence
        self.fix = fix
    }
}

/// Looks for what is wrong: trust first, then hosts, providers, links.
enum StatusProblems {
    static func find(_ overview: Overview, _ links: [LinkRow]) -> [StatusProblem] {
        trust(overview) + hosts(overview) + providers(overview) + self.links(links, overview)
    }

    private static func trust(_ overview: Overview) -> [StatusProblem] {
        guard let snapshot = overview.snapshot else {
            return [StatusProblem("the lattice's buckets can't be read: names and proofs are unknown")]
        }
        if let problem = snapshot.documentProblem {
            return [StatusProblem("the trust document does not count: \(problem)")]
        }
        guard let document = snapshot.document else {
            return [StatusProblem("the lattice has no trust document: nothing is trusted", fix: "lattice trust init")]
        }
        return document.ignoredAccounts.map {
            StatusProblem("an account token in the trust document does not count: \($0.reason)")
        }
    }

    private static func hosts(_ overview: Overview) -> [StatusProblem] {
        let (view, document) = (overview.view, overview.snapshot?.document)
        var problems: [StatusProblem] = []
        for host in view.hosts {
            let name = "host \(host.name.isEmpty ? "" : "\(host.name) ")(\(host.host))"
            if host.isEnrolled == false {
                problems.append(
                    StatusProblem("\(name) is not enrolled: it runs nothing", fix: "lattice trust add \(host.host)"))
            } else if let document, let version = host.trustVersion, version != document.version {
                problems.append(
                    StatusProblem(
                        "\(name) goes by version \(version) of the trust document, and the lattice has version "
                            + "\(document.version)"))
            }
        }
        for name in Set(view.hosts.map(\.name)).sorted() where view.hosts.count(where: { $0.name == name }) > 1 {
            problems.append(StatusProblem("several hosts call themselves '\(name)': use their keys"))
        }
        problems += view.silent.map { StatusProblem("host \($0) answers, but does not say what it runs") }
        let present = Set(view.hosts.compactMap(\.cluster))
        for cluster in document?.clusters ?? [] where !present.contains(cluster.key) {
            problems.append(StatusProblem("host \(cluster.host) is enrolled and does not answer"))
        }
        return problems
    }

    private static func providers(_ overview: Overview) -> [StatusProblem] {
        ProviderRow.rows(overview).compactMap { row in
            let provider = row.run.provider
            let what = "provider \(row.name ?? "\(provider.key)") on host \(row.hostName ?? "\(row.run.host)")"
            let restarts = provider.restartsCount.map { $0 > 0 ? " after \($0) restarts" : "" } ?? ""
            let words = provider.lastError.map { ": \($0)" } ?? ""
            return switch row.state {
            case .failed: StatusProblem("\(what) has failed\(restarts)\(words)")
            case .starting: StatusProblem("\(what) is starting\(restarts)\(words)")
            case .running: nil
            }
        }
    }

    private static func links(_ rows: [LinkRow], _ overview: Overview) -> [StatusProblem] {
        rows.compactMap { row in
            let link = try? row.report.definition()
            let what =
                "the link '\(row.report.link)' from actor \(row.actorName ?? row.report.actor) to provider "
                + "\(row.providerName ?? row.report.provider)"
            let reason = row.reason.map { ": \($0)" } ?? ""
            switch row.state {
            case .pending:
                return StatusProblem(
                    "\(what) is pending\(reason)", fix: link.flatMap { overview.fix(for: .noProvider($0)) })
            case .refused:
                return StatusProblem("\(what) is refused\(reason)", fix: link.flatMap { overview.replacing($0) })
            case .applied:
                guard let link, !overview.view.presence.actors.contains(link.actor) else { return nil }
                return StatusProblem(
                    "\(what) is in force, and nobody runs the actor", fix: overview.fix(for: .noActor(link.actor)))
            }
        }
    }
}

extension Overview {
    /// The command that mends a refusal; nil where none does, or none that this program has.
    func fix(for refusal: Refusal) -> String? { advisor.advice(for: refusal).fix.flatMap(\.typable) }

    fileprivate func replacing(_ link: LinkDefinition) -> String? {
        fix(
            for: Refusal(
                .noGrant, "",
                RefusalFacts(actor: link.actor, provider: link.provider, contract: link.contract, link: link.link)))
    }
}

extension Remedy {
    /// As a person types it; nil for a command that this program does not have.
    var typable: String? {
        guard case .command(let words) = self else { return line() }
        let commands = Lattice.configuration.subcommands.map { $0._commandName }
        return words.first.map(commands.contains) ?? false ? line() : nil
    }
}
