internal import CActor

/// What a module does. The conforming type is marked `@main`; it has no instances, and keeps nothing from one call to the
/// next: hosts may use a fresh instance of the module for each.
public protocol ActorModule {
    /// Answers one call.
    /// - Returns: the result, MessagePack, empty where the operation has none; nil for an operation that it doesn't know.
    /// - Throws: what becomes the guest error, `Guest call failed for method OPERATION: …`.
    static func handle(_ call: ActorCall) throws(CallError) -> Bytes?
}

extension ActorModule {
    /// Entered once per call, see `entry.c`.
    public static func main() {
        let call = ActorCall.current()
        do throws(CallError) {
            if call.operation == "Actor.HealthRequest" {
                succeed(healthy)
            } else if let result = try handle(call) {
                succeed(result)
            } else {
                fail(call, "method not handled " + call.operation + " - unknown method")
            }
        } catch {
            fail(call, error.text)
        }
    }

    /// `{healthy: true}`
    private static var healthy: Bytes {
        var writer = MessageWriter(capacity: 16)
        writer.writeMapCount(1)
        writer.write("healthy" as Text)
        writer.write(true)
        return writer.finish()
    }

    private static func succeed(_ result: Bytes) {
        result.withPointer { wasmbus_guest_response($0, UInt32(truncatingIfNeeded: result.count)) }
        actor_set_result(1)
    }

    @inline(never)
    private static func fail(_ call: ActorCall, _ cause: Text) {
        let text = ("Guest call failed for method " as Text) + call.operation + ": " + cause
        text.utf8.withPointer { wasmbus_guest_error($0, UInt32(truncatingIfNeeded: text.utf8.count)) }
        actor_set_result(0)
    }
}
