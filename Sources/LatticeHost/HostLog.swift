/// What a host tells the person who runs it. How it looks is for whoever writes it out.
public struct HostLog: Sendable {
    /// The words of swift-log.
    public enum Level: String, CaseIterable, Comparable, Sendable {
        case trace, debug, info, notice, warning, error, critical

        public static func < (one: Level, other: Level) -> Bool { one.rank < other.rank }
        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    private let write: @Sendable (Level, String, [(key: String, value: String)]) -> Void

    /// - Parameter write: a level, a sentence and what it is about. Called from any thread; returns within microseconds.
    public init(_ write: @escaping @Sendable (Level, String, [(key: String, value: String)]) -> Void) {
        self.write = write
    }

    public static let silent = HostLog { _, _, _ in }

    public func callAsFunction(
        _ level: Level, _ sentence: String, _ facts: KeyValuePairs<String, String> = [:]
    ) {
        write(level, sentence, facts.map { ($0.key, $0.value) })
    }
}
