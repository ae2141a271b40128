import LatticeProtocol

/// What a host tells with each beat.
struct HeartbeatFacts: Sendable {
    let profile: HostProfile
    let actors: ActorSupervisor
    let providers: ProviderSupervisor

    var now: HostHeartbeat {
        HostHeartbeat(
            actors: Dictionary(uniqueKeysWithValues: actors.all.map { ($0.key, 1) }), providers: providers.addresses,
            labels: profile.labels, name: profile.name, version: profile.version, uptimeSeconds: profile.uptimeSeconds)
    }
}
