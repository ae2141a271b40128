/// The fields of one structure: an enum of their names, in the order in which the positional form has them.
public protocol MessagePackField: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    static var table: MessagePackFieldTable<Self> { get }
}

/// The names of a structure's fields as bytes, so that a key is found without making a string of it.
public struct MessagePackFieldTable<Field: MessagePackField>: Sendable {
    let fields: [Field]
    let names: [[UInt8]]

    public init() {
        fields = Array(Field.allCases)
        names = fields.map { Array($0.rawValue.utf8) }
    }

    /// - Parameter hint: where it is looked for first; writers keep to an order.
    func index(of key: ArraySlice<UInt8>, hint: Int) -> Int? {
        if hint < names.count, names[hint].elementsEqual(key) { return hint }
        return names.firstIndex { $0.count == key.count && $0.elementsEqual(key) }
    }
}

/// Goes through the fields of one structure, written as a map or as an array by position. What is not known is skipped, and
/// nil counts as absent.
///
///     var fields = try MessagePackFields<Field>(of: &reader)
///     while let field = try fields.next(in: &reader) {
///         switch field {
///         case .name: name = try reader.readString()
///         }
///     }
public struct MessagePackFields<Field: MessagePackField>: Sendable {
    private enum Form { case map, positional }

    private let form: Form
    private let start: Int
    private var remaining: Int
    private var position = 0
    /// One bit for each field that was met.
    private var seen: UInt64 = 0

    /// Takes the header of the map or array.
    public init(of reader: inout MessagePackReader) throws(MessagePackError) {
        start = reader.offset
        form = try reader.peekKind() == .array ? .positional : .map
        remaining = try form == .map ? reader.readMapHeader() : reader.readArrayHeader()
    }

    /// The next field that has a value; the caller reads it. Nil behind the last one.
    public mutating func next(in reader: inout MessagePackReader) throws(MessagePackError) -> Field? {
        while remaining > 0 {
            remaining -= 1
            let start = reader.offset
            guard let index = try nextIndex(in: &reader) else {
                try reader.skip()
                continue
            }
            let field = Field.table.fields[index]
            guard seen & 1 << index == 0 else { throw reader.failure(.duplicate(field: field.rawValue), at: start) }
            seen |= 1 << index
            if try !reader.takeNil() { return field }
        }
        return nil
    }

    /// What to throw when a field has not come that has to.
    public func missing(_ field: Field) -> MessagePackError {
        MessagePackError(.missing(field: field.rawValue), at: start)
    }

    private mutating func nextIndex(in reader: inout MessagePackReader) throws(MessagePackError) -> Int? {
        switch form {
        case .positional:
            defer { position += 1 }
            return position < Field.table.fields.count ? position : nil
        case .map:
            guard try reader.peekKind() == .string else {
                try reader.skip()
                return nil
            }
            let key = reader.bytes[try reader.readStringRange()]
            guard let index = Field.table.index(of: key, hint: position) else { return nil }
            position = index + 1
            return index
        }
    }
}
