import LatticeIdentity

/// Signs what one host, provider process or client sends. Made once: it keeps the texts that never change.
public struct InvocationSigner: Sendable {
    /// What is to be signed.
    public struct Draft: Sendable {
        public var origin: Entity
        public var target: Entity
        public var operation: String
        /// All of the argument.
        public var argument: [UInt8]
        public var id: InvocationID
        public var traceContext: [String: String]
        /// Whether the argument travels through the object store, under the invocation's id.
        public var isChunked: Bool

        public init(
            from origin: Entity, to target: Entity, operation: String, argument: [UInt8], id: InvocationID,
            traceContext: [String: String] = [:], isChunked: Bool = false
        ) {
            self.origin = origin
            self.target = target
            self.operation = operation
            self.argument = argument
            self.id = id
            self.traceContext = traceContext
            self.isChunked = isChunked
        }
    }

    /// How much the token says.
    public enum Form: Hashable, Sendable {
        /// What classic readers know and nothing else.
        case classic
        /// Bound to one subject and to a time; the call may take `timeout` from its arrival.
        case strict(subject: String, timeout: Duration)
    }

    /// Added to the timeout for what a message's way may take, so that `exp` is later than the call's end.
    public static let expiryMargin = Duration.seconds(5)

    private let key: ClusterKeyPair
    private let issuer: String
    private let host: String
    private let lattice: LatticeName
    private let certificate: String?
    private let ids: NUIDGenerator

    /// - Parameter certificate: sent along, where the key is that of a provider process or a client.
    public init(
        key: ClusterKeyPair, host: HostKey, lattice: LatticeName, certificate: String? = nil,
        ids: NUIDGenerator = NUIDGenerator()
    ) {
        self.key = key
        issuer = "\(key.publicKey)"
        self.host = "\(host)"
        self.lattice = lattice
        self.certificate = certificate
        self.ids = ids
    }

    /// For a client, which is no host: its key stands for one.
    public init(
        client key: ClusterKeyPair, lattice: LatticeName, certificate: String, ids: NUIDGenerator = NUIDGenerator()
    ) {
        self.key = key
        issuer = "\(key.publicKey)"
        host = issuer
        self.lattice = lattice
        self.certificate = certificate
        self.ids = ids
    }

    public func nextID() -> InvocationID { InvocationID(from: ids) }

    public func sign(_ draft: Draft, _ form: Form, at now: TokenTime) -> Invocation {
        sign(draft, form, at: now, tokenID: ids.next())
    }

    func sign(_ draft: Draft, _ form: Form, at now: TokenTime, tokenID: String) -> Invocation {
        let digest = InvocationDigest(
            origin: draft.origin, target: draft.target, operation: draft.operation, argument: draft.argument)
        var claims = InvocationClaims(
            targetURL: digest.targetURL, originURL: digest.originURL, hash: "\(digest.hash)")
        var expires: TokenTime?
        if case .strict(let subject, let timeout) = form {
            claims.lattice = lattice.text
            claims.timeoutMilliseconds = timeout.wholeMilliseconds
            claims.subject = subject
            expires = now.advanced(by: timeout + Self.expiryMargin)
        }
        let token = TokenClaims(
            id: tokenID, subject: draft.id.text, issuedAt: now, expires: expires, payload: claims
        ).signed(by: key)
        return Invocation(
            origin: draft.origin, target: draft.target, operation: draft.operation,
            payload: draft.isChunked ? [] : draft.argument, id: draft.id, token: token, host: host,
            contentLength: UInt64(draft.argument.count), traceContext: draft.traceContext, certificate: certificate)
    }

    /// The token of a reply, for `InvocationResponse.token`.
    /// - Parameter result: all of it, also when it travels through the object store.
    public func replyToken(to id: String, error: String?, result: [UInt8], at now: TokenTime) -> String {
        let hash = InvocationDigest.hash(ofReplyTo: id, error: error, result: result)
        return TokenClaims(
            id: ids.next(), subject: id, issuedAt: now, payload: ReplyClaims(hash: "\(hash)", lattice: lattice)
        ).signed(by: key)
    }
}
