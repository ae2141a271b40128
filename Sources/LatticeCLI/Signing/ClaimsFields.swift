import LatticeIdentity

/// The fields that commands show of a token, whatever its kind.
enum ClaimsFields {
    /// - Throws: when an actor's or provider's claims are not of the shape that they must have.
    static func fields(_ token: ReceivedToken<JSONObject>, at now: UnixTime) throws(ClaimsVerdict) -> JSONObject {
        let subject = try? AnyKey(token.claims.subject)
        let validation = token.validation(at: now)
        var fields: JSONObject = [
            "kind": .string(kind(of: token, subject: subject)), "subject": .string(token.claims.subject),
            "issuer": .string("\(token.issuer)"),
        ]
        do throws(JSONFieldError) {
            try add(claimsOf: token.claims.payload, subject: subject?.kind, to: &fields)
        } catch { throw ClaimsVerdict(.field(error)) }
        fields["issued_at"] = .string("\(token.claims.issuedAt)")
        fields["expires_at"] = token.claims.expires.map { .string("\($0)") } ?? .null
        fields["expires_human"] = .string(validation.expiresHuman)
        fields["not_before"] = token.claims.notBefore.map { .string("\($0)") } ?? .null
        fields["not_before_human"] = .string(validation.notBeforeHuman)
        fields["id"] = .string(token.claims.id)
        fields["signature_valid"] = .bool(validation.signatureValid)
        fields["expired"] = .bool(validation.expired)
        fields["cannot_use_yet"] = .bool(validation.cannotUseYet)
        return fields
    }

    /// What goes without saying in the text about a token that was found good.
    static let hiddenWhenValid: Set<String> = [
        "file", "valid", "code", "sentence", "kind", "expires_at", "not_before_human", "id", "signature_valid",
        "expired", "cannot_use_yet", "hash_match",
    ]

    private static func kind(of token: ReceivedToken<JSONObject>, subject: AnyKey?) -> String {
        if token.claims.payload["target_url"] != nil { return "invocation" }
        guard let kind = subject?.kind else { return "other" }
        return kind == .module ? "actor" : kind.name
    }

    private static func add(
        claimsOf payload: JSONObject, subject: NKeyKind?, to fields: inout JSONObject
    ) throws(JSONFieldError) {
        switch subject {
        case .module?:
            let claims = try ActorClaims(payload)
            fields["name"] = text(claims.name)
            fields["capabilities"] = list(claims.capabilities ?? [])
            fields["tags"] = list(claims.tags ?? [])
            fields["call_alias"] = text(claims.callAlias?.description)
            fields["version"] = text(claims.version)
            fields["revision"] = claims.revision.map { .number(JSONNumber($0)) } ?? .null
            fields["hash"] = text(claims.hash)
        case .provider?:
            let claims = try ProviderClaims(payload)
            fields["name"] = text(claims.name)
            fields["contract"] = text(claims.contract)
            fields["vendor"] = text(claims.vendor)
            fields["version"] = text(claims.version)
            fields["revision"] = claims.revision.map { .number(JSONNumber($0)) } ?? .null
            fields["target_hashes"] = .object(
                JSONObject(claims.targetHashes.map { ($0.target, .string($0.hash)) }))
        default:
            for member in payload.members { fields[member.key] = member.value }
        }
    }

    static func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    static func list(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }
}

extension CLIError {
    /// A module or token that does not count; the code of the trust rules stands in brackets.
    init(_ source: String, _ verdict: ClaimsVerdict, fix: String?) {
        self.init(.refused, "\(source): \(verdict.sentence) [\(verdict.code)]", fix: fix)
    }
}
