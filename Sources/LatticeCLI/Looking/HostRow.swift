import LatticeIdentity
import LatticeProtocol

/// A host as lists show it: all by its own word.
struct HostRow: Sendable {
    let reply: HostReply

    var isEnrolled: Bool { reply.isEnrolled ?? false }

    var fields: JSONObject {
        [
            "id": .string("\(reply.host)"), "name": .string(reply.name),
            "cluster_key": Shown.text(reply.cluster.map { "\($0)" }), "enrolled": .bool(isEnrolled),
            "labels": Shown.object(reply.labels), "uptime_seconds": Shown.number(reply.uptimeSeconds),
            "version": .string(reply.version), "trust_version": Shown.number(reply.trustVersion ?? 0),
        ]
    }

    static func report(_ hosts: [HostReply]) -> ListReport<HostRow> {
        ListReport(
            items: hosts.map(HostRow.init),
            columns: [
                .init("name") { $0.reply.name }, .init("host") { Shown.key($0.reply.host) },
                .init("enrolled") { $0.isEnrolled ? "yes" : "no" },
                .init("up") { Shown.span(seconds: $0.reply.uptimeSeconds) }, .init("version") { $0.reply.version },
                .init("trust") { $0.reply.trustVersion.map { "v\($0)" } ?? "-" },
                .init("labels") { Shown.pairs($0.reply.labels) },
            ], fields: \.fields, empty: "no hosts")
    }
}
