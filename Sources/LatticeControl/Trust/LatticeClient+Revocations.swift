import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

extension LatticeClient {
    private static let revocationAttemptsMax = 5

    /// Takes a grant back for good: whoever copied the link that it stands in has nothing.
    /// - Parameter signer: whoever signed the grant, or the lattice's operator.
    /// - Throws: `.store(.conflict)` when others write the list again and again.
    public func revoke(
        _ grant: Grant, by signer: AnyKeyPair, at now: TokenTime = .now()
    ) async throws(ControlError) {
        var failure = ControlError.refused("the list of revoked grants was not written")
        for _ in 0..<Self.revocationAttemptsMax {
            guard let conflict = try await attemptRevocation(of: grant, by: signer, at: now) else { return }
            failure = conflict
        }
        throw failure
    }

    /// - Returns: the conflict, when somebody else was quicker.
    private func attemptRevocation(
        of grant: Grant, by signer: AnyKeyPair, at now: TokenTime
    ) async throws(ControlError) -> ControlError? {
        do throws(StoreError) {
            let bucket = metadata.bucket(subjects.trustBucket)
            let key = try Self.revocationKey(of: signer.publicKey)
            let entry = try await bucket.get(key)
            // What can't be read counts for nobody, and is written over.
            let known = entry.flatMap { entry in
                try? RevocationList(
                    verifying: String(decoding: entry.value, as: UTF8.self), of: signer.publicKey, lattice: lattice)
            }
            if known?.grants.contains(grant.id) ?? false { return nil }
            let text = RevocationList.signed(
                by: signer, lattice: lattice, version: (known?.version ?? 0) + 1,
                grants: (known?.grants ?? []).union([grant.id]), at: now, ids: NUIDGenerator())
            try await bucket.put(key, Array(text.utf8), at: entry?.revision ?? .none)
            return nil
        } catch {
            guard case .conflict = error else { throw .store(error) }
            return .store(error)
        }
    }

    private static func revocationKey(of signer: AnyKey) throws(StoreError) -> MetadataKey {
        do throws(MetadataKeyError) { return try TrustBucketKey.revoked(signer).metadataKey() } catch {
            throw .malformed("\(error)")
        }
    }
}
