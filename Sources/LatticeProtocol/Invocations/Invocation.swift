import LatticeIdentity

/// One request on the bus: origin, target, operation, argument, and the token that proves them.
/// - Source: lattice protocol §4.2; `certificate` is ours (trust rules §4).
public struct Invocation: Hashable, Sendable {
    public let origin: Entity
    public let target: Entity
    /// `Trait.Method`
    public let operation: String
    /// `msg`: the argument; empty when it lies in the object store.
    public let payload: [UInt8]
    public let id: InvocationID
    /// `encoded_claims`
    public let token: String
    /// `host_id`: whatever stands there; classic hosts put a cluster key.
    public let host: String
    /// `content_length`: the argument's real length in bytes.
    public let contentLength: UInt64
    /// `traceContext`
    public let traceContext: [String: String]
    /// Certificate of the signing key, when it is that of a provider process or a client.
    public let certificate: String?

    /// Whether the argument has to be fetched from the object store.
    public var isChunked: Bool { contentLength > UInt64(payload.count) }

    init(
        origin: Entity, target: Entity, operation: String, payload: [UInt8], id: InvocationID, token: String,
        host: String, contentLength: UInt64? = nil, traceContext: [String: String] = [:], certificate: String? = nil
    ) {
        self.origin = origin
        self.target = target
        self.operation = operation
        self.payload = payload
        self.id = id
        self.token = token
        self.host = host
        self.contentLength = contentLength ?? UInt64(payload.count)
        self.traceContext = traceContext
        self.certificate = certificate
    }
}

extension Invocation {
    private enum Field: String, MessagePackField {
        case origin, target, operation
        case payload = "msg"
        case id
        case token = "encoded_claims"
        case host = "host_id"
        case contentLength = "content_length"
        case traceContext
        case certificate

        static let table = MessagePackFieldTable<Field>()
    }

    /// - Parameter bytes: a map, or an array by position.
    public init(messagePack bytes: [UInt8]) throws(MessagePackError) {
        var reader = MessagePackReader(bytes)
        var origin, target: Entity?
        var operation, id, token, host: String?
        var payload: [UInt8] = []
        var contentLength: UInt64?
        var traceContext: [String: String] = [:]
        var certificate: String?
        var fields = try MessagePackFields<Field>(of: &reader)
        while let field = try fields.next(in: &reader) {
            switch field {
            case .origin: origin = try Entity(from: &reader)
            case .target: target = try Entity(from: &reader)
            case .operation: operation = try reader.readString()
            case .payload: payload = try reader.readBytes()
            case .id: id = try reader.readString()
            case .token: token = try reader.readString()
            case .host: host = try reader.readString()
            case .contentLength: contentLength = try reader.readInteger()
            case .traceContext: traceContext = try reader.readStringMap()
            case .certificate: certificate = try reader.readString()
            }
        }
        try reader.finish()
        guard let origin else { throw fields.missing(.origin) }
        guard let target else { throw fields.missing(.target) }
        guard let operation else { throw fields.missing(.operation) }
        guard let id else { throw fields.missing(.id) }
        guard let token else { throw fields.missing(.token) }
        do { self.id = try InvocationID(id) } catch {
            throw MessagePackError(.name(field: Field.id.rawValue, error), at: 0)
        }
        (self.origin, self.target, self.operation, self.payload) = (origin, target, operation, payload)
        (self.token, self.host, self.certificate) = (token, host ?? "", certificate)
        self.contentLength = contentLength ?? UInt64(payload.count)
        self.traceContext = traceContext
    }

    public var messagePack: [UInt8] {
        var writer = MessagePackWriter(reservingBytes: 640 + payload.count + token.utf8.count)
        write(to: &writer)
        return writer.bytes
    }

    public func write(to writer: inout MessagePackWriter) {
        writer.writeMapHeader(count: 8 + (traceContext.isEmpty ? 0 : 1) + (certificate == nil ? 0 : 1))
        writer.writeKey("origin")
        origin.write(to: &writer)
        writer.writeKey("target")
        target.write(to: &writer)
        writer.writeKey("operation")
        writer.write(operation)
        writer.writeKey("msg")
        writer.write(bytes: payload)
        writer.writeKey("id")
        writer.write(id.text)
        writer.writeKey("encoded_claims")
        writer.write(token)
        writer.writeKey("host_id")
        writer.write(host)
        writer.writeKey("content_length")
        writer.write(contentLength)
        if !traceContext.isEmpty {
            writer.writeKey("traceContext")
            writer.write(traceContext)
        }
        if let certificate {
            writer.writeKey("certificate")
            writer.write(certificate)
        }
    }
}
