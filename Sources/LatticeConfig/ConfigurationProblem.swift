/// One thing that is wrong with the configuration, and where.
public struct ConfigurationProblem: Hashable, Sendable, CustomStringConvertible {
    public enum Place: Hashable, Sendable {
        /// Line and column count from 1; nil for the file as a whole.
        case file(String, line: Int, column: Int)
        case wholeFile(String)
        case environment(String)
        case flag(String)
    }

    public let place: Place
    public let message: String

    public init(_ place: Place, _ message: String) {
        self.place = place
        self.message = message
    }

    public var description: String {
        switch place {
        case .file(let name, let line, let column): "\(name):\(line):\(column): \(message)"
        case .wholeFile(let name): "\(name): \(message)"
        case .environment(let name): "environment variable \(name): \(message)"
        case .flag(let name): "\(name): \(message)"
        }
    }
}

/// Everything that is wrong, in the order of the file, then the environment's, then the flags'.
public struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    public let problems: [ConfigurationProblem]

    public init(_ problems: [ConfigurationProblem]) {
        self.problems = problems.enumerated()
            .sorted { ($0.element.place.order, $0.offset) < ($1.element.place.order, $1.offset) }
            .map(\.element)
    }

    /// One line for each problem.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

extension ConfigurationProblem.Place {
    /// Sources in turn; within a file by line and column.
    fileprivate var order: Int {
        switch self {
        case .wholeFile: 0
        case .file(_, let line, let column): min(line, 1 << 20) << 20 + min(column, 1 << 20)
        case .environment: .max - 1
        case .flag: .max
        }
    }
}
