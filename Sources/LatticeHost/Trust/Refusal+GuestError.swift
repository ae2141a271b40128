import ActorRuntime
import LatticeIdentity
import LatticeTrust

extension Refusal {
    /// Why a call of an actor gave no result, in the words of the trust rules.
    /// - Source: trust rules §5.
    init(_ error: GuestError, of actor: ModuleKey) {
        let facts = RefusalFacts(actor: actor)
        func limited(_ name: String, _ limit: UInt64) -> RefusalFacts {
            RefusalFacts(actor: actor, setting: SettingName(name), limit: limit)
        }
        switch error {
        case .refused(let words):
            // A refusal that the actor only passed on keeps its own code.
            self = Refusal(text: words) ?? Refusal(.guestError, words, facts)
        case .trapped: self.init(.trap, "\(error)", facts)
        case .fuelExhausted(let budget, _): self.init(.fuel, "\(error)", limited("actors.fuel_per_call", budget))
        case .memoryExhausted(let limit, _):
            self.init(.memory, "\(error)", limited("actors.memory_max", UInt64(clamping: limit)))
        case .hostMemoryExhausted(let limit):
            self.init(.busy, "\(error)", limited("host.guest_memory_max", UInt64(clamping: limit)))
        case .deadlineExceeded: self.init(.deadline, "\(error)", facts)
        case .busy(let queued): self.init(.busy, "\(error)", limited("actors.queue_max", UInt64(clamping: queued)))
        case .tooLarge(_, _, let limit):
            self.init(.tooLarge, "\(error)", limited("actors.payload_max", UInt64(clamping: limit)))
        case .noRoom: self.init(.busy, "\(error)", facts)
        case .stopped: self.init(.noActor, "\(error)", facts)
        }
    }
}
