import ArgumentParser
import Glibc
import LatticeConfig
import LatticeControl
import LatticeControlTestSupport
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust
import Testing

@testable import LatticeCLI

/// Commands as they are typed, against a lattice in memory and a home in a temporary folder.
final class CommandBench {
    let lattice = ScriptedLattice()
    let folder: String
    let home: LatticeHome
    let session: LatticeSession

    static let plain = TextStyle(isColoured: false)

    /// - Parameter keys: whether the home has the lattice's operator and account.
    init(keys: Keys = .ofTheLattice, configuration: String = "") throws {
        var template = Array("/tmp/lattice-cli-XXXXXX".utf8CString)
        folder = String(cString: try #require(mkdtemp(&template)))
        let folder = folder
        home = try LatticeHome { $0 == "LATTICE_HOME" ? folder + "/home" : nil }
        session = LatticeSession(
            client: lattice.client, settings: try LatticeSettings(ConfigurationSources(text: configuration)),
            home: home,
            address: "memory")
        guard keys == .ofTheLattice else { return }
        try keep(AnyKeyPair(lattice.operatorKeys))
        try keep(AnyKeyPair(lattice.account))
    }

    enum Keys {
        case ofTheLattice, none
    }

    deinit {
        for name in (try? PrivateFolder.names(in: home.keys.folder)) ?? [] { unlink("\(home.keys.folder)/\(name)") }
        for name in (try? PrivateFolder.names(in: folder)) ?? [] { unlink("\(folder)/\(name)") }
        for path in [home.keys.folder, home.path, folder] { rmdir(path) }
    }

    func keep(_ pair: AnyKeyPair, as name: String = "default") throws {
        _ = try home.keys.keep(pair, as: try #require(KeyName(name)), fixIfTaken: "")
    }

    /// The path of a file with these bytes.
    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        try InputFile.write(bytes, to: "\(folder)/\(name)")
        return "\(folder)/\(name)"
    }

    /// A command from its words, and its result.
    func run<C: SessionCommand>(_ type: C.Type, _ words: String...) async throws -> C.Result {
        try await command(type, words).report(in: session)
    }

    func command<C: SessionCommand>(_ type: C.Type, _ words: [String]) throws -> C {
        try #require(try Lattice.parseAsRoot(words) as? C, "\(words)")
    }

    /// How a command fails, as a person sees it.
    func failure<C: SessionCommand>(_ type: C.Type, _ words: String...) async throws -> CLIError {
        do {
            let result = try await command(type, words).report(in: session)
            Issue.record("did not fail: \(result.text(style: Self.plain))")
            return CLIError(.done, "")
        } catch {
            guard case .failure(let failure) = CommandRun.outcome(of: error) else { throw error }
            return failure
        }
    }

    // MARK: A small lattice

    static let emptyModule: [UInt8] = [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0]

    func signed(
        _ name: String, _ capabilities: [String] = [], key: ModuleKey = ModuleKeyPair.generate().publicKey,
        revision: Int32? = nil
    ) throws -> [UInt8] {
        let claims = ActorClaims(name: name, capabilities: capabilities, revision: revision)
        return try UnsignedModule(Self.emptyModule).signed(
            TokenClaims(id: "x", subject: "\(key)", issuedAt: .now(), payload: claims), by: lattice.account)
    }

    func running(_ module: [UInt8]) throws -> ActorDescription {
        let signed = try SignedModule(module)
        return ActorDescription(
            key: signed.key, imageReference: "lattice://sha256/\(SHA256Digest(of: module))",
            name: signed.token.claims.payload.name, instances: [], busyInstancesCount: 1, instancesMax: 64,
            callsCount: 7, issuer: "\(lattice.account.publicKey)",
            capabilities: signed.token.claims.payload.capabilities, hash: "\(SHA256Digest(of: module))")
    }

    func running(
        _ provider: String, _ link: LinkName = .default, _ state: ProviderDescription.State = .running,
        lastError: String? = nil
    ) throws -> ProviderDescription {
        let known = try #require(BundledNames[provider])
        return ProviderDescription(
            key: known.key, imageReference: provider, contract: known.contract.text, link: link, name: provider,
            isolation: .host, state: state, restartsCount: 0, lastError: lastError)
    }
}

extension Report {
    var plain: String { text(style: CommandBench.plain) }

    var object: JSONObject? {
        if case .object(let object) = json { object } else { nil }
    }

    var array: [JSONObject] {
        guard case .array(let values) = json else { return [] }
        return values.compactMap { if case .object(let object) = $0 { object } else { nil } }
    }
}
