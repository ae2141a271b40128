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

    /// - Parameter isPatient: where something takes connections and says nothing, a server that is frozen or behind a dead
    ///   link, ask again until it speaks, as where there is none.
    /// - Throws: exit 3 when a server is there and turns us away.
    static func connect(
        _ url: String, _ nats: NATSSettings, isPatient: Bool = false, log: HostLog
    ) async throws(CLIError) -> HostBus {
        var options = NATSOptions(
            urls: url, name: "lattice host", credentials: nats.creds.map { .file(path: $0) } ?? .none)
        options.caFile = nats.caFile
        let connection = try await open(options, isPatient: isPatient, log: log)
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

    /// Between two questions to a server that says nothing.
    private static let pause = Duration.seconds(1)

    private static func open(
        _ options: NATSOptions, isPatient: Bool, log: HostLog
    ) async throws(CLIError) -> NATSConnection {
        var isFirst = true
        while true {
            let error: BusError
            do throws(BusError) { return try await NATSConnection.connect(options) } catch let failure {
                error = failure
            }
            guard case .disconnected(_, let reason) = error else {
                throw CLIError(.nobodyReachable, "the bus turns this host away: \(error)")
            }
            guard isPatient else { throw CLIError(.nobodyReachable, reason) }
            if isFirst { log(.warning, "\(reason); asking again until it speaks") }
            isFirst = false
            try? await Task.sleep(for: pause)
        }
    }
}
