import LatticeTrust

/// What happens with every refusal that is made on this host: remembered, and told as an event.
/// - Source: trust rules §5.
struct RefusalTeller: Sendable {
    let log: RefusalLog
    let events: EventPublisher

    func call(_ refusal: Refusal) { events.publish(.callRefused(log.add(refusal))) }
    func start(_ refusal: Refusal) { events.publish(.startRefused(log.add(refusal))) }
    func link(_ refusal: Refusal) { events.publish(.linkRefused(log.add(refusal))) }
}
