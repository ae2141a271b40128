import LatticeControl
import LatticeIdentity
import LatticeProtocol

/// An actor on one host, as lists show it.
struct ActorRow: Sendable {
    let run: LatticeView.ActorRun
    let name: String?
    let hostName: String?

    private var actor: ActorDescription { run.actor }

    /// Classic hosts list each instance and tell nothing of calls.
    var busyCount: Int { actor.busyInstancesCount.map { Int($0) } ?? actor.instances.count }
    var instancesMax: Int {
        actor.instancesMax.map { Int($0) }
            ?? actor.instances.reduce(0) { $0 + Int($1.instancesMax ?? 1) }
    }

    var fields: JSONObject {
        [
            "id": .string("\(actor.key)"), "name": .string(name ?? ""), "host": .string("\(run.host)"),
            "instances": Shown.number(busyCount), "max_instances": Shown.number(instancesMax),
            "calls": Shown.number(actor.callsCount ?? 0), "image_ref": .string(actor.imageReference ?? ""),
            "issuer": .string(actor.issuer ?? ""),
            "capabilities": .array((actor.capabilities ?? []).map(JSONValue.string)),
            "host_name": .string(hostName ?? ""), "call_alias": Shown.text(actor.callAlias),
            "hash": Shown.text(actor.hash),
        ]
    }

    static func rows(_ overview: Overview) -> [ActorRow] {
        overview.view.actorRuns.map { run in
            ActorRow(
                run: run, name: overview.names.name(of: run.actor.key) ?? run.actor.name,
                hostName: overview.view.name(of: run.host))
        }.sorted { ($0.name ?? "", $0.run.actor.key, $0.run.host) < ($1.name ?? "", $1.run.actor.key, $1.run.host) }
    }

    static func report(_ overview: Overview) -> ListReport<ActorRow> {
        ListReport(
            items: rows(overview),
            columns: [
                .init("name") { $0.name ?? "" }, .init("actor") { Shown.key($0.actor.key) },
                .init("host") { $0.hostName ?? Shown.key($0.run.host) },
                .init("busy") { "\($0.busyCount)/\($0.instancesMax)" },
                .init("calls") { $0.actor.callsCount.map { "\($0)" } ?? "-" },
                .init("may use") { ($0.actor.capabilities ?? []).map(Shown.contract).joined(separator: " ") },
                .init("signed by") { Shown.keyText($0.actor.issuer ?? "") },
            ], fields: \.fields, empty: "no actors")
    }
}
