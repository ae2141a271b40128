import LatticeIdentity

/// `auction.actor`: who could run this? Willing hosts answer with an `ActorBid`, the others stay silent.
/// - Source: lattice protocol §7.4.
public struct ActorAuction: JSONBody, Hashable {
    public var reference: ArtifactReference
    /// Labels that a host has to have.
    public var constraints: [String: String]

    public init(_ reference: ArtifactReference, constraints: [String: String] = [:]) {
        self.reference = reference
        self.constraints = constraints
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        reference = try fields.reference("actor_ref")
        constraints = try fields.stringMap("constraints") ?? [:]
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in writeMembers(to: &writer) }
    }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("actor_ref", reference)
        writer.member("constraints", constraints)
    }
}

public struct ActorBid: JSONBody, Hashable {
    public var auction: ActorAuction
    public var host: HostKey

    public init(_ auction: ActorAuction, by host: HostKey) {
        self.auction = auction
        self.host = host
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        auction = try ActorAuction(fields)
        host = try fields.required("host_id", fields.key("host_id"))
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            auction.writeMembers(to: &writer)
            writer.member("host_id", host)
        }
    }
}

/// `auction.provider`: willing hosts do not run (reference, link name) yet.
/// - Source: lattice protocol §7.4.
public struct ProviderAuction: JSONBody, Hashable {
    public var reference: ArtifactReference
    public var link: LinkName
    /// Labels that a host has to have.
    public var constraints: [String: String]

    public init(_ reference: ArtifactReference, link: LinkName = .default, constraints: [String: String] = [:]) {
        self.reference = reference
        self.link = link
        self.constraints = constraints
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        reference = try fields.reference("provider_ref")
        link = try fields.linkName()
        constraints = try fields.stringMap("constraints") ?? [:]
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in writeMembers(to: &writer) }
    }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("provider_ref", reference)
        writer.member("link_name", link)
        writer.member("constraints", constraints)
    }
}

public struct ProviderBid: JSONBody, Hashable {
    public var auction: ProviderAuction
    public var host: HostKey

    public init(_ auction: ProviderAuction, by host: HostKey) {
        self.auction = auction
        self.host = host
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        auction = try ProviderAuction(fields)
        host = try fields.required("host_id", fields.key("host_id"))
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            auction.writeMembers(to: &writer)
            writer.member("host_id", host)
        }
    }
}
