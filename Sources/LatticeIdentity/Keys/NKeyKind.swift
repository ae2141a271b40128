/// What a key stands for. The raw value is the prefix byte of its text form.
/// - Source: lattice protocol §1. Curve keys (`X`) belong to another protocol and are refused as unknown.
public enum NKeyKind: UInt8, Sendable, CaseIterable {
    case `operator` = 0x70
    case account = 0x00
    case module = 0x60
    case provider = 0xA8
    case host = 0x68
    case cluster = 0x10
    case user = 0xA0

    /// The first letter of the public key's text; a seed starts with `S` and this letter.
    public var letter: Character {
        switch self {
        case .operator: "O"
        case .account: "A"
        case .module: "M"
        case .provider: "V"
        case .host: "N"
        case .cluster: "C"
        case .user: "U"
        }
    }

    /// The word that people use for it: `operator`, `account`, …
    public var name: String { "\(self)" }

    /// The kind that `name` gives back.
    public init?(name: some StringProtocol) {
        guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = kind
    }
}

/// A kind of key in the type system: an `NKey<AccountRole>` can't be passed where a module's key is wanted.
public protocol NKeyRole: Sendable {
    static var kind: NKeyKind { get }
}

public enum OperatorRole: NKeyRole { public static let kind = NKeyKind.operator }
public enum AccountRole: NKeyRole { public static let kind = NKeyKind.account }
public enum ModuleRole: NKeyRole { public static let kind = NKeyKind.module }
public enum ProviderRole: NKeyRole { public static let kind = NKeyKind.provider }
public enum HostRole: NKeyRole { public static let kind = NKeyKind.host }
public enum ClusterRole: NKeyRole { public static let kind = NKeyKind.cluster }
public enum UserRole: NKeyRole { public static let kind = NKeyKind.user }
