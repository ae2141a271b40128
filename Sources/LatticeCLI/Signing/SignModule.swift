import ArgumentParser
import LatticeIdentity

/// `lattice sign FILE.wasm`: embeds an actor's claims.
struct SignModule: LatticeCommand {
    static let configuration = CommandConfiguration(
        commandName: "module", abstract: "Signs a module, embedding what it may do.",
        usage: "lattice sign <file> --name <name> [--cap <contract> ...] [options]",
        discussion: """
            The module's key is its address. It is kept under the name, so that a rebuild keeps its address.
            Contracts by short name: \(ContractArgument.shortNamesList).
            """)

    static let examples = [
        "lattice sign counter.wasm --name counter --cap http-server --cap keyvalue",
        "lattice sign build/echo.wasm --name echo --cap wasmcloud:httpserver --expires 30d --output echo.wasm",
    ]

    @Argument(help: "The module or component.")
    var file: String

    @Option(help: "The actor's name; its key is kept under it.")
    var name: KeyName

    @Option(
        help: ArgumentHelp("A contract that it may use; repeat it for more.", valueName: "contract"),
        transform: ContractArgument.parse)
    var cap: [ContractArgument] = []

    @Option(help: "A name under which other actors may call it.")
    var alias: String?

    @Option(help: "The version, for people.")
    var version: String?

    @Option(help: "The revision: a number that grows with each version.")
    var revision: Int32?

    @Option(help: "Anything to find it by; repeat it for more.")
    var tag: [String] = []

    @OptionGroup var subject: SubjectOption
    @OptionGroup var signing: SigningOptions

    func run() async throws {
        let bytes = try InputFile.read(file)
        let module: UnsignedModule
        do { module = try UnsignedModule(bytes) } catch {
            throw CLIError(.refused, "\(file) can't be signed: \(error)")
        }
        let callAlias = try alias.map { text throws(CLIError) in
            guard let alias = CallAlias(normalizing: text) else {
                throw CLIError(.wrongUsage, "nothing is left of the alias '\(text)': only ASCII characters count")
            }
            return alias
        }
        let keys = try LatticeHome().keys
        let issuer: AccountKeyPair
        let pair = try signing.issuer(.account, in: keys)
        do { issuer = try AccountKeyPair(pair) } catch { throw CLIError(.refused, "\(error)") }
        let key = try subject.key(.module, name: name, in: keys)
        let claims = ActorClaims(
            name: name.description, tags: tag, capabilities: distinctCapabilities, revision: revision,
            version: version, callAlias: callAlias)
        let signed = module.signed(signing.claims(key, claims), by: issuer)
        let path = signing.output ?? Self.outputPath(for: file)
        try InputFile.write(signed, to: path)
        signing.format.print(try Self.report(signed, path: path))
    }

    private var distinctCapabilities: [String] {
        cap.map(\.contractID).reduce(into: []) { ids, id in if !ids.contains(id) { ids.append(id) } }
    }

    private static func report(_ module: [UInt8], path: String) throws(CLIError) -> FieldsReport {
        var fields = ["file": .string(path)] as JSONObject
        do {
            let claims = try ClaimsFields.fields(ClaimsSource.module(module).token(), at: .now())
            for member in claims.members { fields[member.key] = member.value }
        } catch { throw CLIError(path, error, fix: nil) }
        return FieldsReport(title: "signed \(path)", fields: fields, hiddenInText: ClaimsFields.hiddenWhenValid)
    }

    /// `counter.wasm` gives `counter_s.wasm` beside it.
    static func outputPath(for file: String) -> String {
        let suffix = ".wasm"
        return (file.hasSuffix(suffix) ? String(file.dropLast(suffix.count)) : file) + "_s" + suffix
    }
}
