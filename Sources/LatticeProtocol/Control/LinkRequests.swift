import LatticeIdentity

/// `linkdefs.put`: a link definition and what is ours.
/// - Source: lattice protocol §7.3.
public struct LinkPutRequest: JSONBody, Hashable {
    public var link: LinkDefinition
    public var options: ControlOptions
    /// Store it though its provider does not run.
    public var pending: Bool
    /// Take the place of a link with other values or another provider.
    public var replace: Bool

    public init(
        _ link: LinkDefinition, options: ControlOptions = ControlOptions(), pending: Bool = false, replace: Bool = false
    ) {
        self.link = link
        self.options = options
        self.pending = pending
        self.replace = replace
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        link = try LinkDefinition(fields)
        options = try ControlOptions(fields)
        pending = try fields.bool("pending") ?? false
        replace = try fields.bool("replace") ?? false
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            link.writeMembers(to: &writer)
            options.writeMembers(to: &writer)
            if pending { writer.member("pending", pending) }
            if replace { writer.member("replace", replace) }
        }
    }
}

/// `linkdefs.del`
/// - Source: lattice protocol §7.3.
public struct LinkDeleteRequest: JSONBody, Hashable {
    public var actor: ModuleKey
    public var contract: ContractID
    public var link: LinkName
    public var options: ControlOptions

    public init(
        actor: ModuleKey, contract: ContractID, link: LinkName = .default, options: ControlOptions = ControlOptions()
    ) {
        self.actor = actor
        self.contract = contract
        self.link = link
        self.options = options
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        actor = try fields.required("actor_id", fields.key("actor_id"))
        contract = try fields.required("contract_id", fields.contract())
        link = try fields.linkName()
        options = try ControlOptions(fields)
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("actor_id", actor)
            writer.member("contract_id", contract)
            writer.member("link_name", link)
            options.writeMembers(to: &writer)
        }
    }
}
