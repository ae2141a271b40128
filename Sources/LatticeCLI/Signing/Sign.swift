import ArgumentParser

/// `lattice sign FILE.wasm …`, and the same for those who sign others.
struct Sign: LatticeCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Signs a module; or an operator, account or provider.",
        subcommands: [SignModule.self, SignOperator.self, SignAccount.self, SignProvider.self],
        defaultSubcommand: SignModule.self)

    static let examples = SignModule.examples
}
