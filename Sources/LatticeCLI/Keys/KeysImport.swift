import ArgumentParser
import LatticeIdentity

struct KeysImport: LatticeCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Keeps a copy of a key whose seed lies in a file.",
        discussion: "The file holds the seed as text (S…); its kind follows from it. The file itself stays as it is.")

    static let examples = ["lattice keys import old-machine/account.nk --name old"]

    @Argument(help: "The file with the seed.")
    var file: String

    @Option(help: "The name to keep it under.")
    var name: KeyName = .unnamed

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let pair: AnyKeyPair
        do { pair = try KeyFile.read(file, exposure: .accepted) } catch { throw CLIError(keyFile: error) }
        let entry = try LatticeHome().keys.keep(
            pair, as: name, fixIfTaken: "lattice keys import \(shellWord(file)) --name NAME")
        do { _ = try KeyFile.read(file) } catch {
            Program.notice("note: \(error); delete it if it is not needed any more")
        }
        output.print(
            FieldsReport(title: "imported \(entry.kind.name) key", fields: Keys.fields(entry, pair.publicKey)))
    }
}
