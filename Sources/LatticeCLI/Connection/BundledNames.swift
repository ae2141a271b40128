import LatticeControl
import LatticeProtocol
import LatticeProviders

/// The providers that come with every host of ours, by the names that people type. In order of preference where several
/// offer one contract: what needs nothing besides the host comes first.
enum BundledNames {
    private static let contracts = [
        ("httpserver", "wasmcloud:httpserver"), ("keyvalue-local", "wasmcloud:keyvalue"),
        ("redis", "wasmcloud:keyvalue"),
    ]

    static let all: [KnownProvider] = contracts.compactMap { name, contract in
        guard let contract = try? ContractID(contract) else { return nil }
        return KnownProvider(name: name, key: BundledProvider.key(of: name), contract: contract)
    }

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
