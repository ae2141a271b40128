/// What happened, as the last part of an event's type and subject says it.
/// - Source: lattice protocol §8; the last three are ours (trust rules §5).
public enum EventName: String, Hashable, Sendable, CaseIterable {
    case hostStarted = "host_started"
    case hostStopped = "host_stopped"
    case hostHeartbeat = "host_heartbeat"
    /// One for each instance; the plural forms carry a count.
    case actorStarted = "actor_started"
    case actorStartFailed = "actor_start_failed"
    case actorStopped = "actor_stopped"
    case actorUpdated = "actor_updated"
    case actorUpdateFailed = "actor_update_failed"
    case actorsStarted = "actors_started"
    case actorsStartFailed = "actors_start_failed"
    case actorsStopped = "actors_stopped"
    case actorScaled = "actor_scaled"
    case actorScaleFailed = "actor_scale_failed"
    case providerStarted = "provider_started"
    case providerStartFailed = "provider_start_failed"
    case providerStopped = "provider_stopped"
    case healthCheckPassed = "health_check_passed"
    case healthCheckFailed = "health_check_failed"
    case healthCheckStatus = "health_check_status"
    case linkSet = "linkdef_set"
    case linkDeleted = "linkdef_deleted"
    case callRefused = "call_refused"
    case startRefused = "start_refused"
    case linkRefused = "link_refused"

    static let typePrefix = "com.wasmcloud.lattice."

    /// The `type` of its CloudEvent.
    public var type: String { Self.typePrefix + rawValue }

    /// Nil for types that are not known here.
    public init?(type: String) {
        guard type.hasPrefix(Self.typePrefix) else { return nil }
        self.init(rawValue: String(type.dropFirst(Self.typePrefix.count)))
    }
}
