import Glibc
import LatticeIdentity
import LatticeProtocol

/// The bundled actors, signed with the machine's account. They lie unsigned in a folder beside the binary.
struct DemoActors {
    let state: LatticeState
    let home: LatticeHome
    let account: AccountKeyPair

    struct Signed {
        let name: String
        let key: ModuleKey
        let bytes: [UInt8]
    }

    private struct Bundled {
        let name: String
        var capabilities: [String] = []
        var alias: String?
    }

    private static let bundled = [
        Bundled(name: "counter", capabilities: ["wasmcloud:httpserver", "wasmcloud:keyvalue"]),
        Bundled(name: "echo", capabilities: ["wasmcloud:httpserver"]),
        Bundled(name: "pinger", capabilities: ["wasmcloud:httpserver"]),
        Bundled(name: "ponger", alias: "lattice/ponger"),
    ]

    /// Each under the key of its name, which is kept: started again, it is the same actor.
    func signed() throws -> [Signed] {
        let folder = try Self.folder()
        return try Self.bundled.map { try sign($0, "\(folder)/\($0.name).wasm") }
    }

    private func sign(_ actor: Bundled, _ path: String) throws -> Signed {
        let unsigned = try InputFile.read(path)
        guard let name = KeyName(actor.name) else { throw CLIError(.refused, "'\(actor.name)' is no name") }
        let key = try KeyPair<ModuleRole>(home.keys.pair(name, creating: .module).0).publicKey
        let kept = "\(state.path)/demo/\(actor.name).wasm"
        if let signed = try? InputFile.read(kept), isCurrent(signed, unsigned, key) {
            return Signed(name: actor.name, key: key, bytes: signed)
        }
        let claims = ActorClaims(
            name: actor.name, capabilities: actor.capabilities, revision: 1, version: Lattice.version,
            callAlias: actor.alias.flatMap(CallAlias.init(normalizing:)))
        let token = TokenClaims(id: NUIDGenerator().next(), subject: "\(key)", issuedAt: .now(), payload: claims)
        let bytes = try UnsignedModule(unsigned).signed(token, by: account)
        try PrivateFolder.create("\(state.path)/demo")
        try InputFile.write(bytes, to: kept)
        return Signed(name: actor.name, key: key, bytes: bytes)
    }

    /// Whether what was signed before is this very module, by this account.
    private func isCurrent(_ signed: [UInt8], _ unsigned: [UInt8], _ key: ModuleKey) -> Bool {
        guard let module = try? SignedModule(signed).verified(at: .now()), module.key == key,
            module.issuer == AnyKey(account.publicKey), let hash = try? UnsignedModule(unsigned).hash
        else { return false }
        return module.claims.payload.hash == "\(hash)"
    }

    /// Beside the binary, symlinks resolved, or where a build in the repository puts them.
    private static func folder() throws(CLIError) -> String {
        guard let pointer = realpath("/proc/self/exe", nil) else {
            throw CLIError(.refused, "this program has no path")
        }
        let own = String(cString: pointer)
        free(pointer)
        var places: [String] = []
        var parent = own[...]
        while let slash = parent.lastIndex(of: "/") {
            parent = parent[..<slash]
            places += ["\(parent)/actors", "\(parent)/.build-actors"]
        }
        guard let folder = places.first(where: { access("\($0)/counter.wasm", R_OK) == 0 }) else {
            throw CLIError(
                .refused, "the example actors are not built: there is no \(places[0])/counter.wasm", fix: "make actors")
        }
        return folder
    }
}
