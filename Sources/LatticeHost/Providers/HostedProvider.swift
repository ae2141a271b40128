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
        var status = ProviderStatus(state: end.isSet ? .failed : .running, health: runtime.health)
        if let failure { status.lastError = "\(failure)" }
        return status
    }

    func recordsChanged() { runtime.recordsChanged() }

    func stop() async {
        runtime.stop()
        await end.wait()
    }
}

extension ProviderStatus {
    init(state: ProviderDescription.State, restartsCount: UInt32 = 0, health: HealthReply) {
        self.init(
            state: state, restartsCount: restartsCount, lastError: health.isHealthy ? nil : health.message,
            linkErrors: health.linkErrors)
    }
}
