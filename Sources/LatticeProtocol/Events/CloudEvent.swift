import LatticeBus
import LatticeIdentity

/// An event as it travels: the envelope that is the same for all, and the data.
/// - Source: lattice protocol §8.
public struct CloudEvent: JSONBody, Hashable {
    public var id: String
    /// The host's key; `n/a` in link events of some classic hosts.
    public var source: String
    public var type: String
    /// Nil when it says none that can be read.
    public var time: WallTime?
    public var data: JSONObject

    public init(id: String, source: String, type: String, time: WallTime?, data: JSONObject) {
        self.id = id
        self.source = source
        self.type = type
        self.time = time
        self.data = data
    }

    /// Nil for events that are not known here.
    public var name: EventName? { EventName(type: type) }

    public init(_ fields: JSONFields) throws(MessageError) {
        id = try fields.string("id") ?? ""
        source = try fields.string("source") ?? ""
        type = try fields.required("type", fields.string("type"))
        time = try fields.string("time").flatMap(WallTime.init(rfc3339:))
        data = try fields.fields("data")?.object ?? JSONObject()
    }

    public func write(to writer: inout JSONWriter) { Self.write(id, source, type, time, data, to: &writer) }

    fileprivate static func write(
        _ id: String, _ source: String, _ type: String, _ time: WallTime?, _ data: some JSONWritable,
        to writer: inout JSONWriter
    ) {
        writer.object { writer in
            writer.member("specversion", "1.0")
            writer.member("id", id)
            writer.member("source", source)
            writer.member("type", type)
            writer.member("time", ifPresent: time?.description)
            writer.member("datacontenttype", "application/json")
            writer.member("data", data)
        }
    }
}

extension LatticeEvent {
    /// The two messages of one event: the subject of all events and that of its kind.
    /// - Parameter id: unique among the host's events.
    public func messages(
        id: String, source: HostKey, time: WallTime, in subjects: LatticeSubjects
    ) -> [BusMessage] {
        var writer = JSONWriter(reservingBytes: 512)
        CloudEvent.write(id, "\(source)", name.type, time, self, to: &writer)
        let payload = writer.bytes
        return [subjects.events, subjects.events(name)].map { BusMessage(to: $0, payload: payload) }
    }
}
