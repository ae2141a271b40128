import LatticeBus
import LatticeIdentity
import LatticeProtocol

/// Commands wait for their outcome. An ack that is accepted and names none comes from a host that did not wait for it, or
/// had not come to an end in time.
extension LatticeClient {
    /// Beyond what a host is told to wait.
    static let waitMargin = Duration.seconds(2)

    public func start(
        actor reference: ArtifactReference, on host: HostKey, instancesMax: UInt32? = nil, wait: Duration
    ) async throws(ControlError) -> ControlAck {
        let command = StartActorCommand(
            reference, on: host, instancesMax: instancesMax, options: Self.options(wait))
        return try await tell(host, .startActor, command, wait: wait)
    }

    public func stop(actor: ModuleKey, on host: HostKey, wait: Duration) async throws(ControlError) -> ControlAck {
        try await tell(host, .stopActor, StopActorCommand(actor, on: host, options: Self.options(wait)), wait: wait)
    }

    /// - Parameter reference: as the host's inventory has it.
    public func scale(
        actor: ModuleKey, _ reference: ArtifactReference, on host: HostKey, to target: ScaleActorCommand.Target,
        wait: Duration
    ) async throws(ControlError) -> ControlAck {
        let command = ScaleActorCommand(
            reference, actor: actor, on: host, to: target, options: Self.options(wait))
        return try await tell(host, .scaleActor, command, wait: wait)
    }

    public func start(
        provider reference: ArtifactReference, _ link: LinkName, on host: HostKey, configuration: String? = nil,
        isolation: ProviderIsolation? = nil, wait: Duration
    ) async throws(ControlError) -> ControlAck {
        let command = StartProviderCommand(
            reference, link: link, on: host, configuration: configuration, isolation: isolation,
            options: Self.options(wait))
        return try await tell(host, .startProvider, command, wait: wait)
    }

    public func stop(
        provider: ProviderKey, _ link: LinkName, contract: ContractID?, on host: HostKey, wait: Duration
    ) async throws(ControlError) -> ControlAck {
        let command = StopProviderCommand(
            provider, link: link, contract: contract, on: host, options: Self.options(wait))
        return try await tell(host, .stopProvider, command, wait: wait)
    }

    public func stop(host: HostKey, wait: Duration) async throws(ControlError) -> ControlAck {
        try await tell(host, .stopHost, StopHostCommand(host, options: Self.options(wait)), wait: wait)
    }

    public func put(
        _ link: LinkDefinition, pending: Bool = false, replace: Bool = false, wait: Duration
    ) async throws(ControlError) -> ControlAck {
        let request = LinkPutRequest(link, options: Self.options(wait), pending: pending, replace: replace)
        return try await tell(.putLink, request, wait: wait)
    }

    public func deleteLink(
        _ actor: ModuleKey, _ contract: ContractID, _ link: LinkName, wait: Duration
    ) async throws(ControlError) -> ControlAck {
        let request = LinkDeleteRequest(actor: actor, contract: contract, link: link, options: Self.options(wait))
        return try await tell(.deleteLink, request, wait: wait)
    }

    // MARK: Auctions

    /// The hosts that would run it, in order of their keys.
    /// - Parameter hostsCount: how many could answer: unwilling hosts stay silent for the whole window.
    public func bids(
        _ auction: ActorAuction, hostsCount: Int, within window: Duration = .milliseconds(500)
    ) async throws(ControlError) -> [HostKey] {
        let bids: [ActorBid] = try await gather(.auctionActor, auction.json, within: window, repliesMax: hostsCount)
        return Set(bids.map(\.host)).sorted()
    }

    public func bids(
        _ auction: ProviderAuction, hostsCount: Int, within window: Duration = .milliseconds(500)
    ) async throws(ControlError) -> [HostKey] {
        let bids: [ProviderBid] = try await gather(
            .auctionProvider, auction.json, within: window, repliesMax: hostsCount)
        return Set(bids.map(\.host)).sorted()
    }

    /// Puts a module where every host of the lattice finds it.
    public func put(module bytes: [UInt8]) async throws(ControlError) -> ModuleReference {
        do throws(StoreError) { return try await objects.put(module: bytes, subjects) } catch { throw .store(error) }
    }

    // MARK: Sending

    private static func options(_ wait: Duration) -> ControlOptions {
        ControlOptions(waitMilliseconds: wait.wholeMilliseconds)
    }

    private func tell(
        _ host: HostKey, _ topic: HostTopic, _ command: some JSONBody, wait: Duration
    ) async throws(ControlError) -> ControlAck {
        try await tell(subjects.control(topic, host), command.json, wait: wait, nobody: .noHost(host))
    }

    private func tell(
        _ topic: ControlTopic, _ request: some JSONBody, wait: Duration
    ) async throws(ControlError) -> ControlAck {
        try await tell(subjects.control(topic), request.json, wait: wait, nobody: .nobody(lattice))
    }

    private func tell(
        _ subject: Subject, _ body: [UInt8], wait: Duration, nobody: ControlError
    ) async throws(ControlError) -> ControlAck {
        let bytes = try await ask(subject, body, within: wait + Self.waitMargin, nobody: nobody)
        do throws(MessageError) { return try ControlAck(lenient: bytes) } catch { throw .unreadable(subject, error) }
    }
}
