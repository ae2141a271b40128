import LatticeIdentity

/// A provider's or actor's answer to the question whether it is well.
/// - Source: lattice protocol §5.4, §3.5.
public struct HealthReply: Hashable, Sendable {
    public var isHealthy: Bool
    public var message: String?
    /// Of ours: links that a provider did not take, by their ids, and why.
    public var linkErrors: [String: String]

    public init(isHealthy: Bool, message: String? = nil, linkErrors: [String: String] = [:]) {
        self.isHealthy = isHealthy
        self.message = message
        self.linkErrors = linkErrors
    }

    private enum Field: String, MessagePackField {
        case isHealthy = "healthy"
        case message
        case linkErrors = "link_errors"

        static let table = MessagePackFieldTable<Field>()
    }

    public init(messagePack bytes: [UInt8]) throws(MessagePackError) {
        var reader = MessagePackReader(bytes)
        var isHealthy: Bool?
        linkErrors = [:]
        var fields = try MessagePackFields<Field>(of: &reader)
        while let field = try fields.next(in: &reader) {
            switch field {
            case .isHealthy: isHealthy = try reader.readBool()
            case .message: message = try reader.readString()
            case .linkErrors: linkErrors = try reader.readStringMap()
            }
        }
        try reader.finish()
        guard let isHealthy else { throw fields.missing(.isHealthy) }
        self.isHealthy = isHealthy
    }

    public var messagePack: [UInt8] {
        var writer = MessagePackWriter()
        writer.writeMapHeader(count: 1 + (message == nil ? 0 : 1) + (linkErrors.isEmpty ? 0 : 1))
        writer.writeKey("healthy")
        writer.write(isHealthy)
        if let message {
            writer.writeKey("message")
            writer.write(message)
        }
        if !linkErrors.isEmpty {
            writer.writeKey("link_errors")
            writer.write(linkErrors)
        }
        return writer.bytes
    }
}

/// What a host sends to `…health`: an empty map. Classic providers ignore it.
public enum HealthRequest {
    public static let messagePack: [UInt8] = [0x80]
}

/// What a host sends to `…shutdown`, as a request.
/// - Source: lattice protocol §5.5; `claims` is ours: a provider of ours obeys only its own host.
public struct ShutdownRequest: JSONBody, Hashable {
    /// Text, because old senders leave it empty.
    public var host: String
    public var claims: String?

    /// What a provider answers before it goes.
    public static let reply = Array("shutting down".utf8)

    public init(host: HostKey, claims: String? = nil) {
        self.host = "\(host)"
        self.claims = claims
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        host = try fields.string("host_id") ?? ""
        claims = try fields.string("claims")
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("host_id", host)
            writer.member("claims", ifPresent: claims)
        }
    }
}

/// How a provider of ours answers a link definition that it got: none of it is known to classic ones.
/// - Source: design, "link put has an outcome".
public struct LinkAnswer: JSONBody, Hashable {
    public var host: HostKey
    /// Nil means that the link is in force.
    public var error: String?
    public var refusal: RefusalReport?

    public init(host: HostKey, error: String? = nil, refusal: RefusalReport? = nil) {
        self.host = host
        self.error = error
        self.refusal = refusal
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        host = try fields.required("host_id", fields.key("host_id"))
        error = try fields.string("error")
        refusal = try fields.fields("refusal").map(RefusalReport.init)
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("host_id", host)
            writer.member("error", ifPresent: error)
            writer.member("refusal", ifPresent: refusal)
        }
    }
}
