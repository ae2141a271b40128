import LatticeBus
import LatticeExchange
import LatticeIdentity
import Synchronization

/// What has changed of what the lattice knows, gathered until somebody has time to act on it: however much comes meanwhile,
/// it is one look.
final class KnowledgeInbox: Sendable {
    struct Changes: Sendable {
        /// Who is trusted, or which host is enrolled.
        var trust = false
        /// Actors, links or grants.
        var records = false
        /// The buckets are (again) known whole: what runs here may not stand in them.
        var current = false
        /// Actors that run here, and of which the buckets hold no claims that count.
        var displaced: Set<ModuleKey> = []
        /// The bucket's document is older than ours, or gone.
        var outdated: MetadataRevision?
    }

    private let changes = Mutex(Changes())
    private let signal = ChangeSignal()

    func add(_ change: KnowledgeChange) {
        changes.withLock { changes in
            switch change {
            case .documentAdopted:
                changes.trust = true
                changes.outdated = nil
            case .documentOutdated(_, let revision): changes.outdated = revision
            case .link, .actor, .revocations: changes.records = true
            case .displaced(let actor): changes.displaced.insert(actor)
            case .current: changes.current = true
            case .refused, .cache, .interrupted: return
            }
        }
        signal.raise()
    }

    func lookAtEverything() {
        changes.withLock { changes in
            changes.trust = true
            changes.records = true
            changes.current = true
        }
        signal.raise()
    }

    /// Hands over what has come, until the task is cancelled.
    func forEach(_ body: (Changes) async -> Void) async {
        await signal.forEach {
            let taken = changes.withLock { changes in
                defer { changes = Changes() }
                return changes
            }
            await body(taken)
        }
    }
}
