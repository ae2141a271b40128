import LatticeIdentity
import LatticeProtocol

/// The highest version of the trust document that was seen of each operator in each lattice: one line for each. Numbers
/// only grow.
struct SeenVersions: Hashable, Sendable {
    struct Chain: Hashable, Sendable {
        let lattice: LatticeName
        let operatorKey: OperatorKey
    }

    private var versions: [Chain: UInt64] = [:]

    func version(of operatorKey: OperatorKey, in lattice: LatticeName) -> UInt64? {
        versions[Chain(lattice: lattice, operatorKey: operatorKey)]
    }

    mutating func note(_ version: UInt64, of operatorKey: OperatorKey, in lattice: LatticeName) {
        let chain = Chain(lattice: lattice, operatorKey: operatorKey)
        versions[chain] = max(version, versions[chain] ?? 0)
    }

    var text: String {
        versions.map { "\($0.key.lattice) \($0.key.operatorKey) \($0.value)\n" }.sorted().joined()
    }

    /// - Returns: also the first line that says nothing, if there is one.
    static func reading(_ text: String) -> (versions: SeenVersions, unreadable: String?) {
        var versions = SeenVersions()
        var unreadable: String?
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 3, let lattice = try? LatticeName(words[0]),
                let operatorKey = try? OperatorKey(words[1]), let version = UInt64(words[2])
            else {
                unreadable = unreadable ?? String(line)
                continue
            }
            versions.note(version, of: operatorKey, in: lattice)
        }
        return (versions, unreadable)
    }
}
