import LatticeBus
import LatticeConfig
import LatticeControl
import LatticeIdentity
import LatticeProtocol
import LatticeTrust
import NATSTransport

/// One command's connection to a lattice, and what the person who typed it has.
struct LatticeSession: Sendable {
    let client: LatticeClient
    let settings: LatticeSettings
    let home: LatticeHome
    /// Where the bus is, without credentials.
    let address: String
    /// How long enrolled hosts may take to go by a new trust document.
    var spreadTimeout = Duration.seconds(5)
    private let connection: NATSConnection?

    /// Over a bus that is there already.
    init(client: LatticeClient, settings: LatticeSettings, home: LatticeHome, address: String) {
        self.init(client, settings, home, address, connection: nil)
    }

    private init(
        _ client: LatticeClient, _ settings: LatticeSettings, _ home: LatticeHome, _ address: String,
        connection: NATSConnection?
    ) {
        self.client = client
        self.settings = settings
        self.home = home
        self.address = address
        self.connection = connection
    }

    var keys: KeyStore { home.keys }
    var lattice: LatticeName { client.lattice }

    /// Where nothing names a server and `lattice up` runs none here.
    static let defaultServer = "nats://127.0.0.1:4222"

    /// Connects to the server that flag, environment or file names; else to the one that `lattice up` started here; else
    /// to the usual one on this machine.
    static func open(_ options: ConnectionOptions) async throws(CLIError) -> LatticeSession {
        let home = try LatticeHome()
        let environment = Program.environmentVariables
        var settings = try options.settings(home: home, environment: environment)
        if settings.nats.url == nil, let record = UpRecord.read(in: try LatticeState()) {
            settings.nats.url = record.nats
            // The lattice's name has a default: where it is that, nobody meant another one than what runs here.
            if settings.name == LatticeName.default.text, options.lattice == nil { settings.name = record.lattice }
        }
        let name: LatticeName
        do throws(NameError) { name = try LatticeName(settings.name) } catch {
            throw CLIError(.wrongUsage, "\(error)")
        }
        let connection = try await connect(settings.nats)
        let domain: JetStreamDomain?
        do throws(SubjectError) {
            domain = try settings.nats.jetStreamDomain.map { name throws(SubjectError) in try JetStreamDomain(name) }
        } catch { throw CLIError(.wrongUsage, "nats.jetstream_domain: \(error)") }
        let client = LatticeClient(
            bus: connection, metadata: NATSMetadataStore(connection, domain: domain),
            objects: NATSObjectStore(connection, domain: domain), subjects: LatticeSubjects(name))
        return LatticeSession(
            client, settings, home, shown(settings.nats.url ?? defaultServer), connection: connection)
    }

    private static func connect(_ nats: NATSSettings) async throws(CLIError) -> NATSConnection {
        let url = nats.url ?? defaultServer
        var options = NATSOptions(
            urls: url, name: "lattice command", credentials: nats.creds.map { .file(path: $0) } ?? .none)
        options.caFile = nats.caFile
        let connection: NATSConnection
        do throws(BusError) { connection = try await NATSConnection.connect(options) } catch {
            if case .disconnected(_, let reason) = error { throw CLIError(.nobodyReachable, reason) }
            throw CLIError(.refused, "no connection to \(shown(url)): \(error)")
        }
        guard let failure = connection.state.failure else { return connection }
        await connection.close()
        if case .disconnected = failure {
            throw CLIError(.nobodyReachable, "no NATS server answers at \(shown(url))", fix: "lattice up")
        }
        throw CLIError(.nobodyReachable, "no connection to \(shown(url)): \(failure)", fix: "lattice up")
    }

    /// Without user, password or token.
    static func shown(_ urls: String) -> String {
        let shown = urls.split(separator: ",").map { url in
            guard let scheme = url.firstRange(of: "://"), let at = url.lastIndex(of: "@") else { return String(url) }
            return String(url[..<scheme.upperBound] + url[url.index(after: at)...])
        }
        return shown.joined(separator: ",")
    }

    func close() async { await connection?.close() }
}
