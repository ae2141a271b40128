import LatticeIdentity

extension HTTPServerSettings {
    /// Reads the values of a link. What stands in a key of its own wins over the same key within `config_json`.
    /// - Parameter values: keys in any case.
    public init(values: [String: String]) throws(HTTPSettingsError) {
        self.init()
        let members = try Self.members(values)
        let documents = members.filter { $0.key == "config_json" || $0.key == "config_b64" }
        if documents.count > 1 { throw .conflict(key: documents[0].name, other: documents[1].name) }
        for document in documents { try apply(document: document) }
        for member in members { try apply(member) }
        try applyAddress(members)
        ignoredKeys.sort()
    }

    /// One key of a link or of its JSON, in lower case, and where it stands, for people.
    struct Member {
        let key: String
        let name: String
        let value: JSONValue

        func failure(expected: String) -> HTTPSettingsError {
            let text =
                switch value {
                case .string(let text): text
                default: String(decoding: JSONWriter.bytes(of: value), as: UTF8.self)
                }
            return HTTPSettingsError(name, text, expected: expected)
        }
    }

    private static func members(_ values: [String: String]) throws(HTTPSettingsError) -> [Member] {
        var members: [Member] = []
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            let key = HTTPFields.lowercase(name)
            if let other = members.first(where: { $0.key == key }) {
                throw .conflict(key: other.name, other: name)
            }
            members.append(Member(key: key, name: name, value: .string(value)))
        }
        return members
    }

    private mutating func apply(document member: Member) throws(HTTPSettingsError) {
        guard case .string(let text) = member.value else { return }
        var bytes = Array(text.utf8)
        if member.key == "config_b64" {
            // Written without padding; taken with it too.
            while bytes.last == UInt8(ascii: "=") { bytes.removeLast() }
            bytes += Array(repeating: UInt8(ascii: "="), count: (4 - bytes.count % 4) % 4)
            guard let decoded = Base64.standard.decode(bytes) else { throw member.failure(expected: "base 64") }
            bytes = decoded
        }
        let object: JSONObject
        do {
            guard case .object(let found) = try JSONValue(parsing: bytes) else {
                throw member.failure(expected: "a JSON object")
            }
            object = found
        } catch let error as HTTPSettingsError {
            throw error
        } catch {
            throw member.failure(expected: "a JSON object (\(error))")
        }
        let members = object.members.map {
            Member(key: HTTPFields.lowercase($0.key), name: "\(member.name).\($0.key)", value: $0.value)
        }
        for inner in members where inner.value != .null { try apply(inner) }
        try applyAddress(members)
    }

    private mutating func apply(_ member: Member) throws(HTTPSettingsError) {
        switch member.key {
        case "address", "port", "config_json", "config_b64": break
        case "timeout_ms": timeout = .milliseconds(try member.integer(1...3_600_000))
        case "max_content_len": bodyBytesMax = try member.bytesCount()
        case "readonly_mode": access = try member.bool() ? .readOnly : .readWrite
        case "cache_control": cacheControl = try member.fieldValue()
        case "cors": cors = try CORSPolicy(member, ignoredKeys: &ignoredKeys)
        // Ours go to the host's log, whose level is the host's.
        case "log": break
        case "tls": throw .unsupported(key: member.name, instead: "put a proxy that ends TLS before this listener")
        case "config_file": throw .unsupported(key: member.name, instead: "give its contents as config_json")
        default: ignoredKeys.append(member.name)
        }
    }

    private mutating func applyAddress(_ members: [Member]) throws(HTTPSettingsError) {
        let address = members.first { $0.key == "address" }
        let port = members.first { $0.key == "port" }
        if let address, address.value != .null {
            let found = try ListenAddress(address.string()).orThrow(address.failure(expected: "an address ip:port"))
            if let port, try UInt16(port.integer(0...65_535)) != found.port {
                throw .conflict(key: address.name, other: port.name)
            }
            self.address = found
        } else if let port, port.value != .null {
            self.address = ListenAddress(
                host: ListenAddress.contractDefault.host, port: UInt16(try port.integer(0...65_535)))
        }
    }
}

extension Optional {
    fileprivate func orThrow<Failure: Error>(_ failure: @autoclosure () -> Failure) throws(Failure) -> Wrapped {
        guard let self else { throw failure() }
        return self
    }
}
