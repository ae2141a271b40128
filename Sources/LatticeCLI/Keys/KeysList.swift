import ArgumentParser
import LatticeIdentity

struct KeysList: LatticeCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists the keys that are kept here.")

    static let examples = ["lattice keys list", "lattice keys list -o json"]

    @OptionGroup var output: OutputOptions

    /// Lists what can be read; then fails for the first that can't.
    func run() async throws {
        let home = try LatticeHome()
        var rows: [JSONObject] = []
        var failure: CLIError?
        for entry in try home.keys.entries() {
            do throws(CLIError) { rows.append(Keys.fields(entry, try home.keys.load(entry).publicKey)) } catch {
                failure = failure ?? error
            }
        }
        output.print(
            TableReport(
                columns: ["name", "kind", "key"], rows: rows, empty: "no keys in \(home.keys.folder)"))
        if let failure { throw failure }
    }
}
