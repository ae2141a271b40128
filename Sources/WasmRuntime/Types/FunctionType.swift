/// What a function takes and returns.
public struct FunctionType: Hashable, Sendable, CustomStringConvertible {
    public let parameters: [ValueType]
    public let results: [ValueType]

    public init(_ parameters: [ValueType] = [], _ results: [ValueType] = []) {
        self.parameters = parameters
        self.results = results
    }

    public var description: String {
        func list(_ types: [ValueType]) -> String { types.map(\.description).joined(separator: ", ") }
        return "(\(list(parameters))) -> (\(list(results)))"
    }

    /// Slots in front of a frame's header: parameters and results share them.
    var headerSlot: Int { max(parameters.count, results.count) }
}
