import LatticeIdentity

extension HostData {
    /// Base 64 over JSON, and a line feed. Holds secrets: the caller wipes it with `SecretBytes.wipe`.
    public func line() -> [UInt8] {
        var json = json
        defer { SecretBytes.wipe(&json) }
        var line: [UInt8] = []
        Base64.standard.append(json, to: &line)
        line.append(UInt8(ascii: "\n"))
        return line
    }

    /// - Parameter line: with or without its end (`\n`, `\r\n`) and white space around it.
    public init(line: [UInt8]) throws(MessageError) {
        guard let start = line.firstIndex(where: { $0 > 0x20 }), let last = line.lastIndex(where: { $0 > 0x20 }),
            let json = Base64.standard.decode(line[start...last])
        else { throw .base64 }
        try self.init(json: json)
    }

    public init(_ fields: JSONFields) throws(MessageError) {
        host = try fields.required("host_id", fields.key("host_id"))
        let latticeText = try fields.string("lattice_rpc_prefix") ?? ""
        do { lattice = latticeText.isEmpty ? .default : try LatticeName(latticeText) } catch {
            throw .name(field: "lattice_rpc_prefix", error)
        }
        link = try fields.linkName()
        provider = try fields.required("provider_key", fields.key("provider_key"))
        busURL = try fields.string("lattice_rpc_url") ?? ""
        busLogin = try BusLogin(fields)
        busUsesTLS = try Self.flag(fields, "lattice_rpc_tls")
        let seed = try fields.required("invocation_seed", fields.string("invocation_seed"))
        do { key = try ClusterKeyPair(seedText: seed) } catch { throw .key(field: "invocation_seed", error) }
        environment = try fields.stringMap("env_values") ?? [:]
        instanceID = try fields.string("instance_id") ?? ""
        links = try fields.bodies("link_definitions") ?? []
        clusterIssuers = (try fields.strings("cluster_issuers") ?? []).compactMap { try? ClusterKey($0) }
        configuration = try fields.string("config_json").flatMap { $0.isEmpty ? nil : $0 }
        callTimeoutMilliseconds = try fields.integer("default_rpc_timeout_ms") ?? 2_000
        let older = fields.present("enable_structured_logging", or: "structured_logging_enabled")
        logsStructured = try Self.flag(fields, fields.present("structured_logging", or: older))
        logLevel = try fields.string("log_level")
        jetStreamDomain = try fields.string("js_domain")
        let traces = try fields.fields("otel_config")
        tracesExporter = try traces?.string("traces_exporter")
        tracesEndpoint = try traces?.string("exporter_otlp_endpoint")
        trust = try fields.fields("lattice").map(Trust.init)
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("host_id", host)
            writer.member("lattice_rpc_prefix", lattice)
            writer.member("link_name", link)
            writer.member("lattice_rpc_user_jwt", busLogin?.token ?? "")
            writer.secret("lattice_rpc_user_seed", busLogin?.key)
            writer.member("lattice_rpc_url", busURL)
            writer.member("lattice_rpc_tls", busUsesTLS)
            writer.member("provider_key", provider)
            writer.secret("invocation_seed", AnyKeyPair(key))
            writer.member("env_values", environment)
            writer.member("instance_id", instanceID)
            writer.member("link_definitions", links)
            writer.member("cluster_issuers", clusterIssuers)
            writer.member("config_json", configuration ?? "")
            writer.member("default_rpc_timeout_ms", callTimeoutMilliseconds)
            writer.member("structured_logging", logsStructured)
            writer.member("enable_structured_logging", logsStructured)
            writer.member("structured_logging_enabled", logsStructured)
            writer.member("log_level", ifPresent: logLevel)
            writer.member("js_domain", orNull: jetStreamDomain)
            writer.object("otel_config") { writer in
                writer.member("traces_exporter", ifPresent: tracesExporter)
                writer.member("exporter_otlp_endpoint", ifPresent: tracesEndpoint)
            }
            writer.member("lattice", ifPresent: trust)
        }
    }

    /// A boolean, or a number that is not 0.
    private static func flag(_ fields: JSONFields, _ key: String) throws(MessageError) -> Bool {
        if case .number = fields.object[key] { return try fields.integer(key, as: Int64.self) != 0 }
        return try fields.bool(key) ?? false
    }
}

extension HostData.BusLogin {
    /// Nil unless both parts are there, as classic providers see it.
    fileprivate init?(_ fields: JSONFields) throws(MessageError) {
        let seed = try fields.string("lattice_rpc_user_seed") ?? ""
        token = try fields.string("lattice_rpc_user_jwt") ?? ""
        if seed.isEmpty || token.isEmpty { return nil }
        do { key = try AnyKeyPair(seedText: seed) } catch { throw .key(field: "lattice_rpc_user_seed", error) }
    }
}

extension HostData.Trust: JSONBody {
    public init(_ fields: JSONFields) throws(MessageError) {
        operatorKey = try fields.key("operator")
        document = try fields.string("document")
        settings = try fields.fields("settings")?.object ?? JSONObject()
        certificate = try fields.string("certificate")
        stateFolder = try fields.string("state_dir")
        secretsFolder = try fields.string("secrets_dir")
    }

    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("operator", orNull: operatorKey)
            writer.member("document", orNull: document)
            writer.member("settings", settings)
            writer.member("certificate", ifPresent: certificate)
            writer.member("state_dir", ifPresent: stateFolder)
            writer.member("secrets_dir", ifPresent: secretsFolder)
        }
    }
}

extension JSONWriter {
    /// A seed, or the empty string. It passes through a string of its own, which can't be wiped.
    fileprivate mutating func secret(_ key: String, _ pair: AnyKeyPair?) {
        guard let pair else { return member(key, "") }
        pair.withSeedText { member(key, String(decoding: $0, as: UTF8.self)) }
    }
}
