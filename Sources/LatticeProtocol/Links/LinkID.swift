import LatticeIdentity

/// Names a link: SHA-256 over actor, contract and link name. At most one provider stands behind each.
/// - Source: lattice protocol §9.2.
public struct LinkID: Hashable, Sendable, CustomStringConvertible {
    public let digest: SHA256Digest

    public init(actor: ModuleKey, contract: ContractID, link: LinkName) {
        self.init(hashing: "\(actor)", contract.text, link.text)
    }

    init(hashing actor: String, _ contract: String, _ link: String) {
        var hasher = SHA256Hasher()
        hasher.update(actor)
        hasher.update(contract)
        hasher.update(link)
        digest = hasher.finish()
    }

    /// - Parameter text: 64 upper-case hexadecimal digits.
    public init(_ text: String) throws(NameError) {
        guard let digest = SHA256Digest(text) else { throw NameError(kind: .linkID, text: text) }
        self.digest = digest
    }

    public var description: String { "\(digest)" }
}
