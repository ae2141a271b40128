import LatticeIdentity
import Synchronization

/// Which actors run here, for those who were made before whatever runs them.
final class RunningActors: Sendable {
    private let supervisor = Mutex(ActorSupervisor?.none)

    func follow(_ actors: ActorSupervisor) { supervisor.withLock { $0 = actors } }
    func contains(_ key: ModuleKey) -> Bool { supervisor.withLock { $0 }?[key] != nil }
}
