import ArgumentParser
import LatticeIdentity

/// `lattice claims …`
struct Claims: CommandGroup {
    static let configuration = CommandConfiguration(
        commandName: "claims", abstract: "Shows what tokens say.", subcommands: [ClaimsShow.self])

    static let examples = ["lattice claims show counter_s.wasm"]
}

struct ClaimsShow: LatticeCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows the claims of a module or token, valid or not.")

    static let examples = ["lattice claims show counter_s.wasm", "lattice claims show account.jwt -o json"]

    @Argument(help: ArgumentHelp("A module, a file with a token, or the token itself.", valueName: "file|jwt"))
    var source: String

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let isToken = !InputFile.exists(source) && ClaimsSource.looksLikeToken(source)
        let claims = isToken ? .token(source) : try ClaimsSource(file: source)
        do throws(ClaimsVerdict) {
            var fields = try ClaimsFields.fields(claims.token(), at: .now())
            if case .module = claims { fields["hash_valid"] = .bool(try claims.hashMatch() != nil) }
            output.print(FieldsReport(title: isToken ? "token" : source, fields: fields))
        } catch {
            throw CLIError(isToken ? "the token" : source, error, fix: claims.signCommand(source))
        }
    }
}
