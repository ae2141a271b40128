import ArgumentParser
import LatticeIdentity

/// `lattice sign account`: an operator about an account.
struct SignAccount: LatticeCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Writes an account's token, signed by an operator.")

    static let examples = [
        "lattice sign account --name default --output account.jwt",
        "lattice sign account --name team --subject ABZZPGLZ6XFVJ2KBZ6ODBKDHYV2LJWKN44PIZRRQW2DZAD26DHFFCC36",
    ]

    @Option(help: "The account's name; its key is kept under it.")
    var name: KeyName

    @Option(name: .customLong("signer"), help: "A public key that may sign for it; repeat it for more.")
    var signers: [SignerArgument] = []

    @OptionGroup var subject: SubjectOption
    @OptionGroup var signing: SigningOptions

    func run() async throws {
        let keys = try LatticeHome().keys
        let pair = try signing.issuer(.operator, in: keys)
        let key = try subject.key(.account, name: name, in: keys)
        let payload = SignerClaims(
            name: name.description, validSigners: signers.isEmpty ? nil : signers.map { "\($0.key)" })
        try signing.deliver(signing.claims(key, payload).signed(by: pair))
    }
}
