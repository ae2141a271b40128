import LatticeBus
import LatticeControl
import LatticeHost
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// The operator and account of this machine's user, made where they are missing, and the lattice's trust in this host.
/// - Source: trust rules §1.
struct OwnTrust {
    let operatorPair: OperatorKeyPair
    let account: AccountKeyPair

    /// - Parameter lattice: for messages.
    init(keys: KeyStore) throws(CLIError) {
        operatorPair = try Self.pair(keys, .operator, "lattice trust list")
        account = try Self.pair(keys, .account, "lattice keys list")
    }

    /// The only key of its kind, or a new one called `default`.
    private static func pair<Role: NKeyRole>(
        _ keys: KeyStore, _ kind: NKeyKind, _ fix: String
    ) throws(CLIError) -> KeyPair<Role> {
        let pair: AnyKeyPair
        if try keys.entries(kind).isEmpty {
            pair = try keys.pair(.unnamed, creating: kind).0
        } else {
            pair = try keys.only(kind, option: "--issuer")
        }
        do throws(NKeyError) { return try KeyPair(pair) } catch { throw CLIError(.refused, "\(error)", fix: fix) }
    }

    /// Sees to it that the lattice's document names this account and this host.
    /// - Throws: exit 1 when the lattice belongs to another operator, exit 3 when the server keeps no data.
    func enrol(_ identity: HostIdentity, with client: LatticeClient) async throws {
        for _ in 0..<5 {
            do throws(ControlError) {
                return try await enrolOnce(identity, client)
            } catch {
                guard case .store(.conflict) = error else { throw Self.failure(error) }
            }
        }
        throw CLIError(.refused, "the trust document changes faster than this host can be enrolled", fix: "lattice up")
    }

    private func enrolOnce(_ identity: HostIdentity, _ client: LatticeClient) async throws(ControlError) {
        let stored = try await client.storedTrust()
        var contents = TrustContents()
        var version: UInt64 = 0
        if let text = stored.text {
            guard
                let document = try? TrustDocument(
                    verifying: text, operatorKey: operatorPair.publicKey, lattice: client.lattice)
            else { throw .refused(foreign(stored, client.lattice)) }
            contents = TrustContents(document)
            version = document.version
        }
        let ids = NUIDGenerator()
        let token = Enrolment.signed(
            by: identity.host, cluster: identity.cluster.publicKey, lattice: client.lattice, at: .now(), ids: ids)
        guard let enrolment = try? Enrolment(verifying: token, of: identity.host.publicKey, lattice: client.lattice)
        else {
            throw .refused("this host's own keys do not fit together")
        }
        let isIssuerNew = contents.add(account.publicKey)
        let isHostNew = contents.enrol(enrolment)
        guard isIssuerNew || isHostNew else { return }
        let document: TrustDocument
        do throws(ProofError) {
            document = try TrustDocument.signed(
                by: operatorPair, lattice: client.lattice, version: version + 1, issuers: contents.issuers,
                clusters: contents.clusters, accountTokens: contents.accountTokens, at: .now(), ids: ids)
        } catch { throw .refused("\(error)") }
        try await client.put(document, over: stored)
    }

    private func foreign(_ stored: LatticeClient.StoredTrust, _ lattice: LatticeName) -> String {
        let signer = stored.signer.map { "operator \($0)" } ?? "another operator"
        return
            "the lattice '\(lattice)' belongs to \(signer), and the one here is \(operatorPair.publicKey): run a host "
            + "in it with 'LATTICE_TRUST_OPERATOR=\(stored.signer.map { "\($0)" } ?? "O…") lattice host', and have it "
            + "enrolled there"
    }

    private static func failure(_ error: ControlError) -> CLIError {
        switch error {
        case .store(.storageOff(let remedy)):
            CLIError(
                .nobodyReachable, "the NATS server keeps no data, as JetStream is off: \(remedy)",
                fix: "nats-server -js -sd DIR")
        case .store(.bus), .bus: CLIError(.nobodyReachable, "\(error)")
        default: CLIError(.refused, "\(error)")
        }
    }
}
