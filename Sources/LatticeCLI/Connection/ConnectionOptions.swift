import ArgumentParser
import LatticeConfig

/// Which lattice a command is about, and how it is reached.
struct ConnectionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Server of the bus. Also LATTICE_NATS.", valueName: "url"))
    var nats: String?

    @Option(help: ArgumentHelp("Name of the lattice. Also LATTICE_NAME.", valueName: "name"))
    var lattice: String?

    @Option(
        help: ArgumentHelp("File with a user's token and seed for the server. Also LATTICE_CREDS.", valueName: "file"))
    var creds: String?

    @Option(help: ArgumentHelp("Configuration file. Also LATTICE_CONFIG.", valueName: "file"))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Configuration $LATTICE_HOME/contexts/NAME.conf. Also LATTICE_CONTEXT.", valueName: "name"))
    var context: String?

    func validate() throws {
        if config != nil, context != nil { throw ValidationError("--config and --context exclude each other") }
    }

    /// The settings of a lattice's hosts and clients: flag, environment, file, default.
    func settings(
        home: LatticeHome, environment: [String: String] = Program.environmentVariables
    ) throws(CLIError) -> LatticeSettings {
        var flags: [String: ConfigurationSources.Flag] = [:]
        flags["nats.url"] = nats.map { .init("--nats", $0) }
        flags["nats.creds"] = creds.map { .init("--creds", $0) }
        flags["lattice.name"] = lattice.map { .init("--lattice", $0) }
        let path = try configurationPath(home, environment)
        do throws(ConfigurationError) {
            let text = try ConfigurationFile.text(at: path.text)
            if text == nil, path.isNamed { throw ConfigurationError([.init(.wholeFile(path.text), "no such file")]) }
            return try LatticeSettings(
                ConfigurationSources(
                    fileName: path.text, text: text ?? "", environment: environment, flags: flags))
        } catch { throw CLIError(configuration: error) }
    }

    private struct Path {
        let text: String
        /// Somebody named it, so it has to be there.
        let isNamed: Bool
    }

    private func configurationPath(_ home: LatticeHome, _ environment: [String: String]) throws(CLIError) -> Path {
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let config { return Path(text: config, isNamed: true) }
        if let context { return try Self.path(ofContext: context, home) }
        if let config = variable("LATTICE_CONFIG") { return Path(text: config, isNamed: true) }
        if let context = variable("LATTICE_CONTEXT") { return try Self.path(ofContext: context, home) }
        return Path(text: home.path + "/lattice.conf", isNamed: false)
    }

    private static func path(ofContext name: String, _ home: LatticeHome) throws(CLIError) -> Path {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isPlain, (1...64).contains(name.utf8.count) else {
            throw CLIError(.wrongUsage, "'\(name)' is no name of a context: 1 to 64 letters, digits, '-' or '_'")
        }
        return Path(text: "\(home.path)/contexts/\(name).conf", isNamed: true)
    }
}

extension CLIError {
    /// Problems with the configuration, one after the other.
    init(configuration error: ConfigurationError) {
        self.init(.wrongUsage, error.problems.map(\.description).joined(separator: "; "))
    }
}
