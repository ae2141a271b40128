import LatticeProtocol

/// An argument or a result of an operation: MessagePack, one value; no value is zero bytes.
/// - Source: lattice protocol §6.0.
public protocol ContractValue: Sendable {
    /// Reads exactly one value.
    init(from reader: inout MessagePackReader) throws(MessagePackError)
    func write(to writer: inout MessagePackWriter)
}

extension ContractValue {
    /// - Parameter bytes: the whole payload.
    public init(messagePack bytes: [UInt8]) throws(MessagePackError) {
        var reader = MessagePackReader(bytes)
        try self.init(from: &reader)
        try reader.finish()
    }

    public var messagePack: [UInt8] {
        var writer = MessagePackWriter(reservingBytes: 64)
        write(to: &writer)
        return writer.bytes
    }
}

extension String: ContractValue {
    public init(from reader: inout MessagePackReader) throws(MessagePackError) { self = try reader.readString() }
    public func write(to writer: inout MessagePackWriter) { writer.write(self) }
}

extension Bool: ContractValue {
    public init(from reader: inout MessagePackReader) throws(MessagePackError) { self = try reader.readBool() }
    public func write(to writer: inout MessagePackWriter) { writer.write(self) }
}

extension Int32: ContractValue {
    public init(from reader: inout MessagePackReader) throws(MessagePackError) { self = try reader.readInteger() }
    public func write(to writer: inout MessagePackWriter) { writer.write(Int64(self)) }
}

extension UInt32: ContractValue {
    public init(from reader: inout MessagePackReader) throws(MessagePackError) { self = try reader.readInteger() }
    public func write(to writer: inout MessagePackWriter) { writer.write(self) }
}

extension [String]: ContractValue {
    public init(from reader: inout MessagePackReader) throws(MessagePackError) {
        let count = try reader.readArrayHeader()
        var list: [String] = []
        for _ in 0..<count { list.append(try reader.readString()) }
        self = list
    }

    public func write(to writer: inout MessagePackWriter) {
        writer.writeArrayHeader(count: count)
        for text in self { writer.write(text) }
    }
}
