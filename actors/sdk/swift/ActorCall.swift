internal import CActor

/// A call that the host makes.
public struct ActorCall {
    /// `Service.Operation`
    public let operation: Text
    /// MessagePack; empty where the operation takes none.
    public let argument: Bytes

    /// The call that the module was entered with. To be asked for once.
    static func current() -> ActorCall {
        let operationCount = Int(truncatingIfNeeded: actor_operation_count())
        let argumentCount = Int(truncatingIfNeeded: actor_argument_count())
        let bytes = Bytes(count: operationCount + argumentCount) { start in
            wasmbus_guest_request(start, start + operationCount)
        }
        return ActorCall(
            operation: Text(repairing: bytes[0..<operationCount]), argument: bytes[operationCount..<bytes.count])
    }

    /// Reads the argument.
    public func readArgument<Value>(
        _ body: (inout MessageReader) throws(MessageError) -> Value
    ) throws(CallError) -> Value {
        do throws(MessageError) { return try MessageReader.read(argument, body) } catch {
            throw .malformedArgument(error)
        }
    }
}
