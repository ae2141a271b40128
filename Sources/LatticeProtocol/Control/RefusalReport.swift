import LatticeIdentity

/// A refusal as it travels: in acks, events and answers to `lattice why`. Which codes there are and what they mean is for
/// those to say who judge.
public struct RefusalReport: JSONBody, Hashable {
    public var code: String
    /// For people; names what was missing.
    public var sentence: String
    /// The call that was refused, if it was one.
    public var call: String?
    /// What a remedy can be built of: `actor`, `contract`, …
    public var facts: [String: String]
    /// When, where it is known.
    public var time: WallTime?
    /// Who refused, where it is known.
    public var host: HostKey?

    /// Before the JSON of a report, on the line that a provider process writes for its host.
    public static let linePrefix = "refused: "

    public init(
        code: String, sentence: String, call: String? = nil, facts: [String: String] = [:], time: WallTime? = nil,
        host: HostKey? = nil
    ) {
        self.code = code
        self.sentence = sentence
        self.call = call
        self.facts = facts
        self.time = time
        self.host = host
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        code = try fields.required("code", fields.string("code"))
        sentence = try fields.string("sentence") ?? ""
        call = try fields.string("call")
        facts = try fields.stringMap("facts") ?? [:]
        time = try fields.string("time").flatMap(WallTime.init(rfc3339:))
        host = try fields.key("host_id")
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in writeMembers(to: &writer) }
    }

    func writeMembers(to writer: inout JSONWriter) {
        writer.member("code", code)
        writer.member("sentence", sentence)
        writer.member("call", ifPresent: call)
        writer.member("facts", facts)
        writer.member("time", ifPresent: time?.description)
        writer.member("host_id", ifPresent: host)
    }
}

/// Asks every host for refusals it remembers, the newest first.
public struct RefusalsRequest: JSONBody, Hashable {
    /// Only of this call.
    public var call: String?
    public var countMax: UInt32

    public static let countMaxDefault: UInt32 = 1

    public init(call: String? = nil, countMax: UInt32 = countMaxDefault) {
        self.call = call
        self.countMax = countMax
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        call = try fields.string("call")
        countMax = try fields.integer("count_max") ?? Self.countMaxDefault
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("call", ifPresent: call)
            writer.member("count_max", countMax)
        }
    }
}

public struct RefusalsReply: JSONBody, Hashable {
    public var host: HostKey
    public var refusals: [RefusalReport]

    public init(host: HostKey, refusals: [RefusalReport]) {
        self.host = host
        self.refusals = refusals
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        host = try fields.required("host_id", fields.key("host_id"))
        refusals = try fields.bodies("refusals") ?? []
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("host_id", host)
            writer.member("refusals", refusals)
        }
    }
}
