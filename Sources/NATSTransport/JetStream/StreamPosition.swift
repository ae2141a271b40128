import LatticeBus

/// Where a delivered message stands, told by its reply subject.
///
/// `$JS.ACK.{stream}.{consumer}.{delivered}.{stream seq}.{consumer seq}.{time}.{pending}`, or with domain and account:
/// `$JS.ACK.{domain}.{account}.{stream}.{consumer}.{delivered}.{stream seq}.{consumer
/// seq}.{time}.{pending}[.{random}]`.
struct StreamPosition: Hashable {
    let streamSequence: UInt64
    /// Grows by one with each message of this consumer.
    let consumerSequence: UInt64
    /// How many more there are now.
    let pendingCount: UInt64

    init?(reply: Subject?) {
        guard let tokens = reply?.tokens, tokens.count >= 9, tokens[0] == "$JS", tokens[1] == "ACK" else { return nil }
        let first = tokens.count == 9 ? 4 : 6
        guard tokens.count >= first + 5, let streamSequence = UInt64(tokens[first + 1]),
            let consumerSequence = UInt64(tokens[first + 2]), let pendingCount = UInt64(tokens[first + 4])
        else { return nil }
        self.streamSequence = streamSequence
        self.consumerSequence = consumerSequence
        self.pendingCount = pendingCount
    }
}
