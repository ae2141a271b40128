import LatticeBus
import LatticeTestSupport
import Synchronization
import Testing

@Suite("The rules of the three ports, in memory")
struct PortRuleTests {
    @Test("port rule", arguments: PortRule.all)
    func rule(_ rule: PortRule) async throws {
        try await rule.check(InMemoryBench())
    }
}

private final class InMemoryBench: PortBench {
    private let server = InMemoryServer()
    private let connections = Mutex<[InMemoryBus]>([])

    func connect() async throws -> PortConnection {
        let bus = server.connect()
        connections.withLock { $0.append(bus) }
        return PortConnection(
            bus: bus, metadata: InMemoryMetadataStore(bus), objects: InMemoryObjectStore(bus), close: { bus.close() })
    }

    func stopServer() async throws {
        for bus in connections.withLock({ $0 }) { bus.disconnect() }
    }

    func startServer() async throws {
        for bus in connections.withLock({ $0 }) { bus.reconnect() }
    }
}
