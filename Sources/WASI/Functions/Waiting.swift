import CLinuxCalls
import Glibc

extension WASISystem {
    /// Bytes that a pipe takes at once when it takes any.
    private static let pipeBytes = 4_096

    /// Before a call that may wait for somebody else: waits itself, no longer than until the deadline.
    /// - Parameter events: `POLLIN` or `POLLOUT`.
    /// - Returns: how many bytes the call may transfer without waiting after all.
    /// - Throws: `again` for a descriptor that must not wait; `WASIEnd.deadline`.
    func awaitReady(_ descriptor: Descriptor, _ file: HostFile, _ events: Int32) throws -> Int {
        guard descriptor.canBlock else { return .max }
        let isNonblocking = descriptor.flags.contains(.nonblock)
        guard isNonblocking || deadline != nil else { return .max }
        var entries = [pollfd(fd: file.number, events: Int16(events), revents: 0)]
        if isNonblocking {
            guard poll(&entries, 1, 0) > 0 else { throw WASIErrno.again }
        } else {
            _ = try wait(for: &entries, nanosecondsMax: nil)
        }
        return events == POLLOUT ? Self.pipeBytes : .max
    }

    /// Waits for one of the entries.
    /// - Parameter nanosecondsMax: after which nothing has to be ready; nil for no such end.
    /// - Returns: whether an entry is ready.
    /// - Throws: `WASIEnd.deadline`.
    func wait(for entries: inout [pollfd], nanosecondsMax: UInt64?) throws -> Bool {
        let end = nanosecondsMax.map { ContinuousClock.now + .nanoseconds(Int64(clamping: $0)) }
        while true {
            let now = ContinuousClock.now
            if let deadline, deadline <= now { throw WASIEnd.deadline }
            var left: Int64 = -1
            if let until = [end, deadline].compactMap({ $0 }).min() {
                let (seconds, attoseconds) = max(.zero, until - now).components
                // Longer ones take several turns.
                left = min(seconds, 1_000_000) * 1_000_000_000 + attoseconds / 1_000_000_000
            }
            let count = lattice_poll(&entries, entries.count, left)
            if count > 0 { return true }
            if count < 0, errno != EINTR { throw WASIErrno.last }
            if let end, end <= .now { return false }
        }
    }
}
