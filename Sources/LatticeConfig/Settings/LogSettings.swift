/// What a host writes to standard error.
public struct LogSettings: Hashable, Sendable {
    /// The words of swift-log.
    public enum Level: String, CaseIterable, Sendable {
        case trace
        case debug
        case info
        case notice
        case warning
        case error
        case critical
    }

    public enum Format: String, CaseIterable, Sendable {
        case text
        /// One JSON document on each line.
        case json
    }

    public var level: Level
    public var format: Format

    public init(_ configuration: Configuration) {
        var section = configuration.section("log")
        level = section.choice("level", default: .info)
        format = section.choice("format", default: .text)
        section.rejectUnknownKeys()
    }
}
