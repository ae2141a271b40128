import LatticeIdentity

/// Connects an actor to a provider for one contract, with the settings that the provider needs for it.
/// - Source: lattice protocol §5.3; `grant` is ours (trust rules §3).
public struct LinkDefinition: Hashable, Sendable {
    public var actor: ModuleKey
    public var provider: ProviderKey
    public var contract: ContractID
    public var link: LinkName
    /// Secrets among them are references: `@secret:NAME`.
    public var values: [String: String]
    /// The token without which the link does not count where grants are demanded.
    public var grant: String?

    public init(
        actor: ModuleKey, provider: ProviderKey, contract: ContractID, link: LinkName = .default,
        values: [String: String] = [:], grant: String? = nil
    ) {
        self.actor = actor
        self.provider = provider
        self.contract = contract
        self.link = link
        self.values = values
        self.grant = grant
    }

    public var id: LinkID { LinkID(actor: actor, contract: contract, link: link) }
}

extension LinkDefinition: JSONBody {
    /// An `id` that stands there is not looked at: it follows from the rest. Values that are missing count as none.
    public init(_ fields: JSONFields) throws(MessageError) {
        actor = try fields.required("actor_id", fields.key("actor_id"))
        provider = try fields.required("provider_id", fields.key("provider_id"))
        contract = try fields.required("contract_id", fields.contract())
        link = try fields.linkName()
        values = try fields.stringMap("values") ?? [:]
        grant = try fields.string("grant")
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in writeMembers(to: &writer) }
    }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("actor_id", actor)
        writer.member("provider_id", provider)
        writer.member("link_name", link)
        writer.member("contract_id", contract)
        writer.member("values", values)
        writer.member("grant", ifPresent: grant)
    }
}

extension LinkDefinition {
    private enum Field: String, MessagePackField {
        case actor = "actor_id"
        case provider = "provider_id"
        case link = "link_name"
        case contract = "contract_id"
        case values
        case id
        case grant

        static let table = MessagePackFieldTable<Field>()
    }

    /// - Parameter bytes: a map, or an array by position.
    public init(messagePack bytes: [UInt8]) throws(MessagePackError) {
        var reader = MessagePackReader(bytes)
        var actor: ModuleKey?
        var provider: ProviderKey?
        var contract: ContractID?
        link = .default
        values = [:]
        var fields = try MessagePackFields<Field>(of: &reader)
        while let field = try fields.next(in: &reader) {
            let start = reader.offset
            switch field {
            case .actor: actor = try Self.key(try reader.readString(), field, at: start)
            case .provider: provider = try Self.key(try reader.readString(), field, at: start)
            case .link:
                let text = try reader.readString()
                do { if !text.isEmpty { link = try LinkName(text) } } catch {
                    throw MessagePackError(.name(field: field.rawValue, error), at: start)
                }
            case .contract:
                let text = try reader.readString()
                do { contract = try ContractID(text) } catch {
                    throw MessagePackError(.name(field: field.rawValue, error), at: start)
                }
            case .values: values = try reader.readStringMap()
            case .id: try reader.skip()
            case .grant: grant = try reader.readString()
            }
        }
        try reader.finish()
        guard let actor else { throw fields.missing(.actor) }
        guard let provider else { throw fields.missing(.provider) }
        guard let contract else { throw fields.missing(.contract) }
        (self.actor, self.provider, self.contract) = (actor, provider, contract)
    }

    public var messagePack: [UInt8] {
        var writer = MessagePackWriter(reservingBytes: 512)
        writer.writeMapHeader(count: grant == nil ? 6 : 7)
        writer.writeKey("actor_id")
        writer.write("\(actor)")
        writer.writeKey("provider_id")
        writer.write("\(provider)")
        writer.writeKey("link_name")
        writer.write(link.text)
        writer.writeKey("contract_id")
        writer.write(contract.text)
        writer.writeKey("values")
        writer.write(values)
        writer.writeKey("id")
        writer.write("\(id)")
        if let grant {
            writer.writeKey("grant")
            writer.write(grant)
        }
        return writer.bytes
    }

    private static func key<Role>(
        _ text: String, _ field: Field, at start: Int
    ) throws(MessagePackError) -> NKey<Role> {
        do { return try NKey(text) } catch { throw MessagePackError(.key(field: field.rawValue, error), at: start) }
    }
}
