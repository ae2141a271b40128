import LatticeIdentity

/// The answer to `ping.hosts`.
/// - Source: lattice protocol §7.2; `enrolled`, `enrolment` and `trust_version` are ours (trust rules §1, §2).
public struct HostReply: JSONBody, Hashable {
    public var host: HostKey
    /// `issuer`: the host's cluster key. Very old hosts say nothing but id, name and uptime.
    public var cluster: ClusterKey?
    public var labels: [String: String]
    /// `friendly_name`
    public var name: String
    public var uptimeSeconds: UInt64
    public var version: String
    /// `cluster_issuers`
    public var clusterIssuers: [ClusterKey]
    /// `js_domain`
    public var jetStreamDomain: String?
    /// `ctl_host`, `rpc_host` and `prov_rpc_host`: what the bus is reached by.
    public var busAddress: String?
    public var lattice: String?
    /// Whether the lattice's trust document names the host's cluster key; nil from hosts that know of no such thing.
    public var isEnrolled: Bool?
    /// The host key's token for its cluster key.
    public var enrolment: String?
    /// Of the trust document that the host goes by; 0 when it has none.
    public var trustVersion: UInt64?

    public init(
        host: HostKey, cluster: ClusterKey?, labels: [String: String], name: String, uptimeSeconds: UInt64,
        version: String, clusterIssuers: [ClusterKey], jetStreamDomain: String?, busAddress: String?, lattice: String?,
        isEnrolled: Bool?, enrolment: String?, trustVersion: UInt64?
    ) {
        self.host = host
        self.cluster = cluster
        self.labels = labels
        self.name = name
        self.uptimeSeconds = uptimeSeconds
        self.version = version
        self.clusterIssuers = clusterIssuers
        self.jetStreamDomain = jetStreamDomain
        self.busAddress = busAddress
        self.lattice = lattice
        self.isEnrolled = isEnrolled
        self.enrolment = enrolment
        self.trustVersion = trustVersion
    }

    /// Only `id` has to be there. Cluster issuers that are no cluster keys are passed over.
    public init(_ fields: JSONFields) throws(MessageError) {
        host = try fields.required("id", fields.key("id"))
        let issuer = try fields.string("issuer") ?? ""
        cluster = issuer.isEmpty ? nil : try fields.key("issuer")
        labels = try fields.stringMap("labels") ?? [:]
        name = try fields.string("friendly_name") ?? ""
        uptimeSeconds = try fields.integer("uptime_seconds") ?? 0
        version = try fields.string("version") ?? ""
        clusterIssuers = (try fields.string("cluster_issuers") ?? "").split(separator: ",")
            .compactMap { try? ClusterKey(String($0)) }
        jetStreamDomain = try fields.string("js_domain")
        busAddress = try fields.string("rpc_host")
        lattice = try fields.string(fields.present("lattice_prefix", or: "lattice"))
        isEnrolled = try fields.bool("enrolled")
        enrolment = try fields.string("enrolment")
        trustVersion = try fields.integer("trust_version")
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", host)
            writer.member("issuer", ifPresent: cluster)
            writer.member("labels", labels)
            writer.member("friendly_name", name)
            writer.member("uptime_seconds", uptimeSeconds)
            writer.member("uptime_human", Uptime.words(seconds: uptimeSeconds))
            writer.member("version", version)
            writer.member("cluster_issuers", clusterIssuers.map { "\($0)" }.joined(separator: ","))
            writer.member("js_domain", orNull: jetStreamDomain)
            for key in ["ctl_host", "prov_rpc_host", "rpc_host"] { writer.member(key, ifPresent: busAddress) }
            writer.member("lattice_prefix", ifPresent: lattice)
            writer.member("lattice", ifPresent: lattice)
            writer.member("enrolled", ifPresent: isEnrolled)
            writer.member("enrolment", ifPresent: enrolment)
            writer.member("trust_version", ifPresent: trustVersion)
        }
    }
}

/// How long a host has been up, as the protocol's examples say it.
public enum Uptime {
    /// `2 minutes, 5 seconds`; the units that are zero are left out.
    public static func words(seconds: UInt64) -> String {
        let parts: [(UInt64, String)] = [
            (seconds / 86_400, "day"), (seconds / 3_600 % 24, "hour"), (seconds / 60 % 60, "minute"),
            (seconds % 60, "second"),
        ]
        let shown = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }
        return shown.isEmpty ? "0 seconds" : shown.joined(separator: ", ")
    }
}
