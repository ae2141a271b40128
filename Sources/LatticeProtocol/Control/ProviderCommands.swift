import LatticeIdentity

/// `cmd.{host}.lp`
/// - Source: lattice protocol §7.5; `isolation` is ours.
public struct StartProviderCommand: JSONBody, Hashable {
    public var reference: ArtifactReference
    public var link: LinkName
    public var host: HostKey
    public var annotations: [String: String]
    /// Handed to the provider as `config_json`.
    public var configuration: String?
    /// Nil leaves it to the host.
    public var isolation: ProviderIsolation?
    public var options: ControlOptions

    public init(
        _ reference: ArtifactReference, link: LinkName = .default, on host: HostKey,
        annotations: [String: String] = [:], configuration: String? = nil, isolation: ProviderIsolation? = nil,
        options: ControlOptions = ControlOptions()
    ) {
        self.reference = reference
        self.link = link
        self.host = host
        self.annotations = annotations
        self.configuration = configuration
        self.isolation = isolation
        self.options = options
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        reference = try fields.reference("provider_ref")
        link = try fields.linkName()
        host = try fields.required("host_id", fields.key("host_id"))
        annotations = try fields.stringMap("annotations") ?? [:]
        configuration = try fields.string("configuration")
        isolation = try fields.string("isolation").flatMap(ProviderIsolation.init(rawValue:))
        options = try ControlOptions(fields)
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("provider_ref", reference)
            writer.member("link_name", link)
            writer.member("host_id", host)
            writer.member("annotations", annotations)
            writer.member("configuration", ifPresent: configuration)
            writer.member("isolation", ifPresent: isolation?.rawValue)
            options.writeMembers(to: &writer)
        }
    }
}

/// Where a provider runs.
public enum ProviderIsolation: String, Hashable, Sendable, CaseIterable {
    case host, process
}

/// `cmd.{host}.sp`: `provider_ref` is the provider's key.
/// - Source: lattice protocol §7.5.
public struct StopProviderCommand: JSONBody, Hashable {
    public var provider: ProviderKey
    public var link: LinkName
    /// Says nothing that key and link name don't; classic hosts want it.
    public var contract: ContractID?
    public var host: HostKey
    public var annotations: [String: String]
    public var options: ControlOptions

    public init(
        _ provider: ProviderKey, link: LinkName = .default, contract: ContractID?, on host: HostKey,
        annotations: [String: String] = [:], options: ControlOptions = ControlOptions()
    ) {
        self.provider = provider
        self.link = link
        self.contract = contract
        self.host = host
        self.annotations = annotations
        self.options = options
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        provider = try fields.required("provider_ref", fields.key("provider_ref"))
        link = try fields.linkName()
        let contractText = try fields.string("contract_id") ?? ""
        contract = contractText.isEmpty ? nil : try fields.contract()
        host = try fields.required("host_id", fields.key("host_id"))
        annotations = try fields.stringMap("annotations") ?? [:]
        options = try ControlOptions(fields)
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("provider_ref", provider)
            writer.member("link_name", link)
            writer.member("contract_id", contract?.text ?? "")
            writer.member("host_id", host)
            writer.member("annotations", annotations)
            options.writeMembers(to: &writer)
        }
    }
}
