import LatticeIdentity

/// How a stream is created.
struct StreamConfiguration: JSONWritable {
    let name: String
    let subjects: [String]
    /// 1 keeps the newest message of each subject, -1 all.
    var messagesPerSubjectMax = -1
    var deniesDelete = false

    /// Source: protocol §9.1.
    static func metadata(_ stream: StreamName) -> StreamConfiguration {
        StreamConfiguration(
            name: stream.text, subjects: [stream.pattern()], messagesPerSubjectMax: 1, deniesDelete: true)
    }

    /// Source: protocol §4.6.
    static func objects(_ stream: StreamName) -> StreamConfiguration {
        StreamConfiguration(name: stream.text, subjects: [stream.pattern("C"), stream.pattern("M")])
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("name", name)
            writer.member("subjects", subjects)
            writer.member("retention", "limits")
            writer.member("max_consumers", -1)
            writer.member("max_msgs_per_subject", messagesPerSubjectMax)
            writer.member("max_msgs", -1)
            writer.member("max_bytes", -1)
            writer.member("allow_direct", true)
            writer.member("mirror_direct", false)
            writer.member("deny_delete", deniesDelete)
            writer.member("sealed", false)
            writer.member("deny_purge", false)
            writer.member("allow_rollup_hdrs", true)
            writer.member("max_age", 0)
            writer.member("max_msg_size", -1)
            writer.member("storage", "file")
            writer.member("discard", "new")
            writer.member("num_replicas", 1)
            writer.member("duplicate_window", 120_000_000_000)
        }
    }
}

/// How an ephemeral push consumer is created.
struct ConsumerRequest: JSONWritable {
    let stream: StreamName
    let deliverSubject: String
    let filterSubject: String
    let deliverPolicy: String
    let startSequence: UInt64?
    let heartbeatNanoseconds: UInt64

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("stream_name", stream.text)
            writer.object("config") { writer in
                writer.member("deliver_subject", deliverSubject)
                writer.member("filter_subject", filterSubject)
                writer.member("deliver_policy", deliverPolicy)
                writer.member("opt_start_seq", ifPresent: startSequence)
                writer.member("ack_policy", "none")
                writer.member("replay_policy", "instant")
                writer.member("max_deliver", 1)
                writer.member("mem_storage", true)
                writer.member("num_replicas", 1)
                writer.member("flow_control", true)
                writer.member("idle_heartbeat", heartbeatNanoseconds)
                // Forgotten by the server when nobody has listened for so long.
                writer.member("inactive_threshold", 60_000_000_000)
            }
        }
    }
}

struct ConsumerAnswer: JetStreamAnswer {
    let name: String
    /// How many messages were there when it was created.
    let initialCount: UInt64

    init(_ object: JSONObject) throws(JSONFieldError) {
        name = try object.requiredString("name")
        let pending: UInt64 = try object.integer("num_pending") ?? 0
        let delivered: UInt64 = try object.object("delivered")?.integer("consumer_seq") ?? 0
        initialCount = pending.addingReportingOverflow(delivered).partialValue
    }
}

struct StreamAnswer: JetStreamAnswer {
    let lastSequence: UInt64
    /// False while the server has not made its storage yet.
    let isComplete: Bool

    init(_ object: JSONObject) throws(JSONFieldError) {
        isComplete = try object.string("created")?.hasPrefix("0001-01-01T00:00:00") != true
        let state = try object.required("state", object.object)
        lastSequence = try state.required("last_seq") { key throws(JSONFieldError) in try state.integer(key) }
    }
}
