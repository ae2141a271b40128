import LatticeProtocol
import LatticeProviders

/// Which keys a link sees.
enum KeyValueSpace: Hashable, Sendable {
    case shared
    /// 1–64 of `A–Z a–z 0–9 _ -`.
    case named(String)

    /// Of the link value `namespace`, in any case. Other keys are refused: they would do nothing.
    init(linkValues: [String: String]) throws(LinkProblem) {
        self = .shared
        for (key, value) in linkValues.sorted(by: { $0.key < $1.key }) {
            guard key.lowercased() == "namespace" else {
                throw LinkProblem("'\(key.prefix(80))' means nothing to keyvalue-local: it has 'namespace' only")
            }
            // What is right for a link name is right for a folder, too.
            guard (try? LinkName(value)) != nil else {
                throw LinkProblem("namespace: '\(value.prefix(80))' is not 1 to 64 letters, digits, '_' or '-'")
            }
            if case .named(let other) = self, other != value {
                throw LinkProblem("namespace is given twice, as '\(other)' and as '\(value)'")
            }
            self = .named(value)
        }
    }

    /// No namespace can be called as the shared one.
    var folderName: String {
        switch self {
        case .shared: "shared"
        case .named(let name): "namespace.\(name)"
        }
    }
}
