import LatticeIdentity

/// What a host tells the lattice. Writes the data of its CloudEvent.
/// - Source: lattice protocol §8.
public enum LatticeEvent: Hashable, Sendable {
    case hostStarted(HostFacts)
    case hostStopped(labels: [String: String])
    case hostHeartbeat(HostHeartbeat)
    case actorStarted(ActorFacts, instance: String, apiVersion: UInt32)
    case actorStartFailed(reference: String, error: String)
    case actorStopped(ModuleKey, instance: String, annotations: [String: String])
    case actorsStarted(ActorFacts, count: UInt32)
    case actorsStartFailed(ActorFacts, error: String)
    /// - Parameter remaining: instances that go on.
    case actorsStopped(ActorFacts, count: UInt32, remaining: UInt32)
    case actorScaled(ActorFacts, instancesMax: UInt32)
    case actorScaleFailed(ActorFacts, instancesMax: UInt32, error: String)
    case actorUpdated(ModuleKey, revision: Int64, instance: String)
    case actorUpdateFailed(ModuleKey, revision: Int64, instance: String, reason: String)
    case providerStarted(ProviderFacts)
    case providerStartFailed(reference: String, LinkName, error: String)
    case providerStopped(ProviderFacts, reason: String)
    case healthChecked(HealthChange, ProviderFacts)
    case linkSet(LinkDefinition)
    case linkDeleted(LinkDefinition)
    case callRefused(RefusalReport)
    case startRefused(RefusalReport)
    case linkRefused(RefusalReport)

    /// What a health check found, against the one before.
    public enum HealthChange: Hashable, Sendable {
        case passed, failed, unchanged
    }

    public var name: EventName {
        switch self {
        case .hostStarted: .hostStarted
        case .hostStopped: .hostStopped
        case .hostHeartbeat: .hostHeartbeat
        case .actorStarted: .actorStarted
        case .actorStartFailed: .actorStartFailed
        case .actorStopped: .actorStopped
        case .actorsStarted: .actorsStarted
        case .actorsStartFailed: .actorsStartFailed
        case .actorsStopped: .actorsStopped
        case .actorScaled: .actorScaled
        case .actorScaleFailed: .actorScaleFailed
        case .actorUpdated: .actorUpdated
        case .actorUpdateFailed: .actorUpdateFailed
        case .providerStarted: .providerStarted
        case .providerStartFailed: .providerStartFailed
        case .providerStopped: .providerStopped
        case .healthChecked(.passed, _): .healthCheckPassed
        case .healthChecked(.failed, _): .healthCheckFailed
        case .healthChecked(.unchanged, _): .healthCheckStatus
        case .linkSet: .linkSet
        case .linkDeleted: .linkDeleted
        case .callRefused: .callRefused
        case .startRefused: .startRefused
        case .linkRefused: .linkRefused
        }
    }
}

extension LatticeEvent: JSONWritable {
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in writeMembers(to: &writer) }
    }

    private func writeMembers(to writer: inout JSONWriter) {
        switch self {
        case .hostStarted(let facts): facts.writeMembers(to: &writer)
        case .hostStopped(let labels): writer.member("labels", labels)
        case .hostHeartbeat(let beat): beat.writeMembers(to: &writer)
        case .actorStarted(let actor, let instance, let apiVersion):
            actor.writeMembers(to: &writer)
            writer.member("instance_id", instance)
            writer.member("api_version", apiVersion)
        case .actorStartFailed(let reference, let error):
            writer.member("actor_ref", reference)
            writer.member("error", error)
        case .actorStopped(let key, let instance, let annotations):
            writer.member("public_key", key)
            writer.member("instance_id", instance)
            writer.member("annotations", annotations)
        case .actorsStarted(let actor, let count):
            actor.writeMembers(to: &writer)
            writer.member("count", count)
        case .actorsStartFailed(let actor, let error):
            actor.writeMembers(to: &writer)
            writer.member("error", error)
        case .actorsStopped(let actor, let count, let remaining):
            actor.writeMembers(to: &writer)
            writer.member("count", count)
            writer.member("remaining", remaining)
        case .actorScaled(let actor, let instancesMax):
            actor.writeMembers(to: &writer)
            writer.member("max_instances", instancesMax)
        case .actorScaleFailed(let actor, let instancesMax, let error):
            actor.writeMembers(to: &writer)
            writer.member("max_instances", instancesMax)
            writer.member("error", error)
        case .actorUpdated(let key, let revision, let instance):
            writer.member("public_key", key)
            writer.member("revision", revision)
            writer.member("instance_id", instance)
        case .actorUpdateFailed(let key, let revision, let instance, let reason):
            writer.member("public_key", key)
            writer.member("revision", revision)
            writer.member("instance_id", instance)
            writer.member("reason", reason)
        case .providerStarted(let provider): provider.writeMembers(to: &writer)
        case .providerStartFailed(let reference, let link, let error):
            writer.member("provider_ref", reference)
            writer.member("link_name", link)
            writer.member("error", error)
        case .providerStopped(let provider, let reason):
            provider.writeMembers(to: &writer)
            writer.member("reason", reason)
        case .healthChecked(_, let provider): provider.writeAddress(to: &writer)
        case .linkSet(let link), .linkDeleted(let link): link.writeMembers(to: &writer)
        case .callRefused(let report), .startRefused(let report), .linkRefused(let report):
            report.writeMembers(to: &writer)
        }
    }
}
