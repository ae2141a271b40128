import LatticeIdentity

/// The answer to an invocation.
/// - Source: lattice protocol §4.2; `reply_claims` and `code` are ours.
public struct InvocationResponse: Hashable, Sendable {
    /// `msg`: the result; empty when it lies in the object store.
    public let payload: [UInt8]
    /// Text, because what answers to a call that could not be read has none.
    public let invocationID: String
    /// Nil means success.
    public let error: String?
    /// `content_length`: the result's real length in bytes.
    public let contentLength: UInt64
    /// `traceContext`
    public let traceContext: [String: String]
    /// `instance_id`: which instance answered; some classic hosts tell.
    public let instanceID: String?
    /// `reply_claims`: a token over id, error and result.
    public let token: String?

    /// Whether the result has to be fetched from the object store.
    public var isChunked: Bool { contentLength > UInt64(payload.count) }

    public init(
        payload: [UInt8], to invocationID: String, error: String? = nil, contentLength: UInt64? = nil,
        traceContext: [String: String] = [:], instanceID: String? = nil, token: String? = nil
    ) {
        self.payload = payload
        self.invocationID = invocationID
        self.error = error
        self.contentLength = contentLength ?? UInt64(payload.count)
        self.traceContext = traceContext
        self.instanceID = instanceID
        self.token = token
    }

    public static func success(_ payload: [UInt8], to id: InvocationID) -> InvocationResponse {
        InvocationResponse(payload: payload, to: id.text)
    }

    public static func failure(_ error: String, to id: InvocationID) -> InvocationResponse {
        InvocationResponse(payload: [], to: id.text, error: error)
    }
}

extension InvocationResponse {
    private enum Field: String, MessagePackField {
        case payload = "msg"
        case invocationID = "invocation_id"
        case error
        case contentLength = "content_length"
        case traceContext
        case instanceID = "instance_id"
        case token = "reply_claims"

        static let table = MessagePackFieldTable<Field>()
    }

    /// - Parameter bytes: a map, or an array by position.
    public init(messagePack bytes: [UInt8]) throws(MessagePackError) {
        var reader = MessagePackReader(bytes)
        var payload: [UInt8] = []
        var invocationID = ""
        var error, instanceID, token: String?
        var contentLength: UInt64?
        var traceContext: [String: String] = [:]
        var fields = try MessagePackFields<Field>(of: &reader)
        while let field = try fields.next(in: &reader) {
            switch field {
            case .payload: payload = try reader.readBytes()
            case .invocationID: invocationID = try reader.readString()
            case .error: error = try reader.readString()
            case .contentLength: contentLength = try reader.readInteger()
            case .traceContext: traceContext = try reader.readStringMap()
            case .instanceID: instanceID = try reader.readString()
            case .token: token = try reader.readString()
            }
        }
        try reader.finish()
        self.init(
            payload: payload, to: invocationID, error: error, contentLength: contentLength, traceContext: traceContext,
            instanceID: instanceID, token: token)
    }

    public var messagePack: [UInt8] {
        var writer = MessagePackWriter(
            reservingBytes: 192 + payload.count + (error?.utf8.count ?? 0) + (token?.utf8.count ?? 0))
        write(to: &writer)
        return writer.bytes
    }

    public func write(to writer: inout MessagePackWriter) {
        let optionalsCount = [error != nil, !traceContext.isEmpty, instanceID != nil, token != nil].count { $0 }
        writer.writeMapHeader(count: 3 + optionalsCount)
        writer.writeKey("msg")
        writer.write(bytes: payload)
        writer.writeKey("invocation_id")
        writer.write(invocationID)
        if let error {
            writer.writeKey("error")
            writer.write(error)
        }
        writer.writeKey("content_length")
        writer.write(contentLength)
        if !traceContext.isEmpty {
            writer.writeKey("traceContext")
            writer.write(traceContext)
        }
        if let instanceID {
            writer.writeKey("instance_id")
            writer.write(instanceID)
        }
        if let token {
            writer.writeKey("reply_claims")
            writer.write(token)
        }
    }
}
