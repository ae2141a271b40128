/// A client of `wasmcloud:keyvalue`. Each operation throws what the host or the provider answers.
public struct KeyValue {
    private let linkName: Text

    /// - Parameter linkName: which of the actor's links for this contract.
    public init(linkName: Text = "default") { self.linkName = linkName }

    /// Adds to a number, which is 0 where there is none.
    /// - Returns: the new value.
    public func increment(_ key: Text, by value: Int32 = 1) throws(CallError) -> Int32 {
        var writer = MessageWriter(capacity: key.utf8.count + 32)
        writer.writeMapCount(2)
        writer.write("key" as Text)
        writer.write(key)
        writer.write("value" as Text)
        writer.write(Int64(value))
        return try call("KeyValue.Increment", writer.finish(), readInt32)
    }

    public func contains(_ key: Text) throws(CallError) -> Bool {
        try call("KeyValue.Contains", MessageWriter.message(key), readBool)
    }

    /// - Returns: whether it was there.
    public func delete(_ key: Text) throws(CallError) -> Bool {
        try call("KeyValue.Del", MessageWriter.message(key), readBool)
    }

    /// - Returns: nil if there is none.
    public func get(_ key: Text) throws(CallError) -> Text? {
        try call("KeyValue.Get", MessageWriter.message(key)) { (reader) throws(MessageError) in
            var value: Text = ""
            var exists = false
            var structure = try MessageStructure(&reader)
            while let field = try structure.nextField(&reader) {
                switch field {
                case .named("value"), .position(0): value = try reader.readText()
                case .named("exists"), .position(1): exists = try reader.readBool()
                default: try reader.skip()
                }
            }
            return exists ? value : nil
        }
    }

    /// - Parameter expires: in seconds; 0 for never.
    public func set(_ key: Text, to value: Text, expires: UInt32 = 0) throws(CallError) {
        var writer = MessageWriter(capacity: key.utf8.count + value.utf8.count + 48)
        writer.writeMapCount(3)
        writer.write("key" as Text)
        writer.write(key)
        writer.write("value" as Text)
        writer.write(value)
        writer.write("expires" as Text)
        writer.write(Int64(expires))
        _ = try Host.call(
            Self.contract, linkName: linkName, operation: "KeyValue.Set", argument: writer.finish())
    }

    // MARK: Lists

    /// Adds at the end.
    /// - Returns: the new length.
    public func append(_ value: Text, toList list: Text) throws(CallError) -> UInt32 {
        try call("KeyValue.ListAdd", pair("listName", list, value), readUInt32)
    }

    /// - Returns: whether it was there.
    public func clearList(_ list: Text) throws(CallError) -> Bool {
        try call("KeyValue.ListClear", MessageWriter.message(list), readBool)
    }

    /// Takes the first one out that is equal to `value`.
    /// - Returns: whether there was one.
    public func remove(_ value: Text, fromList list: Text) throws(CallError) -> Bool {
        try call("KeyValue.ListDel", pair("listName", list, value), readBool)
    }

    /// - Parameters:
    ///   - start: the first index; negative ones count from the end.
    ///   - stop: the last index, inclusive.
    public func list(_ list: Text, from start: Int32 = 0, through stop: Int32 = -1) throws(CallError) -> [Text] {
        var writer = MessageWriter(capacity: list.utf8.count + 48)
        writer.writeMapCount(3)
        writer.write("listName" as Text)
        writer.write(list)
        writer.write("start" as Text)
        writer.write(Int64(start))
        writer.write("stop" as Text)
        writer.write(Int64(stop))
        return try call("KeyValue.ListRange", writer.finish(), readTexts)
    }

    // MARK: Sets

    /// - Returns: how many were added: 0 if it was there.
    public func insert(_ value: Text, intoSet set: Text) throws(CallError) -> UInt32 {
        try call("KeyValue.SetAdd", pair("setName", set, value), readUInt32)
    }

    /// - Returns: how many were removed.
    public func remove(_ value: Text, fromSet set: Text) throws(CallError) -> UInt32 {
        try call("KeyValue.SetDel", pair("setName", set, value), readUInt32)
    }

    public func intersection(ofSets sets: [Text]) throws(CallError) -> [Text] {
        try call("KeyValue.SetIntersection", names(sets), readTexts)
    }

    public func union(ofSets sets: [Text]) throws(CallError) -> [Text] {
        try call("KeyValue.SetUnion", names(sets), readTexts)
    }

    public func set(_ set: Text) throws(CallError) -> [Text] {
        try call("KeyValue.SetQuery", MessageWriter.message(set), readTexts)
    }

    /// - Returns: whether it was there.
    public func clearSet(_ set: Text) throws(CallError) -> Bool {
        try call("KeyValue.SetClear", MessageWriter.message(set), readBool)
    }

    // MARK: Messages

    private static var contract: Text { "wasmcloud:keyvalue" }

    private func call<Value>(
        _ operation: Text, _ argument: Bytes, _ body: (inout MessageReader) throws(MessageError) -> Value
    ) throws(CallError) -> Value {
        try Host.call(Self.contract, linkName: linkName, operation: operation, argument: argument, body)
    }

    private func pair(_ nameKey: Text, _ name: Text, _ value: Text) -> Bytes {
        var writer = MessageWriter(capacity: name.utf8.count + value.utf8.count + 32)
        writer.writeMapCount(2)
        writer.write(nameKey)
        writer.write(name)
        writer.write("value" as Text)
        writer.write(value)
        return writer.finish()
    }

    private func names(_ names: [Text]) -> Bytes {
        var writer = MessageWriter()
        writer.write(names)
        return writer.finish()
    }

    private func readBool(_ reader: inout MessageReader) throws(MessageError) -> Bool { try reader.readBool() }

    private func readInt32(_ reader: inout MessageReader) throws(MessageError) -> Int32 {
        try reader.readInteger(Int32.self)
    }

    private func readUInt32(_ reader: inout MessageReader) throws(MessageError) -> UInt32 {
        try reader.readInteger(UInt32.self)
    }

    private func readTexts(_ reader: inout MessageReader) throws(MessageError) -> [Text] { try reader.readTexts() }
}
