import LatticeIdentity

/// `cmd.{host}.la`: so many instances more.
/// - Source: lattice protocol §7.5. Classic hosts ack at once; what becomes of it they tell by events.
public struct StartActorCommand: JSONBody, Hashable {
    public var reference: ArtifactReference
    public var host: HostKey
    /// Missing, null and 0 all mean 1.
    public var count: UInt32
    public var annotations: [String: String]
    /// The most that may run at once; of ours.
    public var instancesMax: UInt32?
    public var options: ControlOptions

    public init(
        _ reference: ArtifactReference, on host: HostKey, count: UInt32 = 1, annotations: [String: String] = [:],
        instancesMax: UInt32? = nil, options: ControlOptions = ControlOptions()
    ) {
        self.reference = reference
        self.host = host
        self.count = count
        self.annotations = annotations
        self.instancesMax = instancesMax
        self.options = options
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        reference = try fields.reference("actor_ref")
        host = try fields.required("host_id", fields.key("host_id"))
        count = max(1, try fields.integer("count") ?? 1)
        annotations = try fields.stringMap("annotations") ?? [:]
        instancesMax = try fields.integer("max_instances")
        options = try ControlOptions(fields)
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("actor_ref", reference)
            writer.member("host_id", host)
            writer.member("count", count)
            writer.member("annotations", annotations)
            writer.member("max_instances", ifPresent: instancesMax)
            options.writeMembers(to: &writer)
        }
    }
}

/// `cmd.{host}.sa`: `actor_ref` is the actor's key.
/// - Source: lattice protocol §7.5.
public struct StopActorCommand: JSONBody, Hashable {
    public var actor: ModuleKey
    public var host: HostKey
    /// Nil means all; missing, null and 0 are read as that.
    public var count: UInt32?
    /// Only instances that carry all of these.
    public var annotations: [String: String]
    public var options: ControlOptions

    public init(
        _ actor: ModuleKey, on host: HostKey, count: UInt32? = nil, annotations: [String: String] = [:],
        options: ControlOptions = ControlOptions()
    ) {
        self.actor = actor
        self.host = host
        self.count = count
        self.annotations = annotations
        self.options = options
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        actor = try fields.required("actor_ref", fields.key("actor_ref"))
        host = try fields.required("host_id", fields.key("host_id"))
        count = try fields.integer("count", as: UInt32.self).flatMap { $0 == 0 ? nil : $0 }
        annotations = try fields.stringMap("annotations") ?? [:]
        options = try ControlOptions(fields)
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("actor_ref", actor)
            writer.member("host_id", host)
            writer.member("count", count ?? 0)
            writer.member("annotations", annotations)
            options.writeMembers(to: &writer)
        }
    }
}

/// `cmd.{host}.scale`
/// - Source: lattice protocol §7.5.
public struct ScaleActorCommand: JSONBody, Hashable {
    /// What `count` says: as many instances as there should be.
    public enum Target: Hashable, Sendable {
        case stopped
        case instances(UInt32)
        /// A classic client's null: no limit of its own.
        case unbounded
    }

    public var reference: ArtifactReference
    /// Absent from classic Rust clients: it follows from the artifact.
    public var actor: ModuleKey?
    public var host: HostKey
    public var target: Target
    public var annotations: [String: String]
    public var options: ControlOptions

    public init(
        _ reference: ArtifactReference, actor: ModuleKey?, on host: HostKey, to target: Target,
        annotations: [String: String] = [:], options: ControlOptions = ControlOptions()
    ) {
        self.reference = reference
        self.actor = actor
        self.host = host
        self.target = target
        self.annotations = annotations
        self.options = options
    }

    /// A missing count counts as null.
    public init(_ fields: JSONFields) throws(MessageError) {
        reference = try fields.reference("actor_ref")
        let actorText = try fields.string("actor_id") ?? ""
        actor = actorText.isEmpty ? nil : try fields.key("actor_id")
        host = try fields.required("host_id", fields.key("host_id"))
        switch try fields.integer("count", as: UInt32.self) {
        case nil: target = .unbounded
        case 0?: target = .stopped
        case let count?: target = .instances(count)
        }
        annotations = try fields.stringMap("annotations") ?? [:]
        options = try ControlOptions(fields)
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("actor_ref", reference)
            writer.member("actor_id", ifPresent: actor)
            writer.member("host_id", host)
            switch target {
            case .stopped: writer.member("count", 0)
            case .instances(let count): writer.member("count", count)
            case .unbounded: writer.member("count", orNull: nil as UInt32?)
            }
            writer.member("annotations", annotations)
            options.writeMembers(to: &writer)
        }
    }
}

/// `cmd.{host}.upd`: another version of an actor that runs, without a gap.
/// - Source: lattice protocol §7.5.
public struct UpdateActorCommand: JSONBody, Hashable {
    public var actor: ModuleKey
    public var reference: ArtifactReference
    public var host: HostKey
    public var annotations: [String: String]
    public var options: ControlOptions

    public init(
        _ actor: ModuleKey, to reference: ArtifactReference, on host: HostKey, annotations: [String: String] = [:],
        options: ControlOptions = ControlOptions()
    ) {
        self.actor = actor
        self.reference = reference
        self.host = host
        self.annotations = annotations
        self.options = options
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        actor = try fields.required("actor_id", fields.key("actor_id"))
        reference = try fields.reference("new_actor_ref")
        host = try fields.required("host_id", fields.key("host_id"))
        annotations = try fields.stringMap("annotations") ?? [:]
        options = try ControlOptions(fields)
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("actor_id", actor)
            writer.member("new_actor_ref", reference)
            writer.member("host_id", host)
            writer.member("annotations", annotations)
            options.writeMembers(to: &writer)
        }
    }
}
