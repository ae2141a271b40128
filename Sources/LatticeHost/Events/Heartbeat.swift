import LatticeProtocol

/// Tells the lattice at a steady interval that this host is alive, and what it runs.
struct Heartbeat: Sendable {
    let interval: Duration
    let events: EventPublisher
    /// What is told; asked for with each beat.
    let facts: @Sendable () -> HostHeartbeat

    /// Until the task is cancelled. The first beat comes one interval after the start, as classic hosts do it.
    func run() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: interval)
            guard !Task.isCancelled else { return }
            events.publish(.hostHeartbeat(facts()))
        }
    }
}
