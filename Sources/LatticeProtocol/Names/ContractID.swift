/// What a provider offers and an actor's claims name: `wasmcloud:keyvalue`. Contains a `:`, which tells it from keys and
/// aliases; no white space, comma or control character.
public struct ContractID: Hashable, Sendable, CustomStringConvertible {
    public static let bytesMax = 256

    public let text: String

    public init(_ text: String) throws(NameError) {
        let bytes = text.utf8
        guard (1...Self.bytesMax).contains(bytes.count), bytes.contains(UInt8(ascii: ":")),
            bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: ",") }),
            bytes.allSatisfy({ $0 < 0x80 }) || !text.unicodeScalars.contains(where: \.properties.isWhitespace)
        else { throw NameError(kind: .contract, text: text) }
        self.text = text
    }

    private init(checked text: String) { self.text = text }

    public static let httpServer = ContractID(checked: "wasmcloud:httpserver")
    public static let keyValue = ContractID(checked: "wasmcloud:keyvalue")
    public static let logging = ContractID(checked: "wasmcloud:builtin:logging")
    public static let numbergen = ContractID(checked: "wasmcloud:builtin:numbergen")

    /// Whether the host itself serves it: no link, no provider.
    /// - Source: lattice protocol §6.10.
    public var isBuiltin: Bool { self == .logging || self == .numbergen }

    public var description: String { text }
}
