import LatticeIdentity
import LatticeProtocol

/// What a refusal was about: as much as a remedy needs, each part of its own type, so that nothing that came over the bus
/// can become part of a command but keys and names.
public struct RefusalFacts: Hashable, Sendable {
    public var actor: ModuleKey?
    public var provider: ProviderKey?
    public var contract: ContractID?
    public var link: LinkName?
    /// Who signed it.
    public var issuer: AnyKey?
    public var host: HostKey?
    public var cluster: ClusterKey?
    /// What the actor's claims name already.
    public var capabilities: [ContractID]
    /// The setting of `lattice.conf` that would have to change.
    public var setting: SettingName?
    /// Its value now.
    public var limit: UInt64?

    public init(
        actor: ModuleKey? = nil, provider: ProviderKey? = nil, contract: ContractID? = nil, link: LinkName? = nil,
        issuer: AnyKey? = nil, host: HostKey? = nil, cluster: ClusterKey? = nil, capabilities: [ContractID] = [],
        setting: SettingName? = nil, limit: UInt64? = nil
    ) {
        self.actor = actor
        self.provider = provider
        self.contract = contract
        self.link = link
        self.issuer = issuer
        self.host = host
        self.cluster = cluster
        self.capabilities = capabilities
        self.setting = setting
        self.limit = limit
    }

    /// As it travels: absent parts left out.
    public var texts: [String: String] {
        var texts: [String: String] = [:]
        texts["actor"] = actor.map { "\($0)" }
        texts["provider"] = provider.map { "\($0)" }
        texts["contract"] = contract?.text
        texts["link_name"] = link?.text
        texts["issuer"] = issuer.map { "\($0)" }
        texts["host"] = host.map { "\($0)" }
        texts["cluster"] = cluster.map { "\($0)" }
        if !capabilities.isEmpty { texts["capabilities"] = capabilities.map(\.text).joined(separator: ",") }
        texts["setting"] = setting?.text
        texts["limit"] = limit.map { "\($0)" }
        return texts
    }

    /// What can't be read as what it should be is left out: the sentence still says it.
    public init(texts: [String: String]) {
        self.init(
            actor: texts["actor"].flatMap { try? ModuleKey($0) },
            provider: texts["provider"].flatMap { try? ProviderKey($0) },
            contract: texts["contract"].flatMap { try? ContractID($0) },
            link: texts["link_name"].flatMap { try? LinkName($0) },
            issuer: texts["issuer"].flatMap { try? AnyKey($0) }, host: texts["host"].flatMap { try? HostKey($0) },
            cluster: texts["cluster"].flatMap { try? ClusterKey($0) },
            capabilities: (texts["capabilities"] ?? "").split(separator: ",").compactMap {
                try? ContractID(String($0))
            },
            setting: texts["setting"].flatMap(SettingName.init), limit: texts["limit"].flatMap { UInt64($0) })
    }
}

/// The name of a setting: `actors.fuel_max`, dots between lower-case words.
public struct SettingName: Hashable, Sendable, CustomStringConvertible {
    public let text: String

    /// Nil unless the text is 1–100 of `a–z 0–9 _ .` and no dot stands at an end.
    public init?(_ text: String) {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isPlain, (1...100).contains(text.utf8.count), !text.hasPrefix("."), !text.hasSuffix(".") else {
            return nil
        }
        self.text = text
    }

    public var description: String { text }
}
