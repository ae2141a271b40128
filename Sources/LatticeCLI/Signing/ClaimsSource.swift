import LatticeIdentity

/// What `verify` and `claims show` take: a module, or the text of a token.
enum ClaimsSource {
    case module([UInt8])
    case token(String)

    /// - Parameter file: a module, or a text that holds one token and white space around it.
    init(file: String) throws(CLIError) {
        let bytes = try InputFile.read(file)
        if bytes.starts(with: [0x00, 0x61, 0x73, 0x6D]) {
            self = .module(bytes)
        } else if bytes.count <= TokenLimits().bytesMax, let text = String(validating: bytes, as: UTF8.self)?.trimmed,
            Self.looksLikeToken(text)
        {
            self = .token(text)
        } else {
            throw CLIError(.refused, "'\(file)' is neither a WebAssembly module nor a token")
        }
    }

    /// Whether a text is worth reading as a token: three segments, the first of them JSON.
    static func looksLikeToken(_ text: String) -> Bool {
        text.hasPrefix("ey") && text.split(separator: ".", omittingEmptySubsequences: false).count == 3
    }

    /// The token in it, good or not.
    func token() throws(ClaimsVerdict) -> ReceivedToken<JSONObject> {
        let text: String
        switch self {
        case .token(let token): text = token
        case .module(let bytes):
            do { text = try SignedModule(bytes).token.text } catch { throw ClaimsVerdict(error) }
        }
        do { return try ReceivedToken(text) } catch { throw ClaimsVerdict(error) }
    }

    /// Which hash of a module its claims carry; nil for a token alone.
    func hashMatch() throws(ClaimsVerdict) -> SignedModule.HashMatch? {
        guard case .module(let bytes) = self else { return nil }
        do { return try SignedModule(bytes).hashMatch() } catch { throw ClaimsVerdict(error) }
    }

    /// Everything that can be judged without knowing whom a lattice trusts.
    func check(at now: UnixTime) throws(ClaimsVerdict) {
        switch self {
        case .module(let bytes):
            do { _ = try SignedModule(bytes).verified(at: now) } catch { throw ClaimsVerdict(error) }
        case .token:
            let token = try token()
            do { _ = try token.verified(at: now) } catch { throw ClaimsVerdict(error) }
        }
    }

    /// The command that signs a module anew, under the name that it has or that its file suggests.
    func signCommand(_ file: String) -> String? {
        guard case .module(let bytes) = self else { return nil }
        let base = file.split(separator: "/").last.map(String.init) ?? file
        let stem = base.split(separator: ".").first.map(String.init) ?? base
        let signed = try? SignedModule(bytes).token.claims.payload.name
        return "lattice sign \(shellWord(file)) --name \(shellWord(signed ?? stem))"
    }
}
