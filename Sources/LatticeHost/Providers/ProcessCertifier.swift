import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// Vouches for the keys of provider processes: a certificate in the trust bucket for as long as the process runs, renewed
/// well before it ends.
/// - Source: trust rules §2.
struct ProcessCertifier: Sendable {
    let cluster: ClusterKeyPair
    let lattice: LatticeName
    let bucket: any MetadataBucket
    let now: @Sendable () -> TokenTime
    let ids = NUIDGenerator()

    private static let renewal = Duration.seconds(240)
    private static let retry = Duration.seconds(5)

    func certificate(of key: ClusterKey, _ provider: ProviderKey, _ link: LinkName) -> String {
        Certificate.signed(
            provider: provider, link, .strict, key: key, by: cluster, lattice: lattice, at: now(), ids: ids)
    }

    /// Until the task is cancelled. While the bucket is out of reach, the one that the process itself sends along counts.
    func keep(_ key: ClusterKey, _ provider: ProviderKey, _ link: LinkName) async {
        while !Task.isCancelled {
            var pause = Self.renewal
            do {
                let token = certificate(of: key, provider, link)
                try await bucket.put(TrustBucketKey.process(key).metadataKey(), Array(token.utf8))
            } catch { pause = Self.retry }
            try? await Task.sleep(for: pause)
        }
    }

    /// The process is gone.
    func withdraw(_ key: ClusterKey) async {
        guard let name = try? TrustBucketKey.process(key).metadataKey() else { return }
        await withDeadline(.seconds(1)) { try? await bucket.delete(name) }
    }
}
