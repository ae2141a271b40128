import LatticeBus
import LatticeConfig
import LatticeHost
import LatticeProtocol
import NATSTransport

/// A host's connection to its bus. It may come up long after the host.
struct HostBus {
    let connection: NATSConnection
    let domain: JetStreamDomain?
    /// For people: without credentials.
    let address: String
    private let observation: BusObservation

    /// - Throws: exit 3 when a server is there and turns us away.
    static func connect(_ url: String, _ nats: NATSSettings, log: HostLog) async throws(CLIError) -> HostBus {
        var options = NATSOptions(
            urls: url, name: "lattice host", credentials: nats.creds.map { .file(path: $0) } ?? .none)
        options.caFile = nats.caFile
        let connection: NATSConnection
        do throws(BusError) { connection = try await NATSConnection.connect(options) } catch {
            if case .disconnected(_, let reason) = error { throw CLIError(.nobodyReachable, reason) }
            throw CLIError(.nobodyReachable, "the bus turns this host away: \(error)")
        }
        let domain: JetStreamDomain?
        do throws(SubjectError) {
            domain = try nats.jetStreamDomain.map { name throws(SubjectError) in try JetStreamDomain(name) }
        } catch { throw CLIError(.wrongUsage, "nats.jetstream_domain: \(error)") }
        let observation = connection.observe { notice in
            switch notice {
            case .state(.connected(let server)): log(.info, "connected to the bus", ["server": server])
            case .state(.disconnected(let since, let reason)):
                log(.warning, "the bus is out of reach since \(since): \(reason)")
            case .state(.closed(let reason)): log(.debug, "the connection to the bus is closed: \(reason)")
            case .dropped(let pattern, let total):
                log(
                    .warning, "messages were lost, as they came faster than they were handled",
                    [
                        "subject": "\(pattern)", "total": "\(total)",
                    ])
            case .complaint(let words): log(.warning, "the bus complains: \(words)")
            }
        }
        return HostBus(
            connection: connection, domain: domain, address: LatticeSession.shown(url), observation: observation)
    }
}
