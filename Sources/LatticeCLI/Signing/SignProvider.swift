import ArgumentParser
import LatticeIdentity

/// `lattice sign provider`: an account about a provider's binaries.
struct SignProvider: LatticeCommand {
    static let configuration = CommandConfiguration(
        commandName: "provider", abstract: "Writes a provider's token, signed by an account.",
        discussion: "Contracts by short name: \(ContractArgument.shortNamesList).")

    static let examples = [
        "lattice sign provider --name redis --contract keyvalue --vendor acme --target x86_64-linux=build/redis"
    ]

    @Option(help: "The provider's name; its key is kept under it.")
    var name: KeyName

    @Option(help: "The contract that it offers.", transform: ContractArgument.parse)
    var contract: ContractArgument

    @Option(help: "Who makes it.")
    var vendor: String

    @Option(
        name: .customLong("target"),
        help: ArgumentHelp("A target and the binary for it; repeat it for more.", valueName: "target=file"))
    var targets: [TargetArgument]

    @Option(help: "The version, for people.")
    var version: String?

    @Option(help: "The revision: a number that grows with each version.")
    var revision: Int32?

    @OptionGroup var subject: SubjectOption
    @OptionGroup var signing: SigningOptions

    func run() async throws {
        var hashes: [ProviderClaims.TargetHash] = []
        for target in targets {
            guard !hashes.contains(where: { $0.target == target.target }) else {
                throw CLIError(.wrongUsage, "target '\(target.target)' is given twice")
            }
            let hash = SHA256Digest(of: try InputFile.read(target.file))
            hashes.append(.init(target: target.target, hash: "\(hash)"))
        }
        let keys = try LatticeHome().keys
        let pair = try signing.issuer(.account, in: keys)
        let key = try subject.key(.provider, name: name, in: keys)
        let payload = ProviderClaims(
            name: name.description, contract: contract.contractID, vendor: vendor, revision: revision,
            version: version, targetHashes: hashes)
        try signing.deliver(signing.claims(key, payload).signed(by: pair))
    }
}

/// `x86_64-linux=build/redis`
struct TargetArgument: ExpressibleByArgument, Equatable {
    let target: String
    let file: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        (target, file) = (parts[0], parts[1])
    }
}
