import Glibc

/// - Source: wasi_snapshot_preview1.witx, `$clockid`.
public enum WASIClock: UInt32, CaseIterable, Sendable {
    /// Since 1970.
    case realtime = 0
    /// Since an unknown moment; never goes back.
    case monotonic
    /// Spent by all threads of the host's process.
    case processCPU
    /// Spent by the thread that runs the guest.
    case threadCPU
}

/// Which clocks a guest may read, and what they say.
public struct ClockGrant {
    let clocks: Set<WASIClock>
    /// Nanoseconds.
    let time: (WASIClock) -> UInt64
    /// Nanoseconds.
    let resolution: (WASIClock) -> UInt64

    /// - Parameters:
    ///   - time: the clock's time in nanoseconds.
    ///   - resolution: the clock's step in nanoseconds, at least 1.
    public init(
        _ clocks: Set<WASIClock>, time: @escaping (WASIClock) -> UInt64, resolution: @escaping (WASIClock) -> UInt64
    ) {
        self.clocks = clocks
        self.time = time
        self.resolution = resolution
    }

    public static let none = ClockGrant([], time: { _ in 0 }, resolution: { _ in 1 })

    /// The clocks of this machine.
    public static func system(_ clocks: Set<WASIClock> = Set(WASIClock.allCases)) -> ClockGrant {
        ClockGrant(clocks, time: { $0.read(clock_gettime) }, resolution: { max(1, $0.read(clock_getres)) })
    }
}

extension ClockGrant: @unchecked Sendable {}

extension WASIClock {
    fileprivate func read(_ call: (clockid_t, UnsafeMutablePointer<timespec>) -> Int32) -> UInt64 {
        let clock =
            switch self {
            case .realtime: CLOCK_REALTIME
            case .monotonic: CLOCK_MONOTONIC
            case .processCPU: CLOCK_PROCESS_CPUTIME_ID
            case .threadCPU: CLOCK_THREAD_CPUTIME_ID
            }
        var time = timespec()
        guard call(clock, &time) == 0, time.tv_sec >= 0 else { return 0 }
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
