/// A module whose claims can be read; nothing about them is believed yet.
public struct SignedModule: Sendable {
    /// Which of the two computations gave the hash that the claims carry.
    public enum HashMatch: String, Hashable, Sendable {
        /// Lengths in their shortest form: what current tools sign.
        case canonical
        /// The bytes as they are: what tools of revision 2 signed.
        case raw
    }

    public let encoding: ModuleEncoding
    /// The address of the actor.
    public let key: ModuleKey
    public let token: ReceivedToken<ActorClaims>
    private let layout: ModuleLayout

    /// - Parameter bytes: a core module or a component, of any size that the caller is ready to hold.
    /// - Throws: `.unsigned`, or `.tampered` for what is wrong with the structure, the token's form or its subject.
    public init(_ bytes: [UInt8], limits: TokenLimits = TokenLimits()) throws(ModuleRefusal) {
        do { layout = try ModuleLayout(bytes) } catch { throw .tampered(.structure(error)) }
        encoding = layout.encoding
        guard let section = layout.claimsSections.first else { throw .unsigned }
        guard layout.claimsSections.count == 1 else {
            throw .tampered(.ambiguous(claimsSections: layout.claimsSections.count))
        }
        guard section.token.count <= limits.bytesMax else {
            throw .tampered(.token(.tooLong(bytes: section.token.count, limit: limits.bytesMax)))
        }
        // What is not UTF-8 is repaired into characters that no segment may contain.
        let text = String(decoding: bytes[section.token], as: UTF8.self)
        do { token = try ReceivedToken(text, limits: limits) } catch { throw .tampered(.token(error)) }
        do { key = try ModuleKey(token.claims.subject) } catch { throw .tampered(.subject(error)) }
    }

    /// Everything that can be judged without knowing whom we trust.
    public func verified(at now: UnixTime) throws(ModuleRefusal) -> VerifiedModule {
        guard token.isSignedByIssuer else { throw .tampered(.signature(issuer: token.issuer)) }
        guard let match = try hashMatch() else {
            throw .tampered(.hash(claimed: token.claims.payload.hash, found: try hash()))
        }
        do { try token.claims.checkTimes(at: now) } catch { throw ModuleRefusal(time: error, issuer: token.issuer) }
        return VerifiedModule(key: key, token: token, encoding: encoding, hashMatch: match)
    }

    /// The canonical hash of the module as it is.
    public func hash() throws(ModuleRefusal) -> SHA256Digest {
        do { return try layout.canonicalHash() } catch { throw .tampered(.structure(error)) }
    }

    /// Nil when the claims are about another module. Both computations count whatever revision the token says it has:
    /// otherwise leaving the revision out would switch the check off.
    public func hashMatch() throws(ModuleRefusal) -> HashMatch? {
        let claimed = token.claims.payload.hash
        if claimed == "\(try hash())" { return .canonical }
        return claimed == "\(layout.rawHash())" ? .raw : nil
    }
}

/// A module that its issuer signed and that is what was signed. Only `SignedModule` makes one.
public struct VerifiedModule: Sendable {
    public let key: ModuleKey
    public let issuer: AnyKey
    public let claims: TokenClaims<ActorClaims>
    /// The token as the module carries it.
    public let tokenText: String
    public let encoding: ModuleEncoding
    public let hashMatch: SignedModule.HashMatch

    fileprivate init(
        key: ModuleKey, token: ReceivedToken<ActorClaims>, encoding: ModuleEncoding, hashMatch: SignedModule.HashMatch
    ) {
        self.key = key
        issuer = token.issuer
        claims = token.claims
        tokenText = token.text
        self.encoding = encoding
        self.hashMatch = hashMatch
    }
}

extension ModuleRefusal {
    fileprivate init(time error: TokenError, issuer: AnyKey) {
        switch error {
        case .expired(let time, let now): self = .expired(time, now: now)
        case .notYetValid(let time, let now): self = .notYetValid(time, now: now)
        default: self = .tampered(.token(error))
        }
    }
}
