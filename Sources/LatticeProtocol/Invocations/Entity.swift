import LatticeIdentity

/// One end of an invocation as it stands on the wire. The texts stay as they came: they are what was signed.
/// - Source: lattice protocol §4.2, §4.3.
public struct Entity: Hashable, Sendable {
    /// `public_key`: a key, or a pseudo-key such as `__WASH__`.
    public let publicKey: String
    /// `link_name`: empty for actors.
    public let linkName: String
    /// `contract_id`: empty for actors.
    public let contractID: String

    /// For what was read; what we make comes from the functions below.
    init(publicKey: String, linkName: String, contractID: String) {
        self.publicKey = publicKey
        self.linkName = linkName
        self.contractID = contractID
    }

    public static func actor(_ key: ModuleKey) -> Entity {
        Entity(publicKey: "\(key)", linkName: "", contractID: "")
    }

    public static func provider(_ key: ProviderKey, _ contract: ContractID, _ link: LinkName) -> Entity {
        Entity(publicKey: "\(key)", linkName: link.text, contractID: contract.text)
    }

    /// A person or program at the command line, under a certificate of its own.
    public static let client = Entity(publicKey: "__LATTICE__", linkName: "", contractID: "")

    /// The key, if this end is an actor.
    public var actor: ModuleKey? { isKey(of: "M") ? try? ModuleKey(publicKey) : nil }

    /// The key, if this end is a provider.
    public var provider: ProviderKey? { isKey(of: "V") ? try? ProviderKey(publicKey) : nil }

    private func isKey(of letter: Unicode.Scalar) -> Bool { publicKey.unicodeScalars.first == letter }

    /// Whether it has no contract and no link: actors and clients.
    public var isUnlinked: Bool { linkName.isEmpty && contractID.isEmpty }

    /// `wasmbus://KEY` of an actor, `wasmbus://contract/link/KEY` of anything else.
    public var url: String {
        var text: [UInt8] = []
        appendURL(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    func appendURL(to text: inout [UInt8]) {
        text.append(contentsOf: "wasmbus://".utf8)
        if publicKey.utf8.first.map({ $0 | 0x20 }) != UInt8(ascii: "m") {
            Self.appendLowered(contractID, to: &text, slashForColon: true)
            text.append(UInt8(ascii: "/"))
            Self.appendLowered(linkName, to: &text, slashForColon: false)
            text.append(UInt8(ascii: "/"))
        }
        text.append(contentsOf: publicKey.utf8)
    }

    private static func appendLowered(_ part: String, to text: inout [UInt8], slashForColon: Bool) {
        let lowered = part.utf8.allSatisfy { $0 < 0x80 } ? part : part.lowercased()
        for byte in lowered.utf8 {
            switch byte {
            case UInt8(ascii: ":") where slashForColon: text.append(UInt8(ascii: "/"))
            case UInt8(ascii: " "): text.append(UInt8(ascii: "_"))
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): text.append(byte | 0x20)
            default: text.append(byte)
            }
        }
    }
}

extension Entity {
    private enum Field: String, MessagePackField {
        case publicKey = "public_key"
        case linkName = "link_name"
        case contractID = "contract_id"

        static let table = MessagePackFieldTable<Field>()
    }

    init(from reader: inout MessagePackReader) throws(MessagePackError) {
        var publicKey: String?
        var linkName = ""
        var contractID = ""
        var fields = try MessagePackFields<Field>(of: &reader)
        while let field = try fields.next(in: &reader) {
            switch field {
            case .publicKey: publicKey = try reader.readString()
            case .linkName: linkName = try reader.readString()
            case .contractID: contractID = try reader.readString()
            }
        }
        guard let publicKey else { throw fields.missing(.publicKey) }
        self.init(publicKey: publicKey, linkName: linkName, contractID: contractID)
    }

    func write(to writer: inout MessagePackWriter) {
        writer.writeMapHeader(count: 3)
        writer.writeKey("public_key")
        writer.write(publicKey)
        writer.writeKey("link_name")
        writer.write(linkName)
        writer.writeKey("contract_id")
        writer.write(contractID)
    }
}
