/// How a stream is created. The keys are those of the wire.
struct StreamConfiguration: Encodable {
    let name: String
    let subjects: [String]
    var retention = "limits"
    var max_consumers = -1
    var max_msgs_per_subject = -1
    var max_msgs = -1
    var max_bytes = -1
    var allow_direct = true
    var mirror_direct = false
    var deny_delete = false
    var sealed = false
    var deny_purge = false
    var allow_rollup_hdrs = true
    var max_age = 0
    var max_msg_size = -1
    var storage = "file"
    var discard = "new"
    var num_replicas = 1
    var duplicate_window = 120_000_000_000

    /// Source: protocol §9.1.
    static func metadata(_ stream: StreamName) -> StreamConfiguration {
        var configuration = StreamConfiguration(name: stream.text, subjects: [stream.pattern()])
        configuration.max_msgs_per_subject = 1
        configuration.deny_delete = true
        return configuration
    }

    /// Source: protocol §4.6.
    static func objects(_ stream: StreamName) -> StreamConfiguration {
        StreamConfiguration(name: stream.text, subjects: [stream.pattern("C"), stream.pattern("M")])
    }
}

/// How an ephemeral push consumer is created. The keys are those of the wire.
struct ConsumerRequest: Encodable {
    let stream_name: String
    let config: Configuration

    struct Configuration: Encodable {
        let deliver_subject: String
        let filter_subject: String
        let deliver_policy: String
        let opt_start_seq: UInt64?
        var ack_policy = "none"
        var replay_policy = "instant"
        var max_deliver = 1
        var mem_storage = true
        var num_replicas = 1
        var flow_control = true
        let idle_heartbeat: UInt64
        /// Forgotten by the server when nobody has listened for so long.
        var inactive_threshold: UInt64 = 60_000_000_000
    }
}

struct ConsumerAnswer: Decodable {
    let name: String
    let num_pending: UInt64?
    let delivered: Position?

    struct Position: Decodable {
        let consumer_seq: UInt64?
    }

    /// How many messages were there when it was created.
    var initialCount: UInt64 {
        (num_pending ?? 0).addingReportingOverflow(delivered?.consumer_seq ?? 0).partialValue
    }
}

struct StreamAnswer: Decodable {
    let state: State

    struct State: Decodable {
        let last_seq: UInt64
    }
}
