import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

extension LatticeClient {
    /// What the trust bucket holds as document, whoever signed it.
    public struct StoredTrust: Hashable, Sendable {
        public let text: String?
        public let revision: MetadataRevision

        /// Who says that he signed it.
        public var signer: OperatorKey? { text.flatMap(TrustDocument.signer) }
    }

    public func storedTrust() async throws(ControlError) -> StoredTrust {
        do throws(StoreError) {
            let entry = try await metadata.bucket(subjects.trustBucket).get(Self.documentKey())
            return StoredTrust(
                text: entry.map { String(decoding: $0.value, as: UTF8.self) }, revision: entry?.revision ?? .none)
        } catch { throw .store(error) }
    }

    /// Writes a version over the one that was read.
    /// - Throws: `.store(.conflict)` when somebody else was quicker.
    public func put(_ document: TrustDocument, over stored: StoredTrust) async throws(ControlError) {
        do throws(StoreError) {
            let bucket = metadata.bucket(subjects.trustBucket)
            try await bucket.open()
            try await bucket.put(Self.documentKey(), Array(document.text.utf8), at: stored.revision)
        } catch { throw .store(error) }
    }

    private static func documentKey() throws(StoreError) -> MetadataKey {
        do throws(MetadataKeyError) { return try TrustBucketKey.document.metadataKey() } catch {
            throw .malformed("\(error)")
        }
    }

    // MARK: Who goes by it

    /// Which hosts of a document go by it.
    public struct TrustSpread: Hashable, Sendable {
        public var reached: [HostReply]
        /// They answer with another version.
        public var behind: [HostReply]
    }

    /// Asks all enrolled hosts again and again, until all that answer go by this version or the time is up.
    public func spread(
        of document: TrustDocument, within limit: Duration, clock: ContinuousClock = ContinuousClock()
    ) async throws(ControlError) -> TrustSpread {
        let deadline = clock.now.advanced(by: limit)
        let clusters = Set(document.clusters.map(\.key))
        while true {
            let replies = try await hosts(expecting: clusters).filter { $0.cluster.map(clusters.contains) ?? false }
            let (reached, behind) = Self.divided(replies, by: document.version)
            if behind.isEmpty || clock.now >= deadline { return TrustSpread(reached: reached, behind: behind) }
            do { try await clock.sleep(for: .milliseconds(50)) } catch { throw .bus(.cancelled) }
        }
    }

    private static func divided(
        _ replies: [HostReply], by version: UInt64
    ) -> (reached: [HostReply], behind: [HostReply]) {
        (
            replies.filter { $0.trustVersion ?? 0 >= version },
            replies.filter { $0.trustVersion ?? 0 < version }
        )
    }
}
