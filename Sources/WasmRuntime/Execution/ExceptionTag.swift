/// A kind of exception: who throws and who catches must mean the same one.
public final class ExceptionTag: Sendable {
    /// Its parameters are the values of the exception; it has no results.
    public let type: FunctionType
    /// For messages: under which name it is exported, if it is.
    public let name: String?

    /// A tag of the host's, for guests to import.
    /// - Precondition: the type has no results.
    public init(_ type: FunctionType, name: String? = nil) {
        precondition(type.results.isEmpty, "a tag has no results")
        self.type = type
        self.name = name
    }
}

/// An exception that a host function throws at its guest, which can catch it as if another guest had thrown it.
public struct GuestException: Error, CustomStringConvertible {
    public let tag: ExceptionTag
    public let values: [Value]

    /// - Precondition: the values' types are the tag's.
    public init(_ tag: ExceptionTag, _ values: [Value]) {
        precondition(values.map(\.type) == tag.type.parameters, "values are not of the tag's types")
        self.tag = tag
        self.values = values
    }

    public var description: String { "\(Trap.Reason.uncaughtException(tag: tag.name, values: values))" }
}
