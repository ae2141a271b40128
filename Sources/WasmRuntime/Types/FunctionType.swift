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

    var parameterSlots: Int { parameters.reduce(0) { $0 + $1.slots } }
    var resultSlots: Int { results.reduce(0) { $0 + $1.slots } }
    /// Slots in front of a frame's header: parameters and results share them.
    var headerSlot: Int { max(parameterSlots, resultSlots) }
    var hasVectors: Bool { parameters.contains(.v128) || results.contains(.v128) }
}
