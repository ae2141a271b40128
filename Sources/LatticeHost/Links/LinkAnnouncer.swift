import LatticeBus
import LatticeExchange
import LatticeProtocol
import LatticeTrust

/// Tells of changes of links: as events, and to the providers themselves, as those that were not written here learn of links
/// by these messages only.
/// - Source: lattice protocol §9.3; a link that does not count is not sent: trust rules §3.
struct LinkAnnouncer: Sendable {
    let bus: any MessageBus
    let subjects: LatticeSubjects
    let gatekeeper: Gatekeeper
    let events: EventPublisher

    /// While the bus is out of reach nobody hears of it: those who come back look at the bucket.
    func announce(_ change: KnowledgeChange) {
        switch change {
        case .link(.added(let record)), .link(.replaced(let record, _)):
            events.publish(.linkSet(record.definition))
            tellProvider(of: record)
        case .link(.removed(let record)):
            let link = record.definition
            events.publish(.linkDeleted(link))
            try? bus.publish(link.messagePack, to: subjects.linkDelete(link.provider, link.link))
        default: break
        }
    }

    private func tellProvider(of record: LinkRecord) {
        let link = record.definition
        do throws(Refusal) {
            try record.check(gatekeeper.basis, gatekeeper.records.revocations, at: gatekeeper.now)
        } catch { return }
        try? bus.publish(link.messagePack, to: subjects.linkPut(link.provider, link.link))
    }
}
