import LatticeIdentity

/// What a host runs: the answer to `get.{host}.inv`.
/// - Source: lattice protocol §7.2.
public struct HostInventory: JSONBody, Hashable {
    public var host: HostKey
    public var cluster: ClusterKey?
    public var labels: [String: String]
    /// `friendly_name`
    public var name: String
    public var version: String
    public var uptimeSeconds: UInt64?
    public var actors: [ActorDescription]
    public var providers: [ProviderDescription]

    public init(
        host: HostKey, cluster: ClusterKey?, labels: [String: String], name: String, version: String,
        uptimeSeconds: UInt64?, actors: [ActorDescription], providers: [ProviderDescription]
    ) {
        self.host = host
        self.cluster = cluster
        self.labels = labels
        self.name = name
        self.version = version
        self.uptimeSeconds = uptimeSeconds
        self.actors = actors
        self.providers = providers
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        host = try fields.required("host_id", fields.key("host_id"))
        let issuer = try fields.string("issuer") ?? ""
        cluster = issuer.isEmpty ? nil : try fields.key("issuer")
        labels = try fields.stringMap("labels") ?? [:]
        name = try fields.string("friendly_name") ?? ""
        version = try fields.string("version") ?? ""
        uptimeSeconds = try fields.integer("uptime_seconds")
        actors = try fields.bodies("actors") ?? []
        providers = try fields.bodies("providers") ?? []
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("host_id", host)
            writer.member("issuer", ifPresent: cluster)
            writer.member("labels", labels)
            writer.member("friendly_name", name)
            writer.member("actors", actors)
            writer.member("providers", providers)
            writer.member("version", version)
            writer.member("uptime_seconds", ifPresent: uptimeSeconds)
            writer.member("uptime_human", ifPresent: uptimeSeconds.map(Uptime.words))
        }
    }
}

/// An actor on one host. What is optional here classic hosts don't tell.
public struct ActorDescription: JSONBody, Hashable {
    /// Instances with one set of annotations, or each instance alone in the oldest form.
    public struct Instance: JSONBody, Hashable {
        public var id: String
        public var revision: Int64
        public var annotations: [String: String]
        public var imageReference: String?
        public var instancesMax: UInt32?

        public init(
            id: String, revision: Int64, annotations: [String: String] = [:], imageReference: String? = nil,
            instancesMax: UInt32? = nil
        ) {
            self.id = id
            self.revision = revision
            self.annotations = annotations
            self.imageReference = imageReference
            self.instancesMax = instancesMax
        }

        public init(_ fields: JSONFields) throws(MessageError) {
            id = try fields.string("instance_id") ?? ""
            revision = try fields.integer("revision") ?? 0
            annotations = try fields.stringMap("annotations") ?? [:]
            imageReference = try fields.string("image_ref")
            instancesMax = try fields.integer(fields.present("max_instances", or: "max_concurrent"))
        }

        public func write(to writer: inout JSONWriter) {
            writer.object { writer in
                writer.member("instance_id", id)
                writer.member("revision", revision)
                writer.member("annotations", annotations)
                writer.member("image_ref", ifPresent: imageReference)
                writer.member("max_instances", ifPresent: instancesMax)
            }
        }
    }

    public var key: ModuleKey
    public var imageReference: String?
    public var name: String?
    public var instances: [Instance]
    /// Of ours: instances that serve a call right now.
    public var busyInstancesCount: UInt32?
    /// Of ours: the most that may run at once.
    public var instancesMax: UInt32?
    /// Of ours: calls since the start.
    public var callsCount: UInt64?
    /// Of ours: who signed it.
    public var issuer: String?
    /// Of ours: contract ids as the claims name them.
    public var capabilities: [String]?
    /// Of ours: as other actors call it.
    public var callAlias: String?
    /// Of ours: SHA-256 of the module's bytes.
    public var hash: String?

