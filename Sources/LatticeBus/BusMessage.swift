/// One message, on its way out or as it came in.
public struct BusMessage: Hashable, Sendable {
    public var subject: Subject
    /// Where an answer is awaited, if one is.
    public var reply: Subject?
    public var headers: BusHeaders
    /// At most `MessageBus.payloadBytesMax` bytes.
    public var payload: [UInt8]

    public init(to subject: Subject, reply: Subject? = nil, headers: BusHeaders = [:], payload: [UInt8] = []) {
        self.subject = subject
        self.reply = reply
        self.headers = headers
        self.payload = payload
    }
}
