import Glibc
import CNATS
import LatticeBus

/// One message handed over by the C client. Freed exactly once, when this value goes away.
struct NATSMessage: ~Copyable {
    private let raw: OpaquePointer

    /// - Parameter raw: a `natsMsg *` that nobody else will destroy.
    init(owning raw: OpaquePointer) { self.raw = raw }

    deinit { natsMsg_Destroy(raw) }

    /// The server's own reply when nobody subscribes to what was asked.
    var isNoResponders: Bool { natsMsg_IsNoResponders(raw) }

    /// The bytes of the subject; they die with this value.
    func withSubjectBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        guard let subject = natsMsg_GetSubject(raw) else { return body(UnsafeBufferPointer(start: nil, count: 0)) }
        let bytesCount = strlen(subject)
        return subject.withMemoryRebound(to: UInt8.self, capacity: bytesCount) {
            body(UnsafeBufferPointer(start: $0, count: bytesCount))
        }
    }

    /// A copy of everything: the C buffers die with this value.
    func copied() -> BusMessage {
        let subject = natsMsg_GetSubject(raw).map { String(cString: $0) } ?? ""
        let reply = natsMsg_GetReply(raw).map { String(cString: $0) }
        let bytesCount = Int(natsMsg_GetDataLength(raw))
        let payload = Array(UnsafeRawBufferPointer(start: natsMsg_GetData(raw), count: bytesCount))
        return BusMessage(
            to: Subject(received: subject), reply: reply.map(Subject.init(received:)), headers: headers,
            payload: payload)
    }

    private var headers: BusHeaders {
        var headers = BusHeaders()
        var names: UnsafeMutablePointer<UnsafePointer<CChar>?>?
        var namesCount: CInt = 0
        // Says that nothing was found, without allocating, for the most common message: one without headers.
        guard natsMsgHeader_Keys(raw, &names, &namesCount) == NATS_OK, let names else { return headers }
        // The client allocates these lists, not the texts within, with malloc and leaves them to us.
        defer { free(names) }
        for index in 0..<Int(namesCount) {
            guard let name = names[index] else { continue }
            var values: UnsafeMutablePointer<UnsafePointer<CChar>?>?
            var valuesCount: CInt = 0
            guard natsMsgHeader_Values(raw, name, &values, &valuesCount) == NATS_OK, let values else { continue }
            defer { free(values) }
            for index in 0..<Int(valuesCount) {
                headers.append(String(cString: name), values[index].map { String(cString: $0) } ?? "")
            }
        }
        return headers
    }
}

/// One message of ours for the C client, which copies it when sending. Freed exactly once, when this value goes away.
struct NATSMessageToSend: ~Copyable {
    private let raw: OpaquePointer

    init(_ message: BusMessage) throws(BusError) {
        var made: OpaquePointer?
        let status = message.subject.text.withCString { subject in
            message.payload.withUnsafeBytes { payload in
                let data = payload.baseAddress?.assumingMemoryBound(to: CChar.self)
                guard let reply = message.reply else {
                    return natsMsg_Create(&made, subject, nil, data, CInt(payload.count))
                }
                return reply.text.withCString { natsMsg_Create(&made, subject, $0, data, CInt(payload.count)) }
            }
        }
        guard status == NATS_OK, let made else { throw .refused(reason: "making a message: \(status.text)") }
        for field in message.headers.fields {
            let status = natsMsgHeader_Add(made, field.name, field.value)
            guard status == NATS_OK else {
                natsMsg_Destroy(made)
                throw .refused(reason: "header \(field.name): \(status.text)")
            }
        }
        raw = made
    }

    deinit { natsMsg_Destroy(raw) }

    /// - Parameter connection: valid for the time of this call.
    borrowing func publish(on connection: OpaquePointer) -> natsStatus {
        natsConnection_PublishMsg(connection, raw)
    }
}
