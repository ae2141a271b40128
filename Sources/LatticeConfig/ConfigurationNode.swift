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
        var events = YAMLEvents(text)
        var root: ConfigurationNode?
        do throws(Problem) {
            while true {
                let event = try Self.next(&events)
                if case .end = event.kind { return root ?? empty }
                if case .frame = event.kind { continue }
                guard root == nil else { throw Problem("there is a second document", event) }
                root = try ConfigurationNode(event, &events, depth: 0)
            }
        } catch { throw .init(problem: error.problem(fileName)) }
    }

    /// What is wrong, and where, if that is known.
    private struct Problem: Error {
        let message: String
        let place: (line: Int, column: Int)?

        init(_ message: String, _ event: YAMLEvents.Event) {
            self.message = message
            place = (event.line, event.column)
        }

        init(_ failure: YAMLEvents.Failure) {
            message = "not YAML: \(failure.message)"
            place = failure.place
        }

        func problem(_ fileName: String) -> ConfigurationProblem {
            guard let place else { return .init(.wholeFile(fileName), message) }
            return .init(.file(fileName, line: place.line, column: place.column), message)
        }
    }

    private static func next(_ events: inout YAMLEvents) throws(Problem) -> YAMLEvents.Event {
        do throws(YAMLEvents.Failure) { return try events.next() } catch { throw Problem(error) }
    }

    /// - Parameter event: the first of this node's.
    private init(_ event: YAMLEvents.Event, _ events: inout YAMLEvents, depth: Int) throws(Problem) {
        line = event.line
        column = event.column
        guard depth <= Self.depthMax else {
            throw Problem("values are nested more than \(Self.depthMax) deep", event)
        }
        switch event.kind {
        case .scalar(let text, let isPlain):
            let isNothing = isPlain && ["", "~", "null", "Null", "NULL"].contains(text)
            kind = .scalar(isNothing ? "" : text, isPlain: isPlain)
        case .sequenceStart: kind = .sequence(try Self.elements(&events, depth: depth + 1))
        case .mappingStart: kind = .mapping(try Self.members(&events, depth: depth + 1))
        case .alias: throw Problem("aliases ('*name') have no place in a configuration", event)
        case .sequenceEnd, .mappingEnd, .frame, .end: throw Problem("not YAML: a value is missing", event)
        }
    }

    private static func elements(_ events: inout YAMLEvents, depth: Int) throws(Problem) -> [ConfigurationNode] {
        var elements: [ConfigurationNode] = []
        while true {
            let event = try next(&events)
            if case .sequenceEnd = event.kind { return elements }
            elements.append(try ConfigurationNode(event, &events, depth: depth))
        }
    }

    private static func members(_ events: inout YAMLEvents, depth: Int) throws(Problem) -> [ConfigurationEntry] {
        var members: [ConfigurationEntry] = []
        var names: Set<String> = []
        while true {
            let event = try next(&events)
            if case .mappingEnd = event.kind { return members }
            let key = try ConfigurationNode(event, &events, depth: depth).scalar?.text ?? "?"
            guard names.insert(key).inserted else { throw Problem("'\(key)' is given more than once", event) }
            let first = try next(&events)
            members.append(
                ConfigurationEntry(
                    key: key, line: event.line, column: event.column,
                    value: try ConfigurationNode(first, &events, depth: depth)))
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
