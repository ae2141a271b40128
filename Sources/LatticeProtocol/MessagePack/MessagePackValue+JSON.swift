import LatticeIdentity

/// JSON that people type and read for MessagePack. What JSON has no words for stands in an object of one member:
/// `{"$utf8": "text"}` and `{"$bytes": "base64"}` are `bin`, `{"$extension": [type, "base64"]}` is an extension, and
/// floats that are no numbers are the strings `NaN`, `Infinity` and `-Infinity`.
extension MessagePackValue: JSONWritable {
    private static let textKey = "$utf8"
    private static let bytesKey = "$bytes"
    private static let extensionKey = "$extension"

    /// Integers stay integers where 64 bits hold them; every other number becomes a float.
    /// - Throws: `.base64` when `$bytes` is not padded standard base 64, `.number` when a number is beyond all floats.
    public init(_ json: JSONValue) throws(MessagePackJSONError) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .number(let number): self = try MessagePackValue(number)
        case .string(let text): self = .string(text)
        case .array(let values):
            var elements: [MessagePackValue] = []
            elements.reserveCapacity(values.count)
            for value in values { elements.append(try MessagePackValue(value)) }
            self = .array(elements)
        case .object(let object): self = try MessagePackValue(object)
        }
    }

    private init(_ number: JSONNumber) throws(MessagePackJSONError) {
        if let value = number.integer(as: UInt64.self) {
            self = .positive(value)
        } else if let value = number.integer(as: Int64.self) {
            self = .negative(value)
        } else if let value = number.double {
            self = .float(value)
        } else {
            throw .number(number.literal)
        }
    }

    private init(_ object: JSONObject) throws(MessagePackJSONError) {
        if object.members.count == 1, let member = object.members.first {
            switch (member.key, member.value) {
            case (Self.textKey, .string(let text)):
                self = .binary(Array(text.utf8))
                return
            case (Self.bytesKey, .string(let text)):
                self = .binary(try Self.decode(text))
                return
            case (Self.extensionKey, .array(let parts)):
                if case (.number(let number)?, .string(let text)?) = (parts.first, parts.last), parts.count == 2,
                    let type = number.integer(as: Int8.self)
                {
                    self = .extension(type: type, try Self.decode(text))
                    return
                }
            default: break
            }
        }
        var members: [Member] = []
        members.reserveCapacity(object.members.count)
        for member in object.members {
            members.append(Member(.string(member.key), try MessagePackValue(member.value)))
        }
        self = .map(members)
    }

    private static func decode(_ text: String) throws(MessagePackJSONError) -> [UInt8] {
        guard let bytes = Base64.standard.decode(text.utf8) else { throw .base64 }
        return bytes
    }

    /// Keys that are no strings are written as the JSON that they would be, in a string.
    public func write(to writer: inout JSONWriter) {
        switch self {
        case .null: writer.null()
        case .bool(let value): writer.value(value)
        case .negative(let value): writer.value(value)
        case .positive(let value): writer.value(value)
        case .float(let value): Self.write(value, to: &writer)
        case .string(let text): writer.value(text)
        case .binary(let bytes):
            writer.object { writer in
                if let text = String(validating: bytes, as: UTF8.self), text.unicodeScalars.allSatisfy(Self.isReadable)
                {
                    writer.member(Self.textKey, text)
                } else {
                    writer.member(Self.bytesKey, Base64.standard.encode(bytes))
                }
            }
        case .array(let values): values.write(to: &writer)
        case .map(let members):
            writer.object { writer in
                for member in members { writer.member(member.key.asKey, member.value) }
            }
        case .extension(let type, let bytes):
            writer.object { writer in
                writer.array(Self.extensionKey) { writer in
                    writer.value(type)
                    writer.value(Base64.standard.encode(bytes))
                }
            }
        }
    }

    private var asKey: String {
        if case .string(let text) = self { return text }
        return String(decoding: JSONWriter.bytes(of: self), as: UTF8.self)
    }

    private static func write(_ value: Double, to writer: inout JSONWriter) {
        if let number = JSONNumber(value) {
            writer.value(number)
        } else {
            writer.value(value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity")
        }
    }

    private static func isReadable(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x20 && scalar.value != 0x7F || scalar == "\n" || scalar == "\t" || scalar == "\r"
    }
}

/// Why JSON can't be turned into MessagePack.
public enum MessagePackJSONError: Error, Hashable, CustomStringConvertible {
    case base64
    case number(String)

    public var description: String {
        switch self {
        case .base64: "what stands for bytes is not padded base 64"
        case .number(let literal): "the number \(literal.prefix(40)) is too large"
        }
    }
}
