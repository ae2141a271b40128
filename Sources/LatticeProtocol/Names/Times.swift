import LatticeBus
import LatticeIdentity

/// Whole seconds, as tokens carry them.
public typealias TokenTime = LatticeIdentity.UnixTime

/// Milliseconds, as events and stores carry them.
public typealias WallTime = LatticeBus.UnixTime

extension WallTime {
    public var tokenTime: TokenTime { TokenTime(seconds: UInt64(max(0, milliseconds / 1_000))) }
}

extension Duration {
    /// Rounded down; 0 for what is negative.
    public var wholeMilliseconds: UInt64 {
        guard self > .zero else { return 0 }
        let (seconds, attoseconds) = components
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000)
        return overflow ? .max : product + UInt64(attoseconds / 1_000_000_000_000_000)
    }
}
