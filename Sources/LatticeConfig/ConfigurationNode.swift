import Yams

/// A piece of the file and where it stands.
struct ConfigurationNode: Sendable {
    indirect enum Kind: Sendable {
        /// Plain text may mean a number or nothing; quoted text is text.
        case scalar(String, isPlain: Bool)
        case sequence([ConfigurationNode])
        case mapping([ConfigurationEntry])
    }

    let kind: Kind
    let line: Int
    let column: Int

    static let empty = ConfigurationNode(kind: .mapping([]), line: 1, column: 1)

    /// Deeper than any key of ours.
    private static let depthMax = 8

    /// Nil when this is no mapping.
    var entries: [ConfigurationEntry]? {
        switch kind {
        case .mapping(let entries): entries
        case .scalar("", isPlain: true): []
        default: nil
        }
    }

    var scalar: (text: String, isPlain: Bool)? {
        if case .scalar(let text, let isPlain) = kind { (text, isPlain) } else { nil }
    }

    static func parse(
        _ text: String, fileName: String
    ) throws(ConfigurationProblem.Unreadable) -> ConfigurationNode {
        guard text.utf8.count <= Configuration.textBytesMax else {
            let message = "\(text.utf8.count) bytes are over the limit of \(Configuration.textBytesMax)"
            throw .init(problem: .init(.wholeFile(fileName), message))
        }
        do {
            guard let root = try Yams.compose(yaml: text) else { return empty }
            return try ConfigurationNode(root, depth: 0)
        } catch let error as YamlError {
            throw .init(problem: error.problem(fileName))
        } catch let error as TooDeep {
            let message = "values are nested more than \(depthMax) deep"
            throw .init(problem: .init(.file(fileName, line: error.line, column: error.column), message))
        } catch {
            throw .init(problem: .init(.wholeFile(fileName), "not YAML: \(error)"))
        }
    }

    private struct TooDeep: Error {
        let line: Int
        let column: Int
    }

    private init(_ node: Node, depth: Int) throws {
        line = node.mark?.line ?? 1
        column = node.mark?.column ?? 1
        guard depth <= Self.depthMax else { throw TooDeep(line: line, column: column) }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            let isNothing = isPlain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            kind = .scalar(isNothing ? "" : scalar.string, isPlain: isPlain)
        case .sequence(let sequence):
            kind = .sequence(try sequence.map { try ConfigurationNode($0, depth: depth + 1) })
        case .mapping(let mapping):
            kind = .mapping(
                try mapping.map { key, value in
                    ConfigurationEntry(
                        key: key.scalar?.string ?? "?", line: key.mark?.line ?? 1, column: key.mark?.column ?? 1,
                        value: try ConfigurationNode(value, depth: depth + 1))
                })
        case .alias:
            kind = .scalar("", isPlain: true)
        }
    }

    init(kind: Kind, line: Int, column: Int) {
        self.kind = kind
        self.line = line
        self.column = column
    }
}

struct ConfigurationEntry: Sendable {
    let key: String
    let line: Int
    let column: Int
    let value: ConfigurationNode
}

extension ConfigurationProblem {
    /// Why a file cannot be read at all.
    struct Unreadable: Error {
        let problem: ConfigurationProblem
    }
}

extension YamlError {
    fileprivate func problem(_ fileName: String) -> ConfigurationProblem {
        switch self {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let words = context.map { "\($0.text), \(problem)" } ?? problem
            return .init(.file(fileName, line: mark.line, column: mark.column), "not YAML: \(words)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map { "'\($0)'" }.joined(separator: ", ")
            let place = ConfigurationProblem.Place.file(fileName, line: context.mark.line, column: context.mark.column)
            return .init(place, "\(names) is given more than once")
        case .reader(let problem, _, _, _): return .init(.wholeFile(fileName), "not YAML: \(problem)")
        default: return .init(.wholeFile(fileName), "not YAML: \(self)")
        }
    }
}
