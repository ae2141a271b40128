import LatticeBus
import LatticeIdentity
import LatticeProtocol

/// Asks all hosts of the lattice what they run. Nothing of it is kept: it would be out of date when it is needed.
struct Survey: Sendable {
    let bus: any MessageBus
    let subjects: LatticeSubjects
    /// What is waited for hosts that do not answer.
    static let window = Duration.milliseconds(500)

    /// - Parameter hostsCount: how many hosts there should be: when so many have answered, nobody waits for more.
    func inventories(hostsCount: Int) async throws(BusError) -> [HostInventory] {
        let replies = try await bus.gather(
            BusMessage(to: subjects.control(.pingHosts)), within: Self.window, repliesMax: max(1, hostsCount))
        let hosts = Set(replies.compactMap { try? HostReply(json: $0.payload).host })
        return await withTaskGroup { group in
            for host in hosts { group.addTask { await inventory(of: host) } }
            return await group.reduce(into: []) { list, inventory in if let inventory { list.append(inventory) } }
        }
    }

    private func inventory(of host: HostKey) async -> HostInventory? {
        let question = BusMessage(to: subjects.control(.inventory, host))
        guard let reply = try? await bus.request(question, timeout: Self.window) else { return nil }
        return try? HostInventory(json: reply.payload)
    }
}

extension [HostInventory] {
    /// The instances of a provider under a link name, with their hosts.
    func instances(of provider: ProviderKey, _ link: LinkName) -> [(host: HostKey, provider: ProviderDescription)] {
        flatMap { inventory in
            inventory.providers.filter { $0.key == provider && $0.link == link }.map { (inventory.host, $0) }
        }
    }
}
