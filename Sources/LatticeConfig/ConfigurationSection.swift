/// The keys of one section. Each is asked for once, with its default and its range; what nobody asked for is a problem.
///
/// A value comes from the flag of its key, else from the environment, else from the file, else it is the default.
/// Whatever is wrong with it is reported, and the default goes in its place, so that all problems can be shown
/// together.
public struct ConfigurationSection {
    let name: String
    private let entries: [ConfigurationEntry]
    private let configuration: Configuration
    private var asked: Set<String> = []

    init(name: String, entries: [ConfigurationEntry], configuration: Configuration) {
        self.name = name
        self.entries = entries
        self.configuration = configuration
    }

    /// Call it last: reports the keys of the file that were not asked for.
    public func rejectUnknownKeys() {
        for entry in entries where !asked.contains(entry.key) {
            let hint = Spelling.hint(for: entry.key, among: asked)
            configuration.report(
                .init(configuration.place(entry), "unknown key '\(entry.key)' under '\(name)'\(hint)"))
        }
    }

    /// A value of any kind that is written as one word or text.
    /// - Parameters:
    ///   - shortName: another environment variable for it, besides the one that its key gives.
    ///   - wanted: completes "… is wanted": `a whole number from 1 to 300`.
    ///   - read: nil when the text is no such value.
    public mutating func value<Value>(
        _ key: String, shortName: String? = nil, default: Value, wanted: String, read: (String) -> Value?
    ) -> Value {
        guard let found = found(key, shortName: shortName) else { return `default` }
        guard let text = found.text else { return report(found, key, wanted, instead: `default`) }
        if text.isEmpty, found.isPlain { return `default` }
        return read(text) ?? report(found, key, wanted, instead: `default`)
    }

    /// Several values: a list in the file, separated by commas elsewhere.
    public mutating func list<Value>(
        _ key: String, default: [Value] = [], countMax: Int = 10_000, wanted: String, read: (String) -> Value?
    ) -> [Value] {
        guard let found = found(key, shortName: nil) else { return `default` }
        guard let items = found.items else { return report(found, key, "a list of \(wanted)", instead: `default`) }
        guard items.count <= countMax else {
            return report(found, key, "a list of at most \(countMax)", instead: `default`)
        }
        return items.compactMap { item in
            item.text.flatMap(read) ?? report(item, key, wanted, instead: nil)
        }
    }

    /// Names and texts: a mapping in the file, `name=text` separated by commas elsewhere.
    public mutating func map(
        _ key: String, default: [String: String] = [:], countMax: Int = 1_000
    ) -> [String: String] {
        guard let found = found(key, shortName: nil) else { return `default` }
        guard let pairs = found.pairs, pairs.count <= countMax else {
            return report(found, key, "names with a text each, at most \(countMax),", instead: `default`)
        }
        var map: [String: String] = [:]
        for (name, value) in pairs {
            guard let text = value.text else { return report(value, "\(key).\(name)", "a text", instead: `default`) }
            map[name] = text
        }
        return map
    }

    private func report<Value>(_ found: Found, _ key: String, _ wanted: String, instead value: Value) -> Value {
        let given = found.text.map { "'\(String($0.prefix(80)))'" } ?? found.shape
        configuration.report(.init(found.place, "\(wanted) is wanted for '\(name).\(key)', not \(given)"))
        return value
    }

    /// What one source says about a key.
    private struct Found {
        let place: ConfigurationProblem.Place
        /// Nil for anything but a single text.
        var text: String?
        /// Not quoted, so that nothing means "not set".
        var isPlain = true
        var items: [Found]?
        var pairs: [(String, Found)]?

        var shape: String { pairs != nil ? "keys" : "a list" }
    }

    private mutating func found(_ key: String, shortName: String?) -> Found? {
        asked.insert(key)
        configuration.note(asked: "\(name).\(key)")
        let sources = configuration.sources
        if let flag = sources.flags["\(name).\(key)"] { return text(flag.value, at: .flag(flag.spelling)) }
        for variable in [shortName, Self.variable(name, key)] {
            if let variable, let value = sources.environment[variable], !value.isEmpty {
                return text(value, at: .environment(variable))
            }
        }
        return entries.first { $0.key == key }.map { node($0.value) }
    }

    /// `a.b_c` is `LATTICE_A_B_C`.
    static func variable(_ section: String, _ key: String) -> String { "LATTICE_\(section)_\(key)".uppercased() }

    private func text(_ text: String, at place: ConfigurationProblem.Place) -> Found {
        let parts = text.split(separator: ",").map { $0.drop { $0 == " " } }
        let pairs = parts.map { part -> (String, Found)? in
            guard let equals = part.firstIndex(of: "=") else { return nil }
            let value = String(part[part.index(after: equals)...])
            return (String(part[..<equals]), Found(place: place, text: value))
        }
        return Found(
            place: place, text: text, items: parts.map { Found(place: place, text: String($0)) },
            pairs: pairs.contains { $0 == nil } ? nil : pairs.compactMap { $0 })
    }

    private func node(_ node: ConfigurationNode) -> Found {
        var found = Found(place: configuration.place(node))
        switch node.kind {
        case .scalar(let text, let isPlain):
            found.text = text
            found.isPlain = isPlain
            if text.isEmpty, isPlain { (found.items, found.pairs) = ([], []) }
        case .sequence(let nodes): found.items = nodes.map(self.node)
        case .mapping(let entries):
            found.pairs = entries.map { ($0.key, self.node($0.value)) }
        }
        return found
    }
}
