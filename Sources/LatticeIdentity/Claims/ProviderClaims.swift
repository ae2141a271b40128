/// What an account says of a capability provider's archive: the `wascap` object of its token.
/// - Source: lattice protocol §2.2.
public struct ProviderClaims: TokenPayload, Hashable {
    /// The binary for one target, such as `x86_64-linux`.
    public struct TargetHash: Hashable, Sendable {
        public var target: String
        /// Upper-case hexadecimal SHA-256 of the binary's bytes.
        public var hash: String

        public init(target: String, hash: String) {
            self.target = target
            self.hash = hash
        }
    }

    public var name: String?
    /// `capid`: the id of its contract.
    public var contract: String
    public var vendor: String
    /// `rev`: larger than that of the version before.
    public var revision: Int32?
    /// `ver`: for people.
    public var version: String?
    /// `target_hashes`, in the token's order.
    public var targetHashes: [TargetHash]
    /// `config_schema`: JSON schema of the provider's configuration, unjudged.
    public var configurationSchema: JSONValue?

    public init(
        name: String?, contract: String, vendor: String, revision: Int32? = nil, version: String? = nil,
        targetHashes: [TargetHash], configurationSchema: JSONValue? = nil
    ) {
        self.name = name
        self.contract = contract
        self.vendor = vendor
        self.revision = revision
        self.version = version
        self.targetHashes = targetHashes
        self.configurationSchema = configurationSchema
    }

    public init(_ object: JSONObject) throws(JSONFieldError) {
        name = try object.string("name")
        contract = try object.required("capid", object.string)
        vendor = try object.string("vendor") ?? ""
        revision = try object.integer("rev")
        version = try object.string("ver")
        targetHashes = (try object.stringMembers("target_hashes") ?? []).map { TargetHash(target: $0, hash: $1) }
        let schema = object["config_schema"]
        configurationSchema = schema == .null ? nil : schema
    }

    public func writeMembers(to writer: inout JSONWriter) {
        writer.member("name", ifPresent: name)
        writer.member("capid", contract)
        writer.member("vendor", vendor)
        writer.member("rev", ifPresent: revision)
        writer.member("ver", ifPresent: version)
        writer.object("target_hashes") { writer in
            for entry in targetHashes { writer.member(entry.target, entry.hash) }
        }
        writer.member("config_schema", ifPresent: configurationSchema)
    }
}
