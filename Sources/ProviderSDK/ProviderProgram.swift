import ChildProcesses
import Glibc
import LatticeBus
import LatticeProtocol
import LatticeProviders
import NATSTransport

/// A capability provider as a process of its own. Its host starts it and tells it on standard input, in one line, who and
/// where it is; it then connects to the bus, takes links and calls, and ends when its host says so, or is gone.
public enum ProviderProgram {
    /// Runs a provider until it is told to end. All that a provider's `main` has to do:
    ///
    /// ```swift
    /// exit(await ProviderProgram.run(BundledProvider("mine", contract: …, state: .shared) { setup in … }))
    /// ```
    /// - Parameter bundled: its key is not looked at: the host says which one it runs under.
    /// - Returns: the exit code: 0 for an end that was asked for, 1 for a failure, 2 where nobody but a host should have
    ///   started it.
    public static func run(_ bundled: BundledProvider) async -> Int32 {
        guard isatty(STDIN_FILENO) == 0 else {
            ProviderLog.standardError(
                """
                '\(bundled.name)' is a capability provider (\(bundled.contract)): a host starts it and tells it on standard \
                input what it needs.
                fix: lattice start provider \(bundled.name)
                """)
            return 2
        }
        do throws(ProviderProgramError) {
            let hostData = try await StandardInput.hostData(within: .seconds(30))
            try await serve(bundled, hostData)
            return 0
        } catch {
            ProviderLog.standardError("'\(bundled.name)' can't run: \(error)")
            return 1
        }
    }

    private static func serve(_ bundled: BundledProvider, _ hostData: HostData) async throws(ProviderProgramError) {
        let log = ProviderLog(hostData)
        let connection: NATSConnection
        do throws(BusError) {
            connection = try await NATSConnection.connect(
                NATSOptions(hostData, name: "lattice provider \(bundled.name)"))
        } catch { throw .bus(error) }
        let observation = connection.observe { notice in log.tell(notice) }
        var domain: JetStreamDomain?
        do throws(SubjectError) {
            if let name = hostData.jetStreamDomain, !name.isEmpty { domain = try JetStreamDomain(name) }
        } catch { throw .hostData("js_domain: \(error)") }
        let service = try ProviderService(
            bundled, hostData, bus: connection, store: NATSMetadataStore(connection, domain: domain), log: log)
        let signals = StopSignals { service.stop() }
        StandardInput.whenClosed {
            log.info("the host is gone")
            service.stop()
        }
        defer { withExtendedLifetime((signals, observation)) {} }
        do throws(BusError) { try await service.run() } catch { throw .bus(error) }
        await connection.close()
    }
}

/// Why a provider process can't do its work.
public enum ProviderProgramError: Error, CustomStringConvertible {
    /// Standard input did not bring what a host tells.
    case noHostData(String)
    /// What it told can't be used.
    case hostData(String)
    case bus(BusError)
    /// The provider's own words.
    case provider(String)

    public var description: String {
        switch self {
        case .noHostData(let reason): "standard input brought no host data: \(reason)"
        case .hostData(let reason): "what the host told it can't be used: \(reason)"
        case .bus(let error): "the bus: \(error)"
        case .provider(let reason): reason
        }
    }
}
