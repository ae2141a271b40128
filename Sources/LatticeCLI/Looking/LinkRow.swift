import LatticeControl
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// A link as lists show it, with what has become of it.
struct LinkRow: Sendable {
    let report: LinkReport
    let actorName: String?
    let providerName: String?
    let state: LinkReport.State
    let reason: String?

    var fields: JSONObject {
        [
            "actor": .string(report.actor), "provider": .string(report.provider),
            "contract": .string(report.contract), "link_name": .string(report.link),
            "values": Shown.object(report.values), "state": .string(state.rawValue), "reason": Shown.text(reason),
            "granted_by": Shown.text(report.grantedBy), "expires": Shown.text(report.expires.map { "\($0)" }),
            "actor_name": Shown.text(actorName), "provider_name": Shown.text(providerName),
        ]
    }

    /// - Parameter now: for links whose host tells no state.
    static func rows(_ reports: [LinkReport], _ overview: Overview, at now: TokenTime = .now()) -> [LinkRow] {
        reports.map { row($0, overview, at: now) }
            .sorted {
                ($0.actorName ?? $0.report.actor, $0.report.contract, $0.report.link)
                    < ($1.actorName ?? $1.report.actor, $1.report.contract, $1.report.link)
            }
    }

    private static func row(_ report: LinkReport, _ overview: Overview, at now: TokenTime) -> LinkRow {
        let (state, reason) = report.state.map { ($0, report.reason) } ?? judged(report, overview, at: now)
        return LinkRow(
            report: report, actorName: (try? ModuleKey(report.actor)).flatMap(overview.names.name),
            providerName: (try? ProviderKey(report.provider)).flatMap(overview.names.name), state: state,
            reason: reason)
    }

    /// Classic hosts list links and say nothing about them.
    private static func judged(
        _ report: LinkReport, _ overview: Overview, at now: TokenTime
    ) -> (LinkReport.State, String?) {
        let link: LinkDefinition
        do throws(MessageError) { link = try report.definition() } catch { return (.refused, "\(error)") }
        if let snapshot = overview.snapshot {
            do throws(Refusal) {
                try LinkRecord(link, lattice: snapshot.basis.lattice).check(
                    snapshot.basis, snapshot.records.revocations, at: now)
            } catch { return (.refused, error.sentence) }
        }
        let address = Presence.ProviderAddress(link.provider, link.link)
        if overview.view.presence.providers.contains(address) { return (.applied, nil) }
        return (.pending, Refusal.noProvider(link).sentence)
    }

    static func report(_ rows: [LinkRow]) -> ListReport<LinkRow> {
        ListReport(
            items: rows,
            columns: [
                .init("actor") { $0.actorName ?? Shown.keyText($0.report.actor) },
                .init("provider") { $0.providerName ?? Shown.keyText($0.report.provider) },
                .init("contract") { Shown.contract($0.report.contract) }, .init("link") { $0.report.link },
                .init("state") { $0.state.rawValue }, .init("values") { Shown.pairs($0.report.values) },
                .init("expires") { $0.report.expires?.relative(to: .now()) ?? "" },
                .init("reason") { $0.reason ?? "" },
            ], fields: \.fields, empty: "no links")
    }
}

extension LatticeSession {
    func linkRows(_ overview: Overview) async throws -> [LinkRow] {
        LinkRow.rows(try await client.links(), overview)
    }
}
