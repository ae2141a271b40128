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

    /// What counts against the server's limit: the payload and, where there are any, the headers as they are sent.
    package var bytesCount: Int {
        guard !headers.isEmpty else { return payload.count }
        // A version line and an empty line, then "name: value" and a line end for each.
        let frameBytesCount = "NATS/1.0\r\n\r\n".utf8.count
        return headers.fields.reduce(payload.count + frameBytesCount) { count, field in
            count + field.name.utf8.count + field.value.utf8.count + ": \r\n".utf8.count
        }
    }
}
