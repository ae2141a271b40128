import LatticeControl
import LatticeProtocol

/// The providers that come with every host of ours, by the names that people type.
enum BundledNames {
    static let all = BundledProviders.all().map { KnownProvider(name: $0.name, key: $0.key, contract: $0.contract) }

    static subscript(name: String) -> KnownProvider? { all.first { $0.name == name } }

    static var list: String { all.map(\.name).joined(separator: ", ") }
}

extension ContractArgument {
    /// The short name that stands for a contract.
    static func shortName(of contract: ContractID) -> String? { shortName(of: contract.text) }

    static func shortName(of contractID: String) -> String? { shortNames.first { $0.1 == contractID }?.0 }

    /// The contract as the lattice knows it.
    func contract() throws(CLIError) -> ContractID {
        do throws(NameError) { return try ContractID(contractID) } catch { throw CLIError(.wrongUsage, "\(error)") }
    }
}
