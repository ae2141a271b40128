import LatticeIdentity

/// The answer to `get.links`.
/// - Source: lattice protocol §7.2.
public struct LinksReply: JSONBody, Hashable {
    public var links: [LinkReport]

    public init(_ links: [LinkReport]) { self.links = links }

    public init(_ fields: JSONFields) throws(MessageError) { links = try fields.bodies("links") ?? [] }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in writer.member("links", links) }
    }
}

/// A link as a host sees it: also one that it refuses for what it says, so everything is text here.
public struct LinkReport: JSONBody, Hashable {
    public enum State: String, Hashable, Sendable {
        case applied, pending, refused
    }

    public var actor: String
    public var provider: String
    public var contract: String
    public var link: String
    public var values: [String: String]
    public var grant: String?
    /// Nil from classic hosts.
    public var state: State?
    /// Why it is pending or refused.
    public var reason: String?
    /// The key that signed the grant.
    public var grantedBy: String?
    /// When the grant ends, in Unix seconds.
    public var expires: TokenTime?

    public init(
        actor: String, provider: String, contract: String, link: String, values: [String: String],
        grant: String? = nil, state: State?, reason: String? = nil, grantedBy: String? = nil, expires: TokenTime? = nil
    ) {
        self.actor = actor
        self.provider = provider
        self.contract = contract
        self.link = link
        self.values = values
        self.grant = grant
        self.state = state
        self.reason = reason
        self.grantedBy = grantedBy
        self.expires = expires
    }

    public init(
        _ definition: LinkDefinition, state: State, reason: String? = nil, grantedBy: AnyKey? = nil,
        expires: TokenTime? = nil
    ) {
        self.init(
            actor: "\(definition.actor)", provider: "\(definition.provider)", contract: definition.contract.text,
            link: definition.link.text, values: definition.values, grant: definition.grant, state: state,
            reason: reason, grantedBy: grantedBy.map { "\($0)" }, expires: expires)
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        actor = try fields.string("actor_id") ?? ""
        provider = try fields.string("provider_id") ?? ""
        contract = try fields.string("contract_id") ?? ""
        link = try fields.string("link_name") ?? ""
        values = try fields.stringMap("values") ?? [:]
        grant = try fields.string("grant")
        state = try fields.string("state").flatMap(State.init(rawValue:))
        reason = try fields.string("reason")
        grantedBy = try fields.string("granted_by")
        expires = try fields.integer("expires").map(TokenTime.init(seconds:))
    }

    /// Whether the texts are all what they should be.
    public func definition() throws(MessageError) -> LinkDefinition {
        try LinkDefinition(JSONFields(parsing: JSONWriter.bytes(of: self)))
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", LinkID(hashing: actor, contract, link))
            writer.member("actor_id", actor)
            writer.member("provider_id", provider)
            writer.member("link_name", link)
            writer.member("contract_id", contract)
            writer.member("values", values)
            writer.member("grant", ifPresent: grant)
            writer.member("state", ifPresent: state?.rawValue)
            writer.member("reason", ifPresent: reason)
            writer.member("granted_by", ifPresent: grantedBy)
            writer.member("expires", ifPresent: expires?.seconds)
        }
    }
}

/// The answer to `get.claims`.
/// - Source: lattice protocol §7.2.
public struct ClaimsReply: JSONBody, Hashable {
    public var claims: [ClaimsEntry]

    public init(_ claims: [ClaimsEntry]) { self.claims = claims }

    /// Entries that can't be read are passed over: others may have written them.
    public init(_ fields: JSONFields) throws(MessageError) {
        claims = (try fields.list("claims") ?? []).compactMap { try? ClaimsEntry($0) }
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in writer.member("claims", claims) }
    }
}
