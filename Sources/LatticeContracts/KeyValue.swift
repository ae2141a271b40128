import LatticeProtocol

/// `wasmcloud:keyvalue`: the actor calls the provider.
/// - Source: lattice protocol §6.3, which also gives the results and what Redis does for each.
public enum KeyValue {
    public static let contract = "wasmcloud:keyvalue"

    public enum Operation: String, CaseIterable, Sendable {
        case increment = "KeyValue.Increment"
        case contains = "KeyValue.Contains"
        case delete = "KeyValue.Del"
        case get = "KeyValue.Get"
        case set = "KeyValue.Set"
        case listAdd = "KeyValue.ListAdd"
        case listClear = "KeyValue.ListClear"
        case listDelete = "KeyValue.ListDel"
        case listRange = "KeyValue.ListRange"
        case setAdd = "KeyValue.SetAdd"
        case setDelete = "KeyValue.SetDel"
        case setIntersection = "KeyValue.SetIntersection"
        case setUnion = "KeyValue.SetUnion"
        case setQuery = "KeyValue.SetQuery"
        case setClear = "KeyValue.SetClear"
    }

    /// The argument of `Increment`.
    public struct IncrementRequest: Hashable, Sendable {
        public let key: String
        public let value: Int32

        public init(key: String, value: Int32) {
            self.key = key
            self.value = value
        }
    }

    /// The result of `Get`; `value` is empty where there is none.
    public struct GetResponse: Hashable, Sendable {
        public let value: String
        public let exists: Bool

        public init(_ value: String?) {
            self.value = value ?? ""
            exists = value != nil
        }
    }

    /// The argument of `Set`.
    public struct SetRequest: Hashable, Sendable {
        public let key: String
        public let value: String
        /// Seconds; 0 for never.
        public let expires: UInt32

        public init(key: String, value: String, expires: UInt32 = 0) {
            self.key = key
            self.value = value
            self.expires = expires
        }
    }

    /// The argument of `ListAdd` and `ListDel`.
    public struct ListItem: Hashable, Sendable {
        public let listName: String
        public let value: String

        public init(listName: String, value: String) {
            self.listName = listName
            self.value = value
        }
    }

    /// The argument of `ListRange`: both ends belong to it, negative ones count from the end.
    public struct ListRangeRequest: Hashable, Sendable {
        public let listName: String
        public let start: Int32
        public let stop: Int32

        public init(listName: String, start: Int32, stop: Int32) {
            self.listName = listName
            self.start = start
            self.stop = stop
        }
    }

    /// The argument of `SetAdd` and `SetDel`.
    public struct SetItem: Hashable, Sendable {
        public let setName: String
        public let value: String

        public init(setName: String, value: String) {
            self.setName = setName
            self.value = value
        }
    }
}

extension KeyValue.IncrementRequest: ContractValue {
    private enum Field: String, MessagePackField {
        case key, value

        static let table = MessagePackFieldTable<Field>()
    }

    public init(from reader: inout MessagePackReader) throws(MessagePackError) {
        var key: String?
        var value: Int32?
        var fields = try MessagePackFields<Field>(of: &reader)
        while let field = try fields.next(in: &reader) {
            switch field {
            case .key: key = try reader.readString()
            case .value: value = try reader.readInteger()
            }
        }
        guard let key else { throw fields.missing(.key) }
        guard let value else { throw fields.missing(.value) }
        self.init(key: key, value: value)
    }

    public func write(to writer: inout MessagePackWriter) {
        writer.writeMapHeader(count: 2)
        writer.writeKey("key")
        writer.write(key)
        writer.writeKey("value")
        writer.write(Int(value))
    }
}

extension KeyValue.GetResponse: ContractValue {
    private enum Field: String, MessagePackField {
        case value, exists

        static let table = MessagePackFieldTable<Field>()
    }

    public init(from reader: inout MessagePackReader) throws(MessagePackError) {
        var value = ""
        var exists: Bool?
        var fields = try MessagePackFields<Field>(of: &reader)
        while let field = try fields.next(in: &reader) {
            switch field {
            case .value: value = try reader.readString()
            case .exists: exists = try reader.readBool()
            }
        }
        guard let exists else { throw fields.missing(.exists) }
        self.init(exists ? value : nil)
    }

