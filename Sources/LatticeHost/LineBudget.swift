import Synchronization

/// How much of the log others may fill who are not trusted with it: what an actor says, what stands in a bucket. So many
/// lines in each second; those beyond are counted.
final class LineBudget<Source: Hashable & Sendable>: Sendable {
    enum Verdict: Equatable {
        case shown
        /// Shown, and so many before it were not.
        case shownAfter(omitted: Int)
        case omitted
    }

    private struct Window {
        var begin: ContinuousClock.Instant
        var linesCount = 0
        var omittedCount = 0
    }

    private let linesMax: Int
    private let windows = Mutex<[Source: Window]>([:])

    /// - Parameter linesMax: of each source in a second.
    init(linesMax: Int) { self.linesMax = linesMax }

    /// - Parameter source: one of not too many: each is remembered.
    func spend(_ source: Source, at now: ContinuousClock.Instant = .now) -> Verdict {
        windows.withLock { windows in
            var window = windows[source] ?? Window(begin: now)
            defer { windows[source] = window }
            var omitted = 0
            if window.begin.duration(to: now) >= .seconds(1) {
                omitted = window.omittedCount
                window = Window(begin: now)
            }
            guard window.linesCount < linesMax else {
                window.omittedCount += 1
                return .omitted
            }
            window.linesCount += 1
            return omitted > 0 ? .shownAfter(omitted: omitted) : .shown
        }
    }
}

extension LineBudget {
    /// Writes a line, if there is room for it, and before it how many there was none for.
    func write(_ source: Source, to log: HostLog, _ facts: KeyValuePairs<String, String> = [:], _ line: () -> Void) {
        switch spend(source) {
        case .omitted: return
        case .shown: break
        case .shownAfter(let omitted):
            log(.warning, "\(omitted) lines were left out: more than \(linesMax) came in a second", facts)
        }
        line()
    }
}
