import LatticeBus
import LatticeExchange
import LatticeProtocol
import Synchronization

/// A provider that runs within this host.
final class HostedProvider: RunningProvider {
    let runtime: ProviderRuntime
    private let end = Latch()
    private let error = Mutex(BusError?.none)

    init(_ runtime: ProviderRuntime) { self.runtime = runtime }

    var localProvider: (any LocalProvider)? { runtime }
    var failure: BusError? { error.withLock { $0 } }

    func run() async {
        do throws(BusError) { try await runtime.run() } catch { self.error.withLock { $0 = error } }
        end.set()
    }

    var status: ProviderStatus {
        let problem = failure
        let health = runtime.health
        return ProviderStatus(
            state: end.isSet ? .failed : .running,
            lastError: problem.map { "\($0)" } ?? (health.isHealthy ? nil : health.message), links: runtime.links)
    }

    func recordsChanged() { runtime.recordsChanged() }

    func stop() async {
        runtime.stop()
        await end.wait()
    }
}

extension ProviderStatus {
    init(
        state: ProviderDescription.State, restartsCount: UInt32 = 0, lastError: String?, links: [ProviderLink]
    ) {
        self.init(state: state, restartsCount: restartsCount, lastError: lastError)
        for link in links {
            if case .refused(let reason, _) = link.standing { linkErrors["\(link.link.id)"] = reason }
        }
    }
}
