/// Another actor of the lattice.
public struct ActorAddress {
    private let namespace: Text

    /// By the name that its claims give it.
    public static func alias(_ alias: Text) -> ActorAddress { ActorAddress(namespace: alias) }

    /// By its public key, `M…`.
    public static func key(_ key: Text) -> ActorAddress { ActorAddress(namespace: key) }

    /// - Parameter argument: MessagePack; empty where the operation takes none.
    /// - Returns: the result, MessagePack; empty where the operation has none.
    public func call(_ operation: Text, _ argument: Bytes = Bytes()) throws(CallError) -> Bytes {
        try Host.call(namespace, linkName: "", operation: operation, argument: argument)
    }

    /// The same, and reads the result.
    public func call<Value>(
        _ operation: Text, _ argument: Bytes = Bytes(),
        _ body: (inout MessageReader) throws(MessageError) -> Value
    ) throws(CallError) -> Value {
        try Host.call(namespace, linkName: "", operation: operation, argument: argument, body)
    }
}
