import LatticeIdentity

/// That a host is alive, and what it runs: the data of `host_heartbeat`, about every 30 s.
/// - Source: lattice protocol §8. Written in the form in which actors are a map; read in every form there was.
public struct HostHeartbeat: JSONBody, Hashable {
    public struct Provider: Hashable, Sendable {
        public var key: ProviderKey
        public var link: LinkName
        /// Empty where the host does not tell.
        public var contract: String

        public init(key: ProviderKey, link: LinkName, contract: String) {
            self.key = key
            self.link = link
            self.contract = contract
        }
    }

    /// How many instances of each actor.
    public var actors: [ModuleKey: UInt32]
    public var providers: [Provider]
    public var labels: [String: String]
    public var name: String
    public var version: String
    public var uptimeSeconds: UInt64

    public init(
        actors: [ModuleKey: UInt32], providers: [Provider], labels: [String: String], name: String, version: String,
        uptimeSeconds: UInt64
    ) {
        self.actors = actors
        self.providers = providers
        self.labels = labels
        self.name = name
        self.version = version
        self.uptimeSeconds = uptimeSeconds
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        actors = try Self.actors(fields)
        providers = []
        for entry in try fields.list("providers") ?? [] {
            let keyName = entry.present("public_key", or: "id")
            providers.append(
                Provider(
                    key: try entry.required(keyName, entry.key(keyName)), link: try entry.linkName(),
                    contract: try entry.string("contract_id") ?? ""))
        }
        labels = try fields.stringMap("labels") ?? [:]
        name = try fields.string("friendly_name") ?? ""
        version = try fields.string("version") ?? ""
        uptimeSeconds = try fields.integer("uptime_seconds") ?? 0
    }

    /// A map of counts, a list of instances, or a list of descriptions.
    private static func actors(_ fields: JSONFields) throws(MessageError) -> [ModuleKey: UInt32] {
        var actors: [ModuleKey: UInt32] = [:]
        if case .object(let counts)? = fields.object["actors"] {
            for member in counts.members {
                let key: ModuleKey
                do { key = try ModuleKey(member.key) } catch { throw .key(field: "actors", error) }
                guard case .number(let number) = member.value, let count = number.integer(as: UInt32.self) else {
                    throw .field(.wrongType(key: "actors", found: member.value.kind, expected: "a count"))
                }
                actors[key] = count
            }
            return actors
        }
        for entry in try fields.list("actors") ?? [] {
            if let key: ModuleKey = try entry.key("public_key") {
                actors[key, default: 0] += 1
            } else {
                let description = try ActorDescription(entry)
                actors[description.key, default: 0] += UInt32(clamping: description.instances.count)
            }
        }
        return actors
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in writeMembers(to: &writer) }
    }

    func writeMembers(to writer: inout JSONWriter) {
        writer.object("actors") { writer in
            for (key, count) in actors.sorted(by: { $0.key < $1.key }) { writer.member("\(key)", count) }
        }
        writer.array("providers") { writer in
            for provider in providers {
                writer.object { writer in
                    writer.member("public_key", provider.key)
                    writer.member("link_name", provider.link)
                    writer.member("contract_id", provider.contract)
                }
            }
        }
        writer.member("labels", labels)
        writer.member("friendly_name", name)
        writer.member("version", version)
        writer.member("uptime_seconds", uptimeSeconds)
        writer.member("uptime_human", Uptime.words(seconds: uptimeSeconds))
    }
}