    public init(
        key: ModuleKey, imageReference: String?, name: String?, instances: [Instance],
        busyInstancesCount: UInt32? = nil, instancesMax: UInt32? = nil, callsCount: UInt64? = nil,
        issuer: String? = nil, capabilities: [String]? = nil, callAlias: String? = nil, hash: String? = nil
    ) {
        self.key = key
        self.imageReference = imageReference
        self.name = name
        self.instances = instances
        self.busyInstancesCount = busyInstancesCount
        self.instancesMax = instancesMax
        self.callsCount = callsCount
        self.issuer = issuer
        self.capabilities = capabilities
        self.callAlias = callAlias
        self.hash = hash
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        key = try fields.required("id", fields.key("id"))
        imageReference = try fields.string("image_ref")
        name = try fields.string("name")
        instances = try fields.bodies("instances") ?? []
        busyInstancesCount = try fields.integer("busy_instances")
        instancesMax = try fields.integer("max_instances")
        callsCount = try fields.integer("calls")
        issuer = try fields.string("issuer")
        capabilities = try fields.strings("capabilities")
        callAlias = try fields.string("call_alias")
        hash = try fields.string("hash")
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", key)
            writer.member("image_ref", ifPresent: imageReference)
            writer.member("name", ifPresent: name)
            writer.member("instances", instances)
            writer.member("busy_instances", ifPresent: busyInstancesCount)
            writer.member("max_instances", ifPresent: instancesMax)
            writer.member("calls", ifPresent: callsCount)
            writer.member("issuer", ifPresent: issuer)
            writer.member("capabilities", ifPresent: capabilities)
            writer.member("call_alias", ifPresent: callAlias)
            writer.member("hash", ifPresent: hash)
        }
    }
}

/// A provider on one host. What is optional here classic hosts don't tell.
public struct ProviderDescription: JSONBody, Hashable {
    public enum State: String, Hashable, Sendable {
        case starting, running, failed
    }

    public var key: ProviderKey
    public var imageReference: String?
    /// `contract_id`: as the host says it.
    public var contract: String
    public var link: LinkName
    public var name: String?
    public var revision: Int64
    public var annotations: [String: String]
    public var instanceID: String?
    public var isolation: ProviderIsolation?
    public var state: State?
    public var restartsCount: UInt32?
    /// The last words on standard error, or why it failed.
    public var lastError: String?
    /// Of ours: links that this instance did not take, by their ids, and why.
    public var linkErrors: [String: String]

    public init(
        key: ProviderKey, imageReference: String?, contract: String, link: LinkName, name: String?, revision: Int64 = 0,
        annotations: [String: String] = [:], instanceID: String? = nil, isolation: ProviderIsolation? = nil,
        state: State? = nil, restartsCount: UInt32? = nil, lastError: String? = nil, linkErrors: [String: String] = [:]
    ) {
        self.key = key
        self.imageReference = imageReference
        self.contract = contract
        self.link = link
        self.name = name
        self.revision = revision
        self.annotations = annotations
        self.instanceID = instanceID
        self.isolation = isolation
        self.state = state
        self.restartsCount = restartsCount
        self.lastError = lastError
        self.linkErrors = linkErrors
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        key = try fields.required("id", fields.key("id"))
        imageReference = try fields.string("image_ref")
        contract = try fields.string("contract_id") ?? ""
        link = try fields.linkName()
        name = try fields.string("name")
        revision = try fields.integer("revision") ?? 0
        annotations = try fields.stringMap("annotations") ?? [:]
        instanceID = try fields.string("instance_id")
        isolation = try fields.string("isolation").flatMap(ProviderIsolation.init(rawValue:))
        state = try fields.string("state").flatMap(State.init(rawValue:))
        restartsCount = try fields.integer("restarts")
        lastError = try fields.string("last_error")
        linkErrors = try fields.stringMap("link_errors") ?? [:]
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", key)
            writer.member("image_ref", ifPresent: imageReference)
            writer.member("contract_id", contract)
            writer.member("link_name", link)
            writer.member("name", ifPresent: name)
            writer.member("revision", revision)
            writer.member("annotations", annotations)
            writer.member("instance_id", ifPresent: instanceID)
            writer.member("isolation", ifPresent: isolation?.rawValue)
            writer.member("state", ifPresent: state?.rawValue)
            writer.member("restarts", ifPresent: restartsCount)
            writer.member("last_error", ifPresent: lastError)
            if !linkErrors.isEmpty { writer.member("link_errors", linkErrors) }
        }
    }
}