    public func write(to writer: inout MessagePackWriter) {
        writer.writeMapHeader(count: 2)
        writer.writeKey("value")
        writer.write(value)
        writer.writeKey("exists")
        writer.write(exists)
    }
}

extension KeyValue.SetRequest: ContractValue {
    private enum Field: String, MessagePackField {
        case key, value, expires

        static let table = MessagePackFieldTable<Field>()
    }

    public init(from reader: inout MessagePackReader) throws(MessagePackError) {
        var key, value: String?
        var expires: UInt32 = 0
        var fields = try MessagePackFields<Field>(of: &reader)
        while let field = try fields.next(in: &reader) {
            switch field {
            case .key: key = try reader.readString()
            case .value: value = try reader.readString()
            case .expires: expires = try reader.readInteger()
            }
        }
        guard let key else { throw fields.missing(.key) }
        guard let value else { throw fields.missing(.value) }
        self.init(key: key, value: value, expires: expires)
    }

    public func write(to writer: inout MessagePackWriter) {
        writer.writeMapHeader(count: 3)
        writer.writeKey("key")
        writer.write(key)
        writer.writeKey("value")
        writer.write(value)
        writer.writeKey("expires")
        writer.write(expires)
    }
}

extension KeyValue.ListItem: ContractValue {
    private enum Field: String, MessagePackField {
        case listName, value

        static let table = MessagePackFieldTable<Field>()
    }

    public init(from reader: inout MessagePackReader) throws(MessagePackError) {
        var listName, value: String?
        var fields = try MessagePackFields<Field>(of: &reader)
        while let field = try fields.next(in: &reader) {
            switch field {
            case .listName: listName = try reader.readString()
            case .value: value = try reader.readString()
            }
        }
        guard let listName else { throw fields.missing(.listName) }
        guard let value else { throw fields.missing(.value) }
        self.init(listName: listName, value: value)
    }

    public func write(to writer: inout MessagePackWriter) {
        writer.writeMapHeader(count: 2)
        writer.writeKey("listName")
        writer.write(listName)
        writer.writeKey("value")
        writer.write(value)
    }
}

extension KeyValue.ListRangeRequest: ContractValue {
    private enum Field: String, MessagePackField {
        case listName, start, stop

        static let table = MessagePackFieldTable<Field>()
    }

    public init(from reader: inout MessagePackReader) throws(MessagePackError) {
        var listName: String?
        var start, stop: Int32?
        var fields = try MessagePackFields<Field>(of: &reader)
        while let field = try fields.next(in: &reader) {
            switch field {
            case .listName: listName = try reader.readString()
            case .start: start = try reader.readInteger()
            case .stop: stop = try reader.readInteger()
            }
        }
        guard let listName else { throw fields.missing(.listName) }
        guard let start else { throw fields.missing(.start) }
        guard let stop else { throw fields.missing(.stop) }
        self.init(listName: listName, start: start, stop: stop)
    }

    public func write(to writer: inout MessagePackWriter) {
        writer.writeMapHeader(count: 3)
        writer.writeKey("listName")
        writer.write(listName)
        writer.writeKey("start")
        writer.write(Int(start))
        writer.writeKey("stop")
        writer.write(Int(stop))
    }
}

extension KeyValue.SetItem: ContractValue {
    private enum Field: String, MessagePackField {
        case setName, value

        static let table = MessagePackFieldTable<Field>()
    }

    public init(from reader: inout MessagePackReader) throws(MessagePackError) {
        var setName, value: String?
        var fields = try MessagePackFields<Field>(of: &reader)
        while let field = try fields.next(in: &reader) {
            switch field {
            case .setName: setName = try reader.readString()
            case .value: value = try reader.readString()
            }
        }
        guard let setName else { throw fields.missing(.setName) }
        guard let value else { throw fields.missing(.value) }
        self.init(setName: setName, value: value)
    }

    public func write(to writer: inout MessagePackWriter) {
        writer.writeMapHeader(count: 2)
        writer.writeKey("setName")
        writer.write(setName)
        writer.writeKey("value")
        writer.write(value)
    }
}
