import ArgumentParser
import LatticeIdentity

/// `lattice sign operator`: an operator about itself.
struct SignOperator: LatticeCommand {
    static let configuration = CommandConfiguration(
        commandName: "operator", abstract: "Writes an operator's token, signed by itself.")

    static let examples = ["lattice sign operator --name acme --output acme.jwt"]

    @Option(help: "The operator's name, for people.")
    var name: String

    @Option(name: .customLong("signer"), help: "A public key that may sign for it; repeat it for more.")
    var signers: [SignerArgument] = []

    @OptionGroup var signing: SigningOptions

    func run() async throws {
        let pair = try signing.issuer(.operator, in: try LatticeHome().keys)
        let payload = SignerClaims(name: name, validSigners: signers.isEmpty ? nil : signers.map { "\($0.key)" })
        try signing.deliver(signing.claims(pair.publicKey, payload).signed(by: pair))
    }
}

/// A public key in full, of any kind.
struct SignerArgument: ExpressibleByArgument {
    let key: AnyKey

    init?(argument: String) {
        guard let key = try? AnyKey(argument) else { return nil }
        self.key = key
    }
}
