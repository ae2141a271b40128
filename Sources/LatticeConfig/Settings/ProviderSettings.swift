/// How capability providers are run.
public struct ProviderSettings: Hashable, Sendable {
    public enum SigningKey: String, CaseIterable, Sendable {
        /// Each provider process signs with a key of its own.
        case process
        /// They are given the host's, as classic ones expect.
        case host
    }

    public var signingKey: SigningKey
    /// Between asking a provider to stop and ending it.
    public var shutdownDelay: Duration
    /// Crashes in a row after which a provider is `failed`.
    public var restartsMax: Int
    /// Before the first restart; doubled for each further one, up to `restartDelayMax`.
    public var restartDelay: Duration
    public var restartDelayMax: Duration
    /// A provider that ran for so long counts as sound again.
    public var stableAfter: Duration

    public init(_ configuration: Configuration) {
        var section = configuration.section("providers")
        signingKey = section.choice("signing_key", default: .process)
        shutdownDelay = section.milliseconds("shutdown_delay_ms", default: 400, in: 0...60_000)
        restartsMax = section.integer("restarts_max", default: 5, in: 0...1_000)
        restartDelay = section.milliseconds("restart_delay_ms", default: 200, in: 1...60_000)
        restartDelayMax = section.milliseconds("restart_delay_max_ms", default: 10_000, in: 1...3_600_000)
        stableAfter = section.seconds("stable_after_seconds", default: 60, in: 1...86_400)
        section.rejectUnknownKeys()
    }
}
