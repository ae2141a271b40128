import ArgumentParser
import LatticeIdentity

/// What every kind of `lattice sign` takes.
struct SigningOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Who signs: a key's name or public key.", valueName: "key"))
    var issuer: String?

    @Option(
        help: ArgumentHelp(
            "How long it is valid, such as 30d or 12h; without it, for ever.", valueName: "duration"),
        transform: DurationArgument.parse)
    var expires: DurationArgument?

    @Option(help: ArgumentHelp("Where to write the result.", valueName: "file"))
    var output: String?

    @OptionGroup var format: OutputOptions

    /// The pair that signs: the one that `--issuer` names, or the only one there is of this kind.
    func issuer(_ kind: NKeyKind, in keys: KeyStore) throws(CLIError) -> AnyKeyPair {
        guard let issuer else { return try keys.only(kind, option: "--issuer") }
        return try keys.find(issuer, kind).1
    }

    /// A token's frame: who, when, until when.
    func claims<Payload: TokenPayload>(_ subject: AnyKey, _ payload: Payload) -> TokenClaims<Payload> {
        let now = UnixTime.now()
        return TokenClaims(
            id: NUIDGenerator().next(), subject: "\(subject)", issuedAt: now,
            expires: expires.map { now.advanced(by: $0.duration) }, payload: payload)
    }

    /// Prints a signed token: alone as text, so that it can be piped, with its claims as JSON.
    func deliver(_ token: String) throws(CLIError) {
        if let output { try InputFile.write(Array("\(token)\n".utf8), to: output) }
        var fields: JSONObject
        do { fields = try ClaimsFields.fields(ClaimsSource.token(token).token(), at: .now()) } catch {
            throw CLIError("the token", error, fix: nil)
        }
        fields["token"] = .string(token)
        fields["file"] = ClaimsFields.text(output)
        format.print(SignedTokenReport(token: token, file: output, fields: fields))
    }
}

private struct SignedTokenReport: Report {
    let token: String
    let file: String?
    let fields: JSONObject

    var json: JSONValue { .object(fields) }

    func text(style: TextStyle) -> String { file.map { "signed: \($0)\n" } ?? "\(token)\n" }
}

/// `--subject`: whom a token is about.
struct SubjectOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Whom it is about: a key's name or public key. Its seed is not needed.", valueName: "key"))
    var subject: String?

    /// The key that `--subject` names, else the one kept under `name`, made now if there is none.
    func key(_ kind: NKeyKind, name: KeyName, in keys: KeyStore) throws(CLIError) -> AnyKey {
        guard let subject else {
            let (pair, isNew) = try keys.pair(name, creating: kind)
            if isNew { Program.notice("new \(kind.name) key '\(name)': \(pair.publicKey)") }
            return pair.publicKey
        }
        if let key = try? AnyKey(subject) {
            guard key.kind == kind else {
                throw CLIError(.wrongUsage, "--subject has to be a key of kind \(kind.name), not \(key.kind.name)")
            }
            return key
        }
        return try keys.find(subject, kind).1.publicKey
    }
}
