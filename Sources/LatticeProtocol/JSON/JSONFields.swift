import LatticeIdentity

/// A JSON object whose members are read as the types that they stand for. A member that is absent or null is nil.
public struct JSONFields: Sendable {
    /// What a message may cost. Inventories of large hosts are the longest; a bus takes less than this.
    public static let limits = JSONLimits(bytesMax: 8 << 20, depthMax: 32)

    public let object: JSONObject

    public init(_ object: JSONObject) { self.object = object }

    public init(parsing bytes: [UInt8], limits: JSONLimits = limits) throws(MessageError) {
        let value: JSONValue
        do { value = try JSONValue(parsing: bytes, limits: limits) } catch { throw .json(error) }
        guard case .object(let object) = value else { throw .notAnObject(found: value.kind) }
        self.object = object
    }

    // MARK: Plain values

    public func string(_ key: String) throws(MessageError) -> String? {
        do { return try object.string(key) } catch { throw .field(error) }
    }

    /// The first name under which there is something: writers of different ages have different ones.
    public func present(_ key: String, or older: String) -> String {
        switch object[key] {
        case nil, .null?: older
        default: key
        }
    }

    public func bool(_ key: String) throws(MessageError) -> Bool? {
        do { return try object.bool(key) } catch { throw .field(error) }
    }

    public func integer<Integer: FixedWidthInteger>(
        _ key: String, as type: Integer.Type = Integer.self
    ) throws(MessageError) -> Integer? {
        do { return try object.integer(key) } catch { throw .field(error) }
    }

    public func strings(_ key: String) throws(MessageError) -> [String]? {
        do { return try object.strings(key) } catch { throw .field(error) }
    }

    public func fields(_ key: String) throws(MessageError) -> JSONFields? {
        do { return try object.object(key).map(JSONFields.init) } catch { throw .field(error) }
    }

    public func stringMap(_ key: String) throws(MessageError) -> [String: String]? {
        do throws(JSONFieldError) {
            guard let members = try object.stringMembers(key) else { return nil }
            return Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
        } catch { throw .field(error) }
    }

    /// The objects of an array.
    public func list(_ key: String) throws(MessageError) -> [JSONFields]? {
        let values: [JSONValue]?
        do { values = try object.array(key) } catch { throw .field(error) }
        guard let values else { return nil }
        var list: [JSONFields] = []
        for value in values {
            guard case .object(let object) = value else {
                throw .field(
                    .wrongType(key: key, found: "an array with \(value.kind)", expected: "an array of objects"))
            }
            list.append(JSONFields(object))
        }
        return list
    }

    // MARK: Names and keys

    public func key<Role>(_ key: String, as role: Role.Type = Role.self) throws(MessageError) -> NKey<Role>? {
        guard let text = try string(key) else { return nil }
        do { return try NKey<Role>(text) } catch { throw .key(field: key, error) }
    }

    /// Absent and empty mean `default`, as some writers leave it out.
    public func linkName(_ key: String = "link_name") throws(MessageError) -> LinkName {
        guard let text = try string(key), !text.isEmpty else { return .default }
        do { return try LinkName(text) } catch { throw .name(field: key, error) }
    }

    public func contract(_ key: String = "contract_id") throws(MessageError) -> ContractID? {
        guard let text = try string(key) else { return nil }
        do { return try ContractID(text) } catch { throw .name(field: key, error) }
    }

    public func reference(_ key: String) throws(MessageError) -> ArtifactReference {
        let text = try required(key, string(key))
        do { return try ArtifactReference(text) } catch { throw .name(field: key, error) }
    }

    /// The bodies of an array.
    public func bodies<Body: JSONBody>(
        _ key: String, of type: Body.Type = Body.self
    ) throws(MessageError) -> [Body]? {
        guard let list = try list(key) else { return nil }
        var bodies: [Body] = []
        for fields in list { bodies.append(try Body(fields)) }
        return bodies
    }

    /// What one of the readers above gave, which has to be there: `try fields.required("id", fields.string("id"))`.
    public func required<Value>(_ key: String, _ value: Value?) throws(MessageError) -> Value {
        guard let value else { throw .field(.missing(key: key)) }
        return value
    }
}
