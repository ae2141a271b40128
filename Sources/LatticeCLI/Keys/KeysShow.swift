import ArgumentParser
import LatticeIdentity

struct KeysShow: LatticeCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows a key: its public half, and where its seed lies.")

    static let examples = ["lattice keys show counter", "lattice keys show default --kind account -o json"]

    @Argument(help: "The key's name, its public key, or the first characters of that (4 or more).")
    var name: String

    @Option(help: "The kind, where the name stands for keys of several kinds.")
    var kind: NKeyKind?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let (entry, pair) = try LatticeHome().keys.find(name, kind)
        output.print(FieldsReport(title: "\(entry.kind.name) key", fields: Keys.fields(entry, pair.publicKey)))
    }
}
