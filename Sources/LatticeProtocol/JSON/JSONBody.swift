import LatticeIdentity

/// What travels as one JSON object. Readers ignore members that they do not know and take null for absent.
public protocol JSONBody: JSONWritable, Sendable {
    init(_ fields: JSONFields) throws(MessageError)
}

extension JSONBody {
    /// - Parameter bytes: one JSON object, at most `JSONFields.limits`.
    public init(json bytes: [UInt8]) throws(MessageError) { try self.init(JSONFields(parsing: bytes)) }

    /// Compact JSON.
    public var json: [UInt8] { JSONWriter.bytes(of: self) }
}

extension JSONWriter {
    /// An object of strings in the order of its keys' bytes.
    mutating func member(_ key: String, _ map: [String: String]) {
        object(key) { writer in
            for (key, value) in map.sortedByKeyBytes() { writer.member(key, value) }
        }
    }

    mutating func member(_ key: String, ifPresent map: [String: String]?) {
        if let map { member(key, map) }
    }
}

/// A name or id: its text is its JSON.
protocol JSONText: JSONWritable, CustomStringConvertible {}

extension JSONText {
    public func write(to writer: inout JSONWriter) { writer.value(description) }
}

extension LatticeName: JSONText {}
extension LinkName: JSONText {}
extension ContractID: JSONText {}
extension InvocationID: JSONText {}
extension LinkID: JSONText {}
extension ArtifactReference: JSONText {}
