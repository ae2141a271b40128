import ArgumentParser
import LatticeControl
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

struct TrustInit: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Makes you the operator of a lattice that has none.",
        discussion: """
            Makes an operator and an account key where there are none, and stores the first version of the lattice's \
            trust document with the account in it. Where the operator's document is there already, nothing changes.
            """)

    static let examples = ["lattice trust init", "lattice trust init --operator acme --account team"]

    @Option(name: .customLong("operator"), help: "The operator: a key's name or public key.")
    var operatorName: String?

    @Option(help: "The account that is trusted first: a key's name or public key.")
    var account: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func report(in session: LatticeSession) async throws -> OutcomeReport {
        let stored = try await session.client.storedTrust()
        if stored.text != nil { return try existing(stored, session) }
        let operatorPair: OperatorKeyPair
        let issuer: AccountKey
        let pairs = (
            try key(.operator, named: operatorName, option: "--operator", session.keys),
            try key(.account, named: account, option: "--account", session.keys)
        )
        do {
            operatorPair = try OperatorKeyPair(pairs.0)
            issuer = try AccountKey(pairs.1.publicKey)
        } catch { throw CLIError(.refused, "\(error)") }
        // A host that outlived the bucket would not take an older version.
        let replies = try await session.client.hosts()
        let version = TrustChange.next(after: 0, replies)
        let document = try TrustDocument.signed(
            by: operatorPair, lattice: session.lattice, version: version, issuers: [issuer], clusters: [], at: .now(),
            ids: NUIDGenerator())
        do { try await session.client.put(document, over: stored) } catch ControlError.store(.conflict) {
            // Somebody else was quicker; perhaps it was the same person.
            return try existing(try await session.client.storedTrust(), session)
        }
        return report(document, isNew: true)
    }

    private func existing(_ stored: LatticeClient.StoredTrust, _ session: LatticeSession) throws -> OutcomeReport {
        guard let signer = stored.signer, let text = stored.text else {
            throw CLIError(.refused, "what the lattice '\(session.lattice)' has as trust document can't be read")
        }
        let named = try operatorName.map { try OperatorKey(session.keys.find($0, .operator).1.publicKey) }
        let isOwn = try (try? session.operatorPair(of: signer)) != nil || session.operatorKey() == signer
        guard isOwn, named == nil || named == signer else {
            throw CLIError(
                .refused,
                "the lattice '\(session.lattice)' has a trust document already, by the operator \(signer): to run a host "
                    + "in it, set trust.operator to that key in its lattice.conf, or LATTICE_TRUST_OPERATOR, and have it "
                    + "enrolled there with 'lattice trust add'")
        }
        do throws(ProofError) {
            return report(
                try TrustDocument(verifying: text, operatorKey: signer, lattice: session.lattice), isNew: false)
        } catch {
            throw CLIError(.refused, "the trust document of the lattice '\(session.lattice)' does not count: \(error)")
        }
    }

    /// The named key, else the only one, else a new one.
    private func key(
        _ kind: NKeyKind, named name: String?, option: String, _ keys: KeyStore
    ) throws(CLIError) -> AnyKeyPair {
        if let name { return try keys.find(name, kind).1 }
        if try keys.entries(kind).isEmpty {
            let (pair, isNew) = try keys.pair(.unnamed, creating: kind)
            if isNew { Program.notice("new \(kind.name) key '\(KeyName.unnamed)': \(pair.publicKey)") }
            return pair
        }
        return try keys.only(kind, option: option)
    }

    private func report(_ document: TrustDocument, isNew: Bool) -> OutcomeReport {
        var fields = Trust.fields(document)
        fields["outcome"] = .string(isNew ? "created" : "unchanged")
        let lines = [
            isNew
                ? "the lattice '\(document.lattice)' has a trust document now, version \(document.version)"
                : "the lattice '\(document.lattice)' has a trust document of this operator already, version "
                    + "\(document.version)",
            "operator  \(document.operatorKey)",
        ]
        let accounts = document.issuers.map { "account   \($0)" }
        let hint = [
            "Hosts that are to be in this lattice need the operator's key: trust.operator in their lattice.conf, or",
            "LATTICE_TRUST_OPERATOR=\(document.operatorKey)",
        ]
        return OutcomeReport(lines + accounts + hint, fields)
    }
}
