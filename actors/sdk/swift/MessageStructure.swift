/// One field of a structure, told by its name or, where the sender wrote an array, by its place.
public enum MessageField {
    case named(Text)
    case position(Int)
}

/// A structure that is being read: a map from names to values, or an array of values in declared order.
public struct MessageStructure {
    private let isMap: Bool
    private let count: Int
    private var index = 0

    public init(_ reader: inout MessageReader) throws(MessageError) {
        isMap = !reader.isAtArray
        count = try isMap ? reader.readMapCount() : reader.readArrayCount()
    }

    /// - Returns: the next field, whose value is to be read or skipped now; nil after the last.
    public mutating func nextField(_ reader: inout MessageReader) throws(MessageError) -> MessageField? {
        guard index < count else { return nil }
        defer { index += 1 }
        return isMap ? .named(try reader.readText()) : .position(index)
    }
}

extension MessageReader {
    var isAtArray: Bool {
        switch nextByte {
        case .some(0x90...0x9F), 0xDC, 0xDD: true
        default: false
        }
    }
}
