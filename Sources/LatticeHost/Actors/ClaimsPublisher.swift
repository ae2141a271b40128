import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// Puts the claims of what runs here where the lattice looks for them: the actor's own token into the trust bucket, and the
/// all-string form into the classic one.
/// - Source: trust rules §2, lattice protocol §9.2.
struct ClaimsPublisher: Sendable {
    private let trust: any MetadataBucket
    private let data: any MetadataBucket

    init(_ store: any MetadataStore, _ subjects: LatticeSubjects) {
        trust = store.bucket(subjects.trustBucket)
        data = store.bucket(subjects.metadataBucket)
    }

    func publish(_ module: VerifiedModule) async throws(StoreError) {
        try await put(TrustBucketKey.claims(module.key).metadataKey, Array(module.tokenText.utf8), in: trust)
        let entry = ClaimsEntry(actor: module.key, issuer: module.issuer, module.claims.payload)
        try await put(LatticeDataKey.claims(AnyKey(module.key)).metadataKey, entry.json, in: data)
    }

    /// - Parameter issuer: the lattice's first trusted account: a bundled provider has no token of its own.
    func publish(
        provider key: ProviderKey, name: String, contract: ContractID, version: String, issuer: AccountKey?
    ) async throws(StoreError) {
        let entry = ClaimsEntry(
            subject: .provider(key), issuer: issuer.map { "\($0)" } ?? "", name: name, revision: "0", version: version,
            contract: contract.text)
        try await put(LatticeDataKey.claims(AnyKey(key)).metadataKey, entry.json, in: data)
    }

    /// What is there already is not written again: every change wakes every host.
    private func put(
        _ key: () throws(MetadataKeyError) -> MetadataKey, _ value: [UInt8], in bucket: any MetadataBucket
    ) async throws(StoreError) {
        let name: MetadataKey
        do throws(MetadataKeyError) { name = try key() } catch { throw .malformed("\(error)") }
        if let entry = try await bucket.get(name), entry.value == value { return }
        try await bucket.put(name, value)
    }
}
