import LatticeIdentity

/// `cmd.{host}.stop`
/// - Source: lattice protocol §7.5.
public struct StopHostCommand: JSONBody, Hashable {
    public var host: HostKey
    /// `timeout`: what running calls may still take.
    public var timeoutMilliseconds: UInt64?
    public var options: ControlOptions

    public init(_ host: HostKey, timeoutMilliseconds: UInt64? = nil, options: ControlOptions = ControlOptions()) {
        self.host = host
        self.timeoutMilliseconds = timeoutMilliseconds
        self.options = options
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        host = try fields.required("host_id", fields.key("host_id"))
        timeoutMilliseconds = try fields.integer("timeout")
        options = try ControlOptions(fields)
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("host_id", host)
            writer.member("timeout", ifPresent: timeoutMilliseconds)
            options.writeMembers(to: &writer)
        }
    }
}

/// `labels.{host}.put` and `.del`
/// - Source: lattice protocol §7.6.
public struct LabelChange: JSONBody, Hashable {
    public var key: String
    /// Empty, and not looked at, when it is to be deleted.
    public var value: String
    public var options: ControlOptions

    public init(key: String, value: String, options: ControlOptions = ControlOptions()) {
        self.key = key
        self.value = value
        self.options = options
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        key = try fields.required("key", fields.string("key"))
        value = try fields.string("value") ?? ""
        options = try ControlOptions(fields)
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("key", key)
            writer.member("value", value)
            options.writeMembers(to: &writer)
        }
    }
}

/// `registries.put`: how to log in to registries, by host name. Secret.
/// - Source: lattice protocol §7.6. Entries that hold neither user and password nor a token are passed over.
public struct RegistryCredentials: JSONBody, Hashable {
    public enum Login: Hashable, Sendable {
        case password(user: String, String)
        case token(String)
    }

    public var logins: [String: Login]

    public init(_ logins: [String: Login]) { self.logins = logins }

    public init(_ fields: JSONFields) throws(MessageError) {
        logins = [:]
        for member in fields.object.members {
            guard let entry = try fields.fields(member.key) else { continue }
            if let token = try entry.string("token") {
                logins[member.key] = .token(token)
            } else if let user = try entry.string("username"), let password = try entry.string("password") {
                logins[member.key] = .password(user: user, password)
            }
        }
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            for (registry, login) in logins.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                writer.object(registry) { writer in
                    writer.member("registryType", "oci")
                    switch login {
                    case .password(let user, let password):
                        writer.member("username", user)
                        writer.member("password", password)
                    case .token(let token): writer.member("token", token)
                    }
                }
            }
        }
    }
}

extension RegistryCredentials: CustomStringConvertible, CustomReflectable {
    /// Names the registries and nothing else.
    public var description: String { "credentials for \(logins.keys.sorted().joined(separator: ", "))" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
