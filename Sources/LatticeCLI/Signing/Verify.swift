import ArgumentParser
import LatticeIdentity

/// `lattice verify FILE`
struct Verify: LatticeCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Checks the claims of a module, or a token in a file.",
        discussion: """
            Checks the claims' structure, signature, hash and times, in this order. Whether the issuer is trusted is
            for each lattice to say.
            """)

    static let examples = ["lattice verify counter_s.wasm", "lattice verify account.jwt -o json"]

    @Argument(help: "A module, a component, or a file with a token.")
    var file: String

    @OptionGroup var output: OutputOptions

    /// A refusal is printed as JSON, too, before the command fails.
    func run() async throws {
        let source = try ClaimsSource(file: file)
        let now = UnixTime.now()
        do throws(ClaimsVerdict) {
            try source.check(at: now)
            var fields = ["file": .string(file), "valid": true, "code": .null, "sentence": .null] as JSONObject
            for member in try ClaimsFields.fields(source.token(), at: now).members { fields[member.key] = member.value }
            fields["hash_match"] = ClaimsFields.text(try source.hashMatch()?.rawValue)
            output.print(
                FieldsReport(
                    title: "\(file) is valid", fields: fields, hiddenInText: ClaimsFields.hiddenWhenValid))
        } catch {
            if output.format == .json {
                let fields: JSONObject = [
                    "file": .string(file), "valid": false, "code": .string(error.code),
                    "sentence": .string(error.sentence),
                ]
                output.print(FieldsReport(title: "", fields: fields))
            }
            throw CLIError(file, error, fix: source.signCommand(file))
        }
    }
}
