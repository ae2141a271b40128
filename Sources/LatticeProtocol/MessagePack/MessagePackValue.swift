import LatticeIdentity

/// What hostile MessagePack may cost when it is read into a tree.
public struct MessagePackLimits: Hashable, Sendable {
    public var bytesMax: Int
    /// How many arrays and maps may stand in one another.
    public var depthMax: Int
    /// Keys count, too. A value takes up to about 50 bytes of memory, whatever its size on the wire.
    public var valuesMax: Int

    public init(bytesMax: Int = 64 << 20, depthMax: Int = 64, valuesMax: Int = 1_000_000) {
        self.bytesMax = bytesMax
        self.depthMax = depthMax
        self.valuesMax = valuesMax
    }
}

/// Any MessagePack value as a tree: for tools. What knows its structure uses a `MessagePackReader`.
public enum MessagePackValue: Hashable, Sendable {
    public struct Member: Hashable, Sendable {
        public let key: MessagePackValue
        public let value: MessagePackValue

        public init(_ key: MessagePackValue, _ value: MessagePackValue) {
            self.key = key
            self.value = value
        }
    }

    case null
    case bool(Bool)
    /// Below zero.
    case negative(Int64)
    /// Zero and above.
    case positive(UInt64)
    case float(Double)
    case string(String)
    case binary([UInt8])
    case array([MessagePackValue])
    /// In the order of the wire; keys may be anything and may repeat.
    case map([Member])
    case `extension`(type: Int8, [UInt8])

    /// Reads exactly one value.
    public init(
        parsing bytes: [UInt8], limits: MessagePackLimits = MessagePackLimits()
    ) throws(MessagePackError) {
        guard bytes.count <= limits.bytesMax else {
            throw MessagePackError(.tooLong(limit: limits.bytesMax), at: limits.bytesMax)
        }
        var builder = Builder(reader: MessagePackReader(bytes), limits: limits)
        self = try builder.value(depth: 0)
        try builder.reader.finish()
    }

    /// In the smallest forms.
    public var bytes: [UInt8] {
        var writer = MessagePackWriter()
        write(to: &writer)
        return writer.bytes
    }

    public func write(to writer: inout MessagePackWriter) {
        switch self {
        case .null: writer.writeNil()
        case .bool(let value): writer.write(value)
        case .negative(let value): writer.write(value)
        case .positive(let value): writer.write(value)
        case .float(let value): writer.write(value)
        case .string(let text): writer.write(text)
        case .binary(let bytes): writer.write(bytes: bytes)
        case .array(let values):
            writer.writeArrayHeader(count: values.count)
            for value in values { value.write(to: &writer) }
        case .map(let members):
            writer.writeMapHeader(count: members.count)
            for member in members {
                member.key.write(to: &writer)
                member.value.write(to: &writer)
            }
        case .extension(let type, let bytes): writer.write(extension: type, bytes: bytes)
        }
    }

    /// Recursion is as deep as the limit, never deeper.
    private struct Builder {
        var reader: MessagePackReader
        let limits: MessagePackLimits
        var valuesCount = 0

        mutating func value(depth: Int) throws(MessagePackError) -> MessagePackValue {
            valuesCount += 1
            guard valuesCount <= limits.valuesMax else { throw reader.failure(.tooManyValues(limit: limits.valuesMax)) }
            switch try reader.peekKind() {
            case .null:
                _ = try reader.takeNil()
                return .null
            case .boolean: return .bool(try reader.readBool())
            case .integer, .float:
                switch try reader.readNumber(expecting: .integer) {
                case .negative(let value): return .negative(value)
                case .positive(let value): return .positive(value)
                case .float(let value): return .float(value)
                }
            case .string: return .string(try reader.readString())
            case .binary: return .binary(try reader.readBytes())
            case .array:
                try check(depth)
                var values: [MessagePackValue] = []
                for _ in 0..<(try reader.readArrayHeader()) { values.append(try value(depth: depth + 1)) }
                return .array(values)
            case .map:
                try check(depth)
                var members: [Member] = []
                for _ in 0..<(try reader.readMapHeader()) {
                    members.append(Member(try value(depth: depth + 1), try value(depth: depth + 1)))
                }
                return .map(members)
            case .extension:
                let (type, bytes) = try reader.readExtension()
                return .extension(type: type, bytes)
            }
        }

        private func check(_ depth: Int) throws(MessagePackError) {
            guard depth < limits.depthMax else { throw reader.failure(.tooDeep(limit: limits.depthMax)) }
        }
    }
}
