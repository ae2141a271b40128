/// A capability contract as people name it: a contract id as it stands on the wire, or a short name for a known one.
struct ContractArgument: Equatable {
    /// Such as `wasmcloud:httpserver`.
    let contractID: String

    /// Short name, contract id, in the order in which help lists them.
    static let shortNames = [
        ("http-server", "wasmcloud:httpserver"), ("http-client", "wasmcloud:httpclient"),
        ("keyvalue", "wasmcloud:keyvalue"), ("messaging", "wasmcloud:messaging"), ("sqldb", "wasmcloud:sqldb"),
        ("blobstore", "wasmcloud:blobstore"), ("logging", "wasmcloud:builtin:logging"),
        ("numbergen", "wasmcloud:builtin:numbergen"), ("lattice-control", "wasmcloud:latticecontrol"),
        ("sensors", "wasmcloud:sensors"),
    ]

    static var shortNamesList: String { shortNames.map(\.0).joined(separator: ", ") }

    /// For options and arguments: says what would have been right.
    static func parse(_ text: String) throws -> ContractArgument {
        guard let argument = ContractArgument(text) else {
            throw ArgumentProblem("give a contract id, such as acme:queue, or one of \(shortNamesList)")
        }
        return argument
    }

    /// Upper case, `-` and `_` don't matter in short names; anything with a colon is an id and stays as it is.
    init?(_ text: String) {
        let argument = text.trimmed
        if argument.contains(":") {
            guard argument.allSatisfy({ !$0.isWhitespace && $0 != "," }) else { return nil }
            contractID = argument
            return
        }
        guard let known = Self.shortNames.first(where: { Self.folded($0.0) == Self.folded(argument) }) else {
            return nil
        }
        contractID = known.1
    }

    private static func folded(_ name: String) -> String { name.lowercased().filter { $0 != "-" && $0 != "_" } }
}

extension String {
    /// Without white space at either end.
    var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
