/// Something that can be imported or was exported.
public enum External {
    case function(Function)
    case table(Table)
    case memory(Memory)
    case global(Global)
    case tag(ExceptionTag)
}

/// What a module's imports are to be linked to, by module name and name.
public struct Imports {
    private var items: [ExactName: [ExactName: External]] = [:]

    public init() {}

    public mutating func define(_ module: String, _ name: String, _ item: External) {
        items[ExactName(module), default: [:]][ExactName(name)] = item
    }

    public subscript(module: String, name: String) -> External? { items[ExactName(module)]?[ExactName(name)] }
}

/// Why a module could not be instantiated.
public enum InstantiationError: Error, CustomStringConvertible {
    case missingImport(Import)
    case incompatibleImport(Import, found: String)
    /// A memory, table or stack beyond the store's limits, or beyond what the system gives.
    case tooLarge(String)
    /// A segment did not fit, or the start function trapped.
    case trapped(Trap)
    /// A host function that the start function called threw.
    case failed(any Error)
    /// The start function called a host function that does not answer at once.
    case suspended

    public var description: String {
        switch self {
        case .missingImport(let item): "unknown import: \(item.module).\(item.name) (\(item.type)) is not provided"
        case .incompatibleImport(let item, let found):
            "incompatible import type: \(item.module).\(item.name) must be \(item.type), is \(found)"
        case .tooLarge(let what): "not within limits: \(what)"
        case .trapped(let trap): "instantiation trapped: \(trap)"
        case .failed(let error): "instantiation failed: \(error)"
        case .suspended: "the start function called a host function that does not answer at once"
        }
    }
}
