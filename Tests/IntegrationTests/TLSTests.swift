import LatticeBus
import LatticeTestSupport
import NATSTransport
import Testing

@Suite("Encrypted connections to a real server")
struct TLSTests {
    private static let fixtures = "\(#filePath)".replacing("IntegrationTests/TLSTests.swift", with: "Fixtures/TLS")

    @Test("a tls:// server is believed when a known authority signed for it, and only then")
    func authority() async throws {
        let server = try NATSServer(
            configuration: """
                tls { cert_file: "\(Self.fixtures)/server.pem", key_file: "\(Self.fixtures)/server.key" }
                """)
        var options = NATSOptions(urls: server.url.replacing("nats://", with: "tls://"))
        await #expect(throws: BusError.self) { try await NATSConnection.connect(options) }
        options.caFile = "\(Self.fixtures)/ca.pem"
        let connection = try await NATSConnection.connect(options)
        #expect(connection.state.failure == nil)
        let subject = try Subject.unique()
        let subscription = try connection.subscribe(SubjectPattern(subject)) { message in
            do { try connection.answer(message, message.payload) } catch { Issue.record(error) }
        }
        let reply = try await connection.request(BusMessage(to: subject, payload: [1]), timeout: .seconds(20))
        #expect(reply.payload == [1])
        subscription.unsubscribe()
        await connection.close()
        server.stop()
    }

    @Test("a certificate file that is not there is named")
    func missingAuthority() async throws {
        var options = NATSOptions(urls: "tls://127.0.0.1:1")
        options.caFile = "/nonexistent/ca.pem"
        do {
            _ = try await NATSConnection.connect(options)
            Issue.record("accepted")
        } catch {
            #expect("\(error)".contains("/nonexistent/ca.pem"))
        }
    }
}
