import LatticeBus

/// The one subscription to which all replies of a connection come. The last token of a reply's subject is the number of
/// its entry in the reply table.
struct ReplyInbox: Sendable {
    private let prefix: String
    private let inboxPrefix: String
    private let subscription: NATSSubscription

    init(_ connection: ConnectionHandle, replies: ReplyTable, prefix inboxPrefix: String) throws(BusError) {
        self.inboxPrefix = inboxPrefix
        prefix = "\(inboxPrefix).\(UniqueID().text)."
        let prefixBytesCount = prefix.utf8.count
        let pattern = SubjectPattern(received: prefix + "*")
        subscription = try NATSSubscription.subscribe(connection, pattern, group: nil, limits: PendingLimits()) {
            message in
            let number = message.withSubjectBytes { Self.number(in: $0.dropFirst(prefixBytesCount)) }
            guard let number else { return }
            if message.isNoResponders {
                replies.refuseNoResponders(number)
            } else {
                replies.deliver(message.copied(), to: number)
            }
        }
    }

    func subject(for number: UInt64) -> Subject { Subject(received: prefix + String(number)) }

    func uniqueSubject() -> Subject { Subject(received: "\(inboxPrefix).\(UniqueID().text)") }

    private static func number(in digits: Slice<UnsafeBufferPointer<UInt8>>) -> UInt64? {
        guard (1...20).contains(digits.count) else { return nil }
        var number: UInt64 = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(UInt64(digit - 0x30))
            guard !overflow, !carry else { return nil }
            number = sum
        }
        return number
    }
}

/// 22 characters of `0–9 A–Z a–z` from the system's random source: the form of the identifiers that object stores use.
struct UniqueID: Sendable {
    let text: String

    init() {
        let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<22).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
        text = String(decoding: bytes, as: UTF8.self)
    }
}
