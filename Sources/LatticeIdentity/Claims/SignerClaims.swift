/// What is said of a key that signs others: the `wascap` object of the tokens of operators (subject and issuer `O…`),
/// accounts (`A…`, issued by an operator) and clusters (`C…`).
/// - Source: lattice protocol §2.2.
public struct SignerClaims: TokenPayload, Hashable {
    public var name: String?
    /// `valid_signers`: public keys that may sign for the subject. Classic hosts read it and check nothing with it.
    public var validSigners: [String]?

    public init(name: String?, validSigners: [String]? = nil) {
        self.name = name
        self.validSigners = validSigners
    }

    public init(_ object: JSONObject) throws(JSONFieldError) {
        name = try object.string("name")
        validSigners = try object.strings("valid_signers")
    }

    public func writeMembers(to writer: inout JSONWriter) {
        writer.member("name", ifPresent: name)
        writer.member("valid_signers", ifPresent: validSigners)
    }
}
