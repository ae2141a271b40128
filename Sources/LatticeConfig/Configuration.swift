/// Configuration while it is read: hands out sections and collects every problem on the way.
///
/// Meant to live as long as one reading: settings are structs, made from it once.
public final class Configuration {
    /// Beyond any configuration written by hand.
    public static let textBytesMax = 1 << 20

    let sources: ConfigurationSources
    private let root: ConfigurationNode
    private var problems: [ConfigurationProblem] = []
    private var sectionNames: Set<String> = []
    /// Every key that was asked for, as `section.key`, in order.
    public private(set) var keysAsked: [String] = []

    public init(_ sources: ConfigurationSources) {
        self.sources = sources
        do throws(ConfigurationProblem.Unreadable) {
            root = try ConfigurationNode.parse(sources.text, fileName: sources.fileName)
        } catch {
            root = ConfigurationNode.empty
            problems = [error.problem]
        }
    }

    /// The keys below one name at the top of the file.
    public func section(_ name: String) -> ConfigurationSection {
        sectionNames.insert(name)
        var mapping: [ConfigurationEntry] = []
        if let entry = root.entries?.first(where: { $0.key == name }) {
            switch entry.value.kind {
            case .mapping(let entries): mapping = entries
            // All its keys may be commented out.
            case .scalar("", isPlain: true): break
            default: report(.init(place(entry.value), "'\(name)' needs keys below it, indented"))
            }
        }
        return ConfigurationSection(name: name, entries: mapping, configuration: self)
    }

    /// Ends the reading.
    /// - Throws: all problems together, also sections that nobody asked for.
    public func finish() throws(ConfigurationError) {
        for entry in root.entries ?? [] where !sectionNames.contains(entry.key) {
            let hint = Spelling.hint(for: entry.key, among: sectionNames)
            report(.init(place(entry), "unknown section '\(entry.key)'\(hint)"))
        }
        if root.entries == nil { report(.init(place(root), "sections are wanted here, such as 'host:'")) }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
    }

    func report(_ problem: ConfigurationProblem) { problems.append(problem) }

    func note(asked key: String) { keysAsked.append(key) }

    func place(_ node: ConfigurationNode) -> ConfigurationProblem.Place {
        .file(sources.fileName, line: node.line, column: node.column)
    }

    func place(_ entry: ConfigurationEntry) -> ConfigurationProblem.Place {
        .file(sources.fileName, line: entry.line, column: entry.column)
    }
}
