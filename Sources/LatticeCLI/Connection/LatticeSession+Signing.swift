import LatticeConfig
import LatticeControl
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// With which of a person's keys something is signed.
extension LatticeSession {
    /// An account here that the lattice trusts, else its operator.
    /// - Parameter issuer: the account that the person named, if any.
    func granter(_ snapshot: LatticeSnapshot, named issuer: String?) throws(CLIError) -> AnyKeyPair {
        if let foreign = foreign(snapshot) { throw foreign }
        if let issuer { return try keys.find(issuer, .account).1 }
        var accounts: [(KeyStore.Entry, AnyKeyPair)] = []
        for entry in try keys.entries(.account) { accounts.append((entry, try keys.load(entry))) }
        let trusted = accounts.filter { snapshot.basis.trustsGranter($0.1.publicKey) }
        if trusted.count > 1 {
            if let usual = trusted.first(where: { $0.0.name == .unnamed }) { return usual.1 }
            let names = trusted.map(\.0.name.description).joined(separator: ", ")
            throw CLIError(
                .wrongUsage, "several accounts here are trusted (\(names)): say which one signs with --issuer",
                fix: "lattice keys list")
        }
        if let only = trusted.first { return only.1 }
        for entry in try keys.entries(.operator) {
            let pair = try keys.load(entry)
            if snapshot.basis.trustsGranter(pair.publicKey) { return pair }
        }
        throw untrusted(accounts.map(\.1.publicKey), snapshot)
    }

    private func untrusted(_ accounts: [AnyKey], _ snapshot: LatticeSnapshot) -> CLIError {
        guard snapshot.document != nil else {
            return CLIError(
                .refused, "the lattice '\(lattice)' has no trust document, so nobody's signature counts in it",
                fix: "lattice trust init")
        }
        guard let account = accounts.first else {
            return CLIError(
                .refused, "there is no account key in \(keys.folder) to sign with", fix: "lattice keys new account")
        }
        let list = accounts.map { "\($0)" }.joined(separator: ", ")
        return CLIError(
            .refused, "the lattice '\(lattice)' trusts none of the accounts in \(keys.folder) (\(list))",
            fix: "lattice trust add \(account)")
    }

    /// That the lattice's document does not count for this person.
    func foreign(_ snapshot: LatticeSnapshot) -> CLIError? {
        guard let problem = snapshot.documentProblem else { return nil }
        return CLIError(
            .refused,
            "the trust document of the lattice '\(lattice)' does not count here: \(problem); if that operator is yours, "
                + "name it as trust.operator in lattice.conf, or in LATTICE_TRUST_OPERATOR")
    }

    /// Takes the grant of a link that is gone back, so that a copy of the link counts for nothing.
    /// - Parameter link: as it was.
    func revoke(grantOf link: LinkRecord, _ snapshot: LatticeSnapshot) async throws {
        guard case .grant(let grant) = link.proof else { return }
        guard let signer = try revoker(of: grant, snapshot) else {
            return Program.notice(
                "note: the grant of that link can't be revoked here: it is by \(grant.signer), whose key is not in "
                    + keys.folder)
        }
        try await client.revoke(grant, by: signer)
    }

    /// Whoever signed it, else the operator.
    private func revoker(of grant: Grant, _ snapshot: LatticeSnapshot) throws(CLIError) -> AnyKeyPair? {
        let operatorKey = snapshot.basis.operatorKey.map { AnyKey($0) }
        for kind in [NKeyKind.account, .operator] {
            for entry in try keys.entries(kind) {
                let pair = try keys.load(entry)
                if pair.publicKey == grant.signer || pair.publicKey == operatorKey { return pair }
            }
        }
        return nil
    }

    /// The pair of the operator who signed the lattice's document.
    func operatorPair(of key: OperatorKey) throws(CLIError) -> OperatorKeyPair {
        for entry in try keys.entries(.operator) {
            if let pair = try? OperatorKeyPair(try keys.load(entry)), pair.publicKey == key { return pair }
        }
        throw CLIError(
            .refused,
            "only its operator \(key) changes whom the lattice '\(lattice)' trusts, and that key is not in "
                + keys.folder, fix: "lattice keys import FILE --name operator")
    }
}
