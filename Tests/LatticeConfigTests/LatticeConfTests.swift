import LatticeConfig
import Testing

/// These read the very file at the top of the repository.
@Suite("lattice.conf")
struct LatticeConfTests {
    private static let path = "\(#filePath)".replacing(
        "Tests/LatticeConfigTests/LatticeConfTests.swift", with: "lattice.conf")

    private func text() throws -> String { try #require(try ConfigurationFile.text(at: Self.path)) }

    @Test("the file gives exactly the defaults")
    func defaults() throws {
        let read = try LatticeSettings(ConfigurationSources(text: text()))
        #expect(read == (try LatticeSettings(ConfigurationSources())))
        #expect(read.host.heartbeat == .seconds(30))
        #expect(read.actors.timeout == .seconds(2))
    }

    @Test("every key is in the file, with a comment right above it, and nothing else is")
    func documented() throws {
        let configuration = Configuration(ConfigurationSources())
        _ = LatticeSettings(configuration)
        var documented: [String] = []
        var section = ""
        var hasComment = false
        let lines = try text().split(separator: "\n", omittingEmptySubsequences: false)
        let profile = try #require(lines.firstIndex { $0.hasPrefix("# Classic profile") })
        for line in lines[..<profile] {
            if line.hasPrefix("  # ") {
                hasComment = true
            } else if let key = key(line) {
                #expect(hasComment, "no comment above '\(section).\(key)'")
                documented.append("\(section).\(key)")
                hasComment = false
            } else if line.hasSuffix(":") {
                section = String(line.dropLast())
            }
        }
        #expect(documented.sorted() == configuration.keysAsked.sorted())
    }

    @Test("what is commented out is right, too")
    func examples() throws {
        let uncommented = try text().split(separator: "\n").map { line in
            line.hasPrefix("  #") && key(line) != nil ? "  \(line.dropFirst(3))" : String(line)
        }
        let read = try LatticeSettings(ConfigurationSources(text: uncommented.joined(separator: "\n")))
        #expect(read.nats.url == "nats://hub.example.org:4222")
        #expect(read.nats.creds != nil && read.nats.caFile != nil && read.nats.jetStreamDomain == "hub")
        #expect(read.host.stateFolder != nil && read.host.name == "kitchen-pi")
        #expect(read.trust.operator?.hasPrefix("O") == true)
    }

    @Test("the classic profile can be taken as it stands")
    func classicProfile() throws {
        let profile = try text().split(separator: "\n").drop { !$0.hasPrefix("# Classic profile") }
            .dropFirst().map { $0.dropFirst() }
        let read = try LatticeSettings(ConfigurationSources(text: profile.joined(separator: "\n")))
        #expect(read.trust.links == .classic && read.trust.invocations == .classic && read.trust.control == .classic)
        #expect(read.trust.builtins == .open && read.trust.classicClusters.count == 1)
        #expect(read.providers.signingKey == .host)
    }

    @Test(
        "every key has its variable, and the short names of the command line hold",
        arguments: [
            ("LATTICE_NATS", "nats://a:1"), ("LATTICE_NATS_URL", "nats://a:1"), ("LATTICE_CREDS", "/f"),
            ("LATTICE_NATS_CREDS", "/f"), ("LATTICE_NATS_JETSTREAM_DOMAIN", "hub"), ("LATTICE_NAME", "home"),
            ("LATTICE_LATTICE_NAME", "home"), ("LATTICE_HOST_STATE_DIR", "/d"), ("LATTICE_HOST_LABELS", "a=b"),
            ("LATTICE_HOST_GUEST_MEMORY_MAX", "2 GiB"), ("LATTICE_ACTORS_TIMEOUT_MS", "55000"),
            ("LATTICE_TRUST_OPERATOR", "OAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QZVT"),
            (
                "LATTICE_TRUST_ISSUERS",
                "AAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZV,"
                    + "OAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QZVT"
            ),
            ("LATTICE_PROVIDERS_SIGNING_KEY", "host"), ("LATTICE_HTTPSERVER_ADDRESS", "[::]:80"),
            ("LATTICE_LOG_FORMAT", "json"),
        ])
    func environment(variable: String, value: String) throws {
        let read = try LatticeSettings(ConfigurationSources(environment: [variable: value]))
        #expect(read != (try LatticeSettings(ConfigurationSources())))
    }

    @Test(
        "what no host could use is refused",
        arguments: [
            ("lattice.name", "a.b"), ("lattice.name", "*"), ("nats.jetstream_domain", "a.b"), ("host.name", "a b"),
            ("lattice.name", String(repeating: "a", count: 65)), ("actors.timeout_ms", "55001"),
            ("actors.timeout_ms", "0"), ("actors.memory_max", "5 GiB"), ("host.heartbeat_seconds", "0"),
            ("host.guest_memory_max", "third"), ("host.guest_memory_max", "0"), ("trust.operator", "OAB2"),
            ("trust.operator", "AAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZV"),
            ("trust.issuers", "CAQQHYABXBPDBZIGDZIT7E73HW66RPCFC3GGLQKSDDTVWUVOYZBYHUND"),
            ("trust.links", "none"), ("httpserver.address", "8080"), ("httpserver.address", ":8080"),
            ("httpserver.address", "a:65536"), ("httpserver.address", "a b:80"), ("log.level", "loud"),
        ])
    func refused(key: String, value: String) {
        let flag = ConfigurationSources.Flag("--flag", value)
        #expect(throws: ConfigurationError.self) { try LatticeSettings(ConfigurationSources(flags: [key: flag])) }
    }

    @Test("a file that is not there is none; one that cannot be read is named")
    func files() throws {
        #expect(try ConfigurationFile.text(at: "/nonexistent/lattice.conf") == nil)
        #expect(throws: ConfigurationError([.init(.wholeFile("/"), "Is a directory")])) {
            try ConfigurationFile.text(at: "/")
        }
    }

    /// The key of a line `  key: …` or `  #key: …`.
    private func key(_ line: Substring) -> String? {
        guard line.hasPrefix("  ") else { return nil }
        let rest = line.dropFirst(2).drop { $0 == "#" }
        guard let colon = rest.firstIndex(of: ":") else { return nil }
        let key = rest[..<colon]
        return key.isEmpty || !key.allSatisfy { $0.isLowercase || $0 == "_" } ? nil : String(key)
    }
}
