import LatticeBus
import LatticeProtocol
import LatticeTrust

extension Refusal {
    /// Why a call that went over the bus got no reply, in the words of the trust rules.
    /// - Source: trust rules §5.
    init(_ error: BusError, of call: RemoteCall.Summary) {
        switch error {
        case .noResponders:
            switch call.target {
            case .actor(let actor): self = .noActor(actor)
            case .provider(let provider, _, let link):
                self.init(.noProvider, "nobody runs provider \(provider) under link name '\(link)'")
            }
        case .timedOut(_, let limit): self = .late(after: limit)
        // What the client library will not send does not get there either, and the sentence says which it was.
        case .disconnected, .closed, .refused, .cancelled, .invalidHeader: self.init(.disconnected, "\(error)")
        case .busy: self.init(.busy, "\(error)")
        case .payloadTooLarge(let bytesCount, let limit):
            self = .tooLarge("call", bytesCount: bytesCount, busLimit: limit)
        }
        let limit = facts.limit
        let setting = facts.setting
        facts = call.facts
        (facts.limit, facts.setting) = (limit, setting)
        self.call = call.id
    }

    static func late(after limit: Duration) -> Refusal {
        Refusal(
            .deadline, "no answer came within the \(limit.wholeMilliseconds) ms that were left",
            RefusalFacts(setting: SettingName("actors.timeout_ms")))
    }

    /// - Parameter what: `call` or `result`.
    static func tooLarge(_ what: String, bytesCount: Int, busLimit: Int) -> Refusal {
        Refusal(
            .tooLarge,
            "the \(what) makes a message of \(bytesCount) bytes, and the bus takes \(busLimit) (its server's max_payload)",
            RefusalFacts(limit: UInt64(clamping: busLimit)))
    }
}
