import LatticeBus
import LatticeIdentity
import LatticeProtocol

/// Asks a lattice's hosts and tells them what to do, over any bus. Holds nothing that could grow old.
public struct LatticeClient: Sendable {
    public let bus: any MessageBus
    public let metadata: any MetadataStore
    public let objects: any ObjectStore
    public let subjects: LatticeSubjects

    public init(
        bus: any MessageBus, metadata: any MetadataStore, objects: any ObjectStore, subjects: LatticeSubjects
    ) {
        self.bus = bus
        self.metadata = metadata
        self.objects = objects
        self.subjects = subjects
    }

    public var lattice: LatticeName { subjects.lattice }

    // MARK: One answer

    func ask(
        _ subject: Subject, _ body: [UInt8] = [], within limit: Duration, nobody: ControlError
    ) async throws(ControlError) -> [UInt8] {
        do throws(BusError) {
            return try await bus.request(BusMessage(to: subject, payload: body), timeout: limit).payload
        } catch {
            switch error {
            case .noResponders: throw nobody
            case .timedOut: throw .timedOut(subject, after: limit)
            default: throw .bus(error)
            }
        }
    }

    /// One answer of those who share the question among them.
    func ask<Reply: JSONBody>(
        _ topic: ControlTopic, _ body: [UInt8] = [], within limit: Duration
    ) async throws(ControlError) -> Reply {
        let subject = subjects.control(topic)
        let bytes = try await ask(subject, body, within: limit, nobody: .nobody(lattice))
        return try Self.read(bytes, from: subject)
    }

    /// A host that can't answer a question sends an ack that says why.
    private static func read<Reply: JSONBody>(_ bytes: [UInt8], from subject: Subject) throws(ControlError) -> Reply {
        if !(Reply.self is ControlAck.Type), let ack = try? ControlAck(json: bytes), !ack.accepted, !ack.error.isEmpty {
            throw .refused(ack.error)
        }
        do throws(MessageError) { return try Reply(json: bytes) } catch { throw .unreadable(subject, error) }
    }

    // MARK: Many answers

    /// What comes within the time; answers that can't be read are passed over, as anybody may have sent them.
    func gather<Reply: JSONBody>(
        _ topic: ControlTopic, _ body: [UInt8] = [], within window: Duration, repliesMax: Int
    ) async throws(ControlError) -> [Reply] {
        let message = BusMessage(to: subjects.control(topic), payload: body)
        do throws(BusError) {
            let replies = try await bus.gather(message, within: window, repliesMax: max(1, repliesMax))
            return replies.compactMap { try? Reply(json: $0.payload) }
        } catch {
            if case .noResponders = error { return [] }
            throw .bus(error)
        }
    }
}
