/// What an account says of an actor: the `wascap` object of a module's token.
/// - Source: lattice protocol §2.2.
public struct ActorClaims: TokenPayload, Hashable {
    /// `name`: for people.
    public var name: String?
    /// `hash`: upper-case hexadecimal SHA-256 of the module, set by whoever signs.
    public var hash: String
    /// `tags`: absent and empty stay apart, as they are different bytes.
    public var tags: [String]?
    /// `caps`: ids of the contracts that the actor may use. One may be the empty string, which grants nothing.
    public var capabilities: [String]?
    /// `rev`: larger than that of the version before.
    public var revision: Int32?
    /// `ver`: for people.
    public var version: String?
    /// `call_alias`: as other actors call it; already normalized in what we sign.
    public var callAlias: CallAlias?
    /// `prov`: false for actors.
    public var isProvider: Bool

    public init(
        name: String?, hash: String = "", tags: [String]? = nil, capabilities: [String]? = nil,
        revision: Int32? = nil, version: String? = nil, callAlias: CallAlias? = nil, isProvider: Bool = false
    ) {
        self.name = name
        self.hash = hash
        self.tags = tags
        self.capabilities = capabilities
        self.revision = revision
        self.version = version
        self.callAlias = callAlias
        self.isProvider = isProvider
    }

    public init(_ object: JSONObject) throws(JSONFieldError) {
        name = try object.string("name")
        hash = try object.required("hash", object.string)
        tags = try object.strings("tags")
        capabilities = try object.strings("caps")
        revision = try object.integer("rev")
        version = try object.string("ver")
        callAlias = try object.string("call_alias").flatMap(CallAlias.init(signed:))
        isProvider = try object.bool("prov") ?? false
    }

    public func writeMembers(to writer: inout JSONWriter) {
        writer.member("name", ifPresent: name)
        writer.member("hash", hash)
        writer.member("tags", ifPresent: tags)
        writer.member("caps", ifPresent: capabilities)
        writer.member("rev", ifPresent: revision)
        writer.member("ver", ifPresent: version)
        writer.member("call_alias", ifPresent: callAlias?.description)
        writer.member("prov", isProvider)
    }
}
