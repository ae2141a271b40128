import LatticeIdentity

/// What `host_started` says.
public struct HostFacts: Hashable, Sendable {
    public var labels: [String: String]
    /// `friendly_name`
    public var name: String
    public var uptimeSeconds: UInt64
    public var version: String

    public init(labels: [String: String], name: String, uptimeSeconds: UInt64, version: String) {
        self.labels = labels
        self.name = name
        self.uptimeSeconds = uptimeSeconds
        self.version = version
    }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("labels", labels)
        writer.member("friendly_name", name)
        writer.member("uptime_seconds", uptimeSeconds)
        writer.member("version", version)
    }
}

/// Which actor an event is about.
public struct ActorFacts: Hashable, Sendable {
    public var key: ModuleKey
    public var host: HostKey
    public var imageReference: String
    public var annotations: [String: String]
    /// Left out where it is not known, as when a start failed.
    public var claims: EventClaims?

    public init(
        key: ModuleKey, host: HostKey, imageReference: String, annotations: [String: String] = [:],
        claims: EventClaims? = nil
    ) {
        self.key = key
        self.host = host
        self.imageReference = imageReference
        self.annotations = annotations
        self.claims = claims
    }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("public_key", key)
        writer.member("image_ref", imageReference)
        writer.member("annotations", annotations)
        writer.member("host_id", host)
        writer.member("claims", ifPresent: claims)
    }
}

/// Which provider an event is about.
public struct ProviderFacts: Hashable, Sendable {
    public var key: ProviderKey
    public var host: HostKey
    public var imageReference: String
    public var link: LinkName
    public var contract: ContractID
    public var instance: String
    public var annotations: [String: String]
    public var claims: EventClaims?

    public init(
        key: ProviderKey, host: HostKey, imageReference: String, link: LinkName, contract: ContractID, instance: String,
        annotations: [String: String] = [:], claims: EventClaims? = nil
    ) {
        self.key = key
        self.host = host
        self.imageReference = imageReference
        self.link = link
        self.contract = contract
        self.instance = instance
        self.annotations = annotations
        self.claims = claims
    }

    func writeAddress(to writer: inout JSONWriter) {
        writer.member("public_key", key)
        writer.member("link_name", link)
        writer.member("contract_id", contract)
    }

    func writeMembers(to writer: inout JSONWriter) {
        writeAddress(to: &writer)
        writer.member("image_ref", imageReference)
        writer.member("instance_id", instance)
        writer.member("annotations", annotations)
        writer.member("host_id", host)
        writer.member("claims", ifPresent: claims)
    }
}

/// The claims that events carry; what is absent is written as null.
public struct EventClaims: JSONWritable, Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case actor(callAlias: String?, capabilities: [String])
        case provider
    }

    public var kind: Kind
    public var issuer: String
    public var name: String?
    public var version: String?
    public var revision: Int64?
    public var tags: [String]
    /// `not_before_human`: `immediately`, or like `in 3h 5m`.
    public var notBeforeWords: String
    /// `expires_human`: `never`, or as above.
    public var expiresWords: String

    public init(
        _ kind: Kind, issuer: String, name: String?, version: String?, revision: Int64?, tags: [String] = [],
        notBeforeWords: String = "immediately", expiresWords: String = "never"
    ) {
        self.kind = kind
        self.issuer = issuer
        self.name = name
        self.version = version
        self.revision = revision
        self.tags = tags
        self.notBeforeWords = notBeforeWords
        self.expiresWords = expiresWords
    }

    public init(_ module: VerifiedModule, at now: TokenTime) {
        let claims = module.claims.payload
        self.init(
            .actor(callAlias: claims.callAlias?.description, capabilities: claims.capabilities ?? []),
            issuer: "\(module.issuer)", name: claims.name, version: claims.version,
            revision: claims.revision.map(Int64.init), tags: claims.tags ?? [],
            notBeforeWords: module.claims.notBefore.map { $0.relative(to: now) } ?? "immediately",
            expiresWords: module.claims.expires.map { $0.relative(to: now) } ?? "never")
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            if case .actor(let callAlias, let capabilities) = kind {
                writer.member("call_alias", orNull: callAlias)
                writer.member("caps", capabilities)
            }
            writer.member("issuer", issuer)
            writer.member("tags", tags)
            writer.member("name", orNull: name)
            writer.member("version", orNull: version)
            if case .actor = kind { writer.member("revision", orNull: revision) }
            writer.member("not_before_human", notBeforeWords)
            writer.member("expires_human", expiresWords)
        }
    }
}
