/// What knows its form in JSON.
public protocol JSONWritable {
    /// Writes exactly one value.
    func write(to writer: inout JSONWriter)
}

extension String: JSONWritable {
    public func write(to writer: inout JSONWriter) { writer.value(self) }
}

extension Bool: JSONWritable {
    public func write(to writer: inout JSONWriter) { writer.value(self) }
}

extension JSONWritable where Self: FixedWidthInteger {
    public func write(to writer: inout JSONWriter) { writer.value(self) }
}

extension Int: JSONWritable {}
extension Int32: JSONWritable {}
extension Int64: JSONWritable {}
extension UInt16: JSONWritable {}
extension UInt32: JSONWritable {}
extension UInt64: JSONWritable {}

extension Array: JSONWritable where Element: JSONWritable {
    public func write(to writer: inout JSONWriter) {
        writer.array { writer in for element in self { element.write(to: &writer) } }
    }
}

extension JSONValue: JSONWritable {
    public func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .bool(let value): writer.value(value)
        case .number(let number): writer.value(number)
        case .string(let text): writer.value(text)
        case .array(let values): values.write(to: &writer)
        case .object(let object): object.write(to: &writer)
        }
    }
}

extension JSONObject: JSONWritable {
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in for member in members { writer.member(member.key, member.value) } }
    }
}

extension NKey: JSONWritable {
    public func write(to writer: inout JSONWriter) { writer.value(description) }
}

extension AnyKey: JSONWritable {
    public func write(to writer: inout JSONWriter) { writer.value(description) }
}
