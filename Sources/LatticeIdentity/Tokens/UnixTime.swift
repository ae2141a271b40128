import Glibc

/// A moment, in whole seconds since 1970-01-01T00:00:00Z, as tokens carry it.
public struct UnixTime: Hashable, Comparable, Sendable {
    public let seconds: UInt64

    public init(seconds: UInt64) { self.seconds = seconds }

    /// What the machine's clock says. Rules take the time as a parameter; only the edge calls this.
    public static func now() -> UnixTime { UnixTime(seconds: UInt64(max(0, time(nil)))) }

    public static func < (one: UnixTime, other: UnixTime) -> Bool { one.seconds < other.seconds }

    /// Never overflows: the last moment there is comes out instead.
    public func advanced(by duration: Duration) -> UnixTime {
        let offset = duration.components.seconds
        let (sum, overflow) =
            offset < 0
            ? seconds.subtractingReportingOverflow(offset.magnitude)
            : seconds.addingReportingOverflow(offset.magnitude)
        return UnixTime(seconds: overflow ? (offset < 0 ? 0 : .max) : sum)
    }

    /// How far `self` is from `now`: `in 3h 5m`, `10m ago`, `now`; the two largest units of days, hours, minutes and
    /// seconds.
    public func relative(to now: UnixTime) -> String {
        if self == now { return "now" }
        let distance = Self.span(of: max(self, now).seconds - min(self, now).seconds)
        return self > now ? "in \(distance)" : "\(distance) ago"
    }

    private static func span(of seconds: UInt64) -> String {
        let parts = [
            (seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s"),
        ]
        let shown = parts.drop { $0.0 == 0 }.prefix(2).filter { $0.0 > 0 }
        return shown.map { "\($0.0)\($0.1)" }.joined(separator: " ")
    }
}

extension UnixTime: CustomStringConvertible {
    /// RFC 3339 in UTC: `2023-11-14T22:13:20Z`.
    public var description: String {
        let (year, month, day) = Self.date(ofDay: seconds / 86_400)
        func two(_ number: UInt64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let yearText = String(repeating: "0", count: max(0, 4 - "\(year)".count)) + "\(year)"
        return "\(yearText)-\(two(month))-\(two(day))"
            + "T\(two(seconds / 3_600 % 24)):\(two(seconds / 60 % 60)):\(two(seconds % 60))Z"
    }

    /// Gregorian date of a day counted from 1970-01-01. Years are taken to begin in March, so that the leap day is the
    /// last of its year; 400 such years have 146,097 days.
    private static func date(ofDay dayNumber: UInt64) -> (year: UInt64, month: UInt64, day: UInt64) {
        let sinceMarch0000 = dayNumber + 719_468
        let era = sinceMarch0000 / 146_097
        let dayOfEra = sinceMarch0000 % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
    }
}
