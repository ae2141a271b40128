import LatticeIdentity

/// What the metadata bucket and `get.claims` say of an actor or provider. Written by whoever can write there: it counts as
/// proof only where the classic profile says so.
/// - Source: lattice protocol §9.2, §7.2.
public struct ClaimsEntry: JSONBody, Hashable {
    public enum Subject: Hashable, Sendable {
        case actor(ModuleKey)
        case provider(ProviderKey)

        public var key: AnyKey {
            switch self {
            case .actor(let key): AnyKey(key)
            case .provider(let key): AnyKey(key)
            }
        }
    }

    public var subject: Subject
    public var issuer: String
    public var name: String
    /// Some writers have no number here.
    public var revision: String
    public var version: String
    /// Contract ids of an actor.
    public var capabilities: [String]
    public var tags: [String]
    /// Empty for none.
    public var callAlias: String
    /// Of a provider.
    public var contract: String
    /// JSON text.
    public var configurationSchema: String?

    public init(
        subject: Subject, issuer: String, name: String, revision: String, version: String, capabilities: [String] = [],
        tags: [String] = [], callAlias: String = "", contract: String = "", configurationSchema: String? = nil
    ) {
        self.subject = subject
        self.issuer = issuer
        self.name = name
        self.revision = revision
        self.version = version
        self.capabilities = capabilities
        self.tags = tags
        self.callAlias = callAlias
        self.contract = contract
        self.configurationSchema = configurationSchema
    }

    public init(actor key: ModuleKey, issuer: AnyKey, _ claims: ActorClaims) {
        self.init(
            subject: .actor(key), issuer: "\(issuer)", name: claims.name ?? "", revision: "\(claims.revision ?? 0)",
            version: claims.version ?? "", capabilities: claims.capabilities ?? [], tags: claims.tags ?? [],
            callAlias: claims.callAlias?.description ?? "")
    }

    /// Old and new names, strings and lists, whatever mixture of them. The key's first letter tells actor from provider.
    public init(_ fields: JSONFields) throws(MessageError) {
        let subjectKey = fields.present("sub", or: "subject")
        let text = try fields.required(subjectKey, fields.string(subjectKey))
        if text.utf8.first == UInt8(ascii: "V") {
            subject = .provider(try fields.required(subjectKey, fields.key(subjectKey)))
        } else {
            subject = .actor(try fields.required(subjectKey, fields.key(subjectKey)))
        }
        issuer = try fields.string(fields.present("iss", or: "issuer")) ?? ""
        name = try fields.string("name") ?? ""
        revision = try Self.text(fields, fields.present("rev", or: "revision")) ?? "0"
        version = try fields.string(fields.present("version", or: "ver")) ?? ""
        capabilities = try Self.list(fields, fields.present("caps", or: "capabilities")) ?? []
        tags = try Self.list(fields, "tags") ?? []
        callAlias = try fields.string("call_alias") ?? ""
        contract = try fields.string("contract_id") ?? ""
        configurationSchema = try fields.string("config_schema")
    }

    /// The form in which every value is a string and all nine keys are there.
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("sub", subject.key)
            writer.member("iss", issuer)
            writer.member("name", name)
            writer.member("rev", revision)
            writer.member("version", version)
            writer.member("caps", capabilities.joined(separator: ","))
            writer.member("tags", tags.joined(separator: ","))
            writer.member("call_alias", callAlias)
            writer.member("contract_id", contract)
            writer.member("config_schema", ifPresent: configurationSchema)
        }
    }

    /// A string, or a number as its digits.
    private static func text(_ fields: JSONFields, _ key: String) throws(MessageError) -> String? {
        if case .number(let number) = fields.object[key] { return number.literal }
        return try fields.string(key)
    }

    /// A list, or the parts of a text between commas.
    private static func list(_ fields: JSONFields, _ key: String) throws(MessageError) -> [String]? {
        if case .string(let text) = fields.object[key] { return text.split(separator: ",").map(String.init) }
        return try fields.strings(key)
    }
}
