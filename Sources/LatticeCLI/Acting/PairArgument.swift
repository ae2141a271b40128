import ArgumentParser

/// `k=v`: a label that is wanted, a value of a link. The value may be empty and hold more `=`.
struct PairArgument: ExpressibleByArgument, Equatable {
    let key: String
    let value: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        (key, value) = (parts[0], parts[1])
    }

    /// - Parameter what: what each of the pairs is, for the complaint about one that is given twice.
    static func map(_ pairs: [PairArgument], _ what: String) throws(CLIError) -> [String: String] {
        var map: [String: String] = [:]
        for pair in pairs where map.updateValue(pair.value, forKey: pair.key) != nil {
            throw CLIError(.wrongUsage, "the \(what) '\(pair.key)' is given twice")
        }
        return map
    }
}
