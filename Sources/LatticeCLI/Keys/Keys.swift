import ArgumentParser
import LatticeIdentity

/// `lattice keys …`
struct Keys: CommandGroup {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Makes, shows and imports keys.",
        discussion: "Seeds are kept in $LATTICE_HOME/keys, readable by their owner only, and are never printed.",
        subcommands: [KeysNew.self, KeysList.self, KeysShow.self, KeysImport.self])

    static let examples = ["lattice keys new account", "lattice keys list"]

    /// What a command says of one key.
    static func fields(_ entry: KeyStore.Entry, _ key: AnyKey) -> JSONObject {
        [
            "name": .string(entry.name.description), "kind": .string(entry.kind.name), "key": .string("\(key)"),
            "file": .string(entry.path),
        ]
    }
}

extension NKeyKind: ExpressibleByArgument {
    public init?(argument: String) { self.init(name: argument) }
    public static var allValueStrings: [String] { allCases.map(\.name) }
}
