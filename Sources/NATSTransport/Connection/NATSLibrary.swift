import CNATS
import LatticeBus

/// What is set once per process for the C client.
enum NATSLibrary {
    /// Without a pool every subscription would have a thread of its own. Handlers return within microseconds, so a few
    /// threads serve thousands of them; the order within one subscription is kept.
    static let deliveryThreadsMax: CInt = 4

    static let opened: natsStatus = {
        let status = nats_Open(-1)
        guard status == NATS_OK else { return status }
        return nats_SetMessageDeliveryPoolSize(deliveryThreadsMax)
    }()
}

extension natsStatus {
    var text: String { natsStatus_GetText(self).map { String(cString: $0) } ?? "status \(rawValue)" }

    func refusal(_ doing: String) -> BusError? {
        self == NATS_OK ? nil : .refused(reason: "\(doing): \(text)")
    }
}
