internal import CActor

/// The way out: every call of an actor's goes through the host, which checks its claims and links.
public enum Host {
    /// Calls a provider or another actor and waits for its answer.
    /// - Parameters:
    ///   - namespace: a contract id, or the key or call alias of an actor.
    ///   - linkName: which of the actor's links for that contract; empty for actors.
    ///   - argument: MessagePack; empty where the operation takes none.
    /// - Returns: the result, MessagePack; empty where the operation has none.
    public static func call(
        _ namespace: Text, linkName: Text, operation: Text, argument: Bytes
    ) throws(CallError) -> Bytes {
        let status = linkName.utf8.withPointer { linkNameBytes in
            namespace.utf8.withPointer { namespaceBytes in
                operation.utf8.withPointer { operationBytes in
                    argument.withPointer { argumentBytes in
                        wasmbus_host_call(
                            linkNameBytes, UInt32(truncatingIfNeeded: linkName.utf8.count),
                            namespaceBytes, UInt32(truncatingIfNeeded: namespace.utf8.count),
                            operationBytes, UInt32(truncatingIfNeeded: operation.utf8.count),
                            argumentBytes, UInt32(truncatingIfNeeded: argument.count))
                    }
                }
            }
        }
        guard status == 1 else {
            throw .host(
                HostError(
                    Text(
                        repairing: Bytes(
                            count: Int(truncatingIfNeeded: wasmbus_host_error_count()), filledBy: wasmbus_host_error))))
        }
        return Bytes(
            count: Int(truncatingIfNeeded: wasmbus_host_response_count()), filledBy: wasmbus_host_response)
    }

    /// The same, and reads the result.
    public static func call<Value>(
        _ namespace: Text, linkName: Text, operation: Text, argument: Bytes,
        _ body: (inout MessageReader) throws(MessageError) -> Value
    ) throws(CallError) -> Value {
        let reply = try call(namespace, linkName: linkName, operation: operation, argument: argument)
        do throws(MessageError) { return try MessageReader.read(reply, body) } catch {
            throw .malformedReply(error, to: operation)
        }
    }

    /// Writes a line into the host's log of this actor; needs no claim.
    public static func print(_ text: Text) {
        text.utf8.withPointer { wasmbus_console_log($0, UInt32(truncatingIfNeeded: text.utf8.count)) }
    }
}
