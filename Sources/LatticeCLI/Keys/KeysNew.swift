import ArgumentParser
import LatticeIdentity

struct KeysNew: LatticeCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Makes a new key and keeps it.")

    static let examples = ["lattice keys new account", "lattice keys new module --name counter"]

    @Argument(help: "What the key is for.")
    var kind: NKeyKind

    @Option(help: "The name to keep it under.")
    var name: KeyName = .unnamed

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let pair = AnyKeyPair.generate(kind)
        let entry = try LatticeHome().keys.keep(
            pair, as: name, fixIfTaken: "lattice keys new \(kind.name) --name NAME")
        output.print(FieldsReport(title: "new \(kind.name) key", fields: Keys.fields(entry, pair.publicKey)))
    }
}
