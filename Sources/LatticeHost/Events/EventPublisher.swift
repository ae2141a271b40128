import LatticeBus
import LatticeIdentity
import LatticeProtocol

/// Tells the lattice what happened on this host. Nobody waits for events: while the bus is out of reach they are lost, as
/// the protocol has it.
final class EventPublisher: Sendable {
    private let bus: any MessageBus
    private let subjects: LatticeSubjects
    private let source: HostKey

    init(bus: any MessageBus, subjects: LatticeSubjects, source: HostKey) {
        self.bus = bus
        self.subjects = subjects
        self.source = source
    }

    func publish(_ event: LatticeEvent) {
        for message in event.messages(id: UUIDText.random(), source: source, time: .now(), in: subjects) {
            try? bus.publish(message)
        }
    }
}
