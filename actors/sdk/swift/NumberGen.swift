/// A client of `wasmcloud:builtin:numbergen`, which the host answers itself: an actor's only source of randomness.
public enum NumberGen {
    /// A random UUID, hyphenated.
    public static func guid() throws(CallError) -> Text {
        try call("NumberGen.GenerateGuid", Bytes()) { (reader) throws(MessageError) in try reader.readText() }
    }

    public static func random() throws(CallError) -> UInt32 {
        try call("NumberGen.Random32", Bytes()) { (reader) throws(MessageError) in
            try reader.readInteger(UInt32.self)
        }
    }

    public static func random(in range: ClosedRange<UInt32>) throws(CallError) -> UInt32 {
        var writer = MessageWriter(capacity: 24)
        writer.writeMapCount(2)
        writer.write("min" as Text)
        writer.write(Int64(range.lowerBound))
        writer.write("max" as Text)
        writer.write(Int64(range.upperBound))
        return try call("NumberGen.RandomInRange", writer.finish()) { (reader) throws(MessageError) in
            try reader.readInteger(UInt32.self)
        }
    }

    private static func call<Value>(
        _ operation: Text, _ argument: Bytes, _ body: (inout MessageReader) throws(MessageError) -> Value
    ) throws(CallError) -> Value {
        try Host.call(
            "wasmcloud:builtin:numbergen", linkName: "default", operation: operation, argument: argument, body)
    }
}
