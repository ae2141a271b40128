import LatticeControl
import LatticeIdentity
import LatticeProtocol

/// A provider on one host, as lists show it.
struct ProviderRow: Sendable {
    let run: LatticeView.ProviderRun
    let name: String?
    let hostName: String?

    private var provider: ProviderDescription { run.provider }

    /// Classic hosts tell no state: what they list runs.
    var state: ProviderDescription.State { provider.state ?? .running }

    var fields: JSONObject {
        [
            "id": .string("\(provider.key)"), "name": .string(name ?? ""), "contract": .string(provider.contract),
            "link_name": .string(provider.link.text), "host": .string("\(run.host)"),
            "isolation": .string(provider.isolation?.rawValue ?? ProviderIsolation.process.rawValue),
            "state": .string(state.rawValue), "restarts": Shown.number(provider.restartsCount ?? 0),
            "last_error": Shown.text(provider.lastError), "host_name": .string(hostName ?? ""),
            "image_ref": Shown.text(provider.imageReference),
        ]
    }

    static func rows(_ overview: Overview) -> [ProviderRow] {
        overview.view.providerRuns.map { run in
            ProviderRow(
                run: run, name: overview.names.name(of: run.provider.key) ?? run.provider.name,
                hostName: overview.view.name(of: run.host))
        }.sorted {
            ($0.name ?? "", $0.provider.link.text, $0.run.host) < ($1.name ?? "", $1.provider.link.text, $1.run.host)
        }
    }

    static func report(_ overview: Overview) -> ListReport<ProviderRow> {
        ListReport(
            items: rows(overview),
            columns: [
                .init("name") { $0.name ?? "" }, .init("provider") { Shown.key($0.provider.key) },
                .init("contract") { Shown.contract($0.provider.contract) }, .init("link") { $0.provider.link.text },
                .init("host") { $0.hostName ?? Shown.key($0.run.host) }, .init("state") { $0.state.rawValue },
                .init("runs in") { $0.provider.isolation?.rawValue ?? "process" },
                .init("restarts") { "\($0.provider.restartsCount ?? 0)" },
                .init("last error") { $0.provider.lastError ?? "" },
            ], fields: \.fields, empty: "no providers")
    }
}
