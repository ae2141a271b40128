/// When a provider process that has ended by itself is started again. A value: the times are inputs.
public struct RestartPolicy: Hashable, Sendable {
    /// `providers` in `lattice.conf`.
    public struct Settings: Hashable, Sendable {
        /// Crashes in a row after which the provider is given up.
        public var restartsMax = 5
        /// Before the first restart; doubled with each crash in a row.
        public var delay = Duration.milliseconds(200)
        public var delayMax = Duration.seconds(10)
        /// After so much time it counts as sound again.
        public var stableAfter = Duration.seconds(60)

        public init() {}
    }

    public enum Decision: Hashable, Sendable {
        case restart(after: Duration)
        /// It stays ended until somebody starts it.
        case giveUp
    }

    private let settings: Settings
    private var crashesInARow = 0
    /// Since it was started by somebody; for people.
    public private(set) var restarts = 0

    public init(_ settings: Settings = Settings()) { self.settings = settings }

    /// - Parameter duration: how long it ran.
    public mutating func ended(after duration: Duration) -> Decision {
        if duration >= settings.stableAfter { crashesInARow = 0 }
        crashesInARow += 1
        guard crashesInARow < settings.restartsMax else { return .giveUp }
        restarts += 1
        let delay = settings.delay * (1 << min(crashesInARow - 1, 20))
        return .restart(after: min(delay, settings.delayMax))
    }
}
