import LatticeBus
import LatticeTestSupport
import NATSTransport
import Testing

@Suite("The rules of the three ports, on a real server")
struct NATSPortRuleTests {
    @Test("port rule on a shared server", arguments: PortRule.onSharedServer)
    func sharedServer(_ rule: PortRule) async throws {
        try await rule.check(NATSBench(server: NATSServer.shared.get()))
    }

    @Test("port rule on a server of its own", arguments: PortRule.onOwnServer)
    func ownServer(_ rule: PortRule) async throws {
        try await rule.check(NATSBench(server: NATSServer()))
    }
}

struct NATSBench: PortBench {
    let server: NATSServer

    func connect() async throws -> PortConnection {
        let connection = try await NATSConnection.connect(NATSOptions(urls: server.url))
        try await connection.waitUntilConnected(atMost: .seconds(20))
        return PortConnection(
            bus: connection, metadata: NATSMetadataStore(connection), objects: NATSObjectStore(connection),
            close: { await connection.close() })
    }

    func stopServer() async throws { server.kill() }

    func startServer() async throws { try server.start() }
}
