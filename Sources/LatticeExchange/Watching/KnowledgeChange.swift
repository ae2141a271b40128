import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// What a watch of the two buckets has to tell. It is in force in the gatekeeper already when it is told.
public enum KnowledgeChange: Sendable {
    /// A newer trust document counts. Told are those whom nobody trusts any more, neither document nor configuration: what
    /// they signed must stop.
    case documentAdopted(TrustDocument, removedIssuers: Set<AccountKey>, removedClusters: Set<ClusterKey>)
    /// The bucket has no document, something that is none, or an older one than was seen: an enrolled host calls
    /// `LatticeWatch.writeBack`.
    /// - Parameters:
    ///   - found: its version; nil for none.
    ///   - revision: of what is there, for the compare-and-set.
    case documentOutdated(found: UInt64?, revision: MetadataRevision)
    case link(LatticeRecords.Change<LinkRecord>)
    case actor(LatticeRecords.Change<ActorRecord>)
    /// The bucket has no claims, or none that count, of an actor that runs here, which keeps its own: others can't know them
    /// before they are published again.
    case displaced(ModuleKey)
    /// Links that counted may not count any more.
    case revocations(RevocationList)
    /// An entry does not count, for this reason. What stood under its key before does not either.
    case refused(MetadataKey, in: WatchedBucket, reason: String)
    /// Something is not stored on disk, or could not be read from there.
    case cache(problem: String)
    /// What both buckets hold is known.
    case current
    /// A bucket is out of reach: what is known may grow old until the next `current`.
    case interrupted(StoreError)
}

/// The two buckets that a lattice's knowledge is in. The raw value names them on disk.
public enum WatchedBucket: String, Hashable, Sendable, CaseIterable {
    /// `LATTICETRUST_{lattice}`: what counts as proof. First, for what the other holds is judged by it.
    case trust
    /// `LATTICEDATA_{lattice}`: links and claims as classic hosts know them.
    case data
}
