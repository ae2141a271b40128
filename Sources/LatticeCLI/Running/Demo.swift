import Glibc
import LatticeConfig
import LatticeControl
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust

/// The example actors and what they need, started on this host; only the counter is linked, and only to HTTP.
struct Demo {
    let client: LatticeClient
    let host: HostKey
    let trust: OwnTrust
    let settings: LatticeSettings
    /// Where it shall listen, if somebody said so.
    let http: String?
    let home: LatticeHome
    let state: LatticeState

    struct Started {
        let counter: ModuleKey
        /// `127.0.0.1:8080`
        let address: String
        /// The default address, where it was taken.
        let movedFrom: String?

        var url: String { "http://\(address)" }
        /// As a person types it.
        var shownAddress: String {
            address.hasPrefix("127.0.0.1:") ? "localhost:\(address.dropFirst("127.0.0.1:".count))" : address
        }
    }

    private static let wait = Duration.seconds(30)
    private static let providers = ["httpserver", "keyvalue-local"]

    func start() async throws -> Started {
        let modules = try DemoActors(state: state, home: home, account: trust.account).signed()
        let (address, movedFrom) = try chooseAddress()
        for provider in Self.providers {
            try Self.check(
                await client.start(provider: try ArtifactReference(provider), .default, on: host, wait: Self.wait),
                "provider \(provider)")
        }
        var counter: ModuleKey?
        for module in modules {
            let reference = try await client.put(module: module.bytes)
            try Self.check(
                await client.start(actor: try ArtifactReference("\(reference)"), on: host, wait: Self.wait),
                "actor \(module.name)")
            if module.name == "counter" { counter = module.key }
        }
        guard let counter else { throw CLIError(.refused, "the bundled actors have no 'counter'") }
        try await link(counter, address)
        return Started(counter: counter, address: address, movedFrom: movedFrom)
    }

    private static func check(_ ack: ControlAck, _ what: String) throws(CLIError) {
        guard !ack.accepted else { return }
        throw CLIError(.refused, "the demo's \(what) does not start: \(ack.error)")
    }

    /// The link of an earlier start may name another port.
    private func link(_ counter: ModuleKey, _ address: String) async throws {
        var link = LinkDefinition(
            actor: counter, provider: BundledProvider.key(of: "httpserver"),
            contract: try ContractID("wasmcloud:httpserver"),
            values: ["address": address])
        link.grant = Grant.signed(
            for: link, by: AnyKeyPair(trust.account), lattice: client.lattice, at: .now(), ids: NUIDGenerator())
        let ack = try await client.put(link, replace: true, wait: Self.wait)
        guard ack.accepted else { throw CLIError(.refused, "the demo's link to httpserver is refused: \(ack.error)") }
    }

    private func chooseAddress() throws(CLIError) -> (String, movedFrom: String?) {
        let wanted = http ?? settings.httpServer.address
        guard let colon = wanted.lastIndex(of: ":"), let port = UInt16(wanted[wanted.index(after: colon)...]) else {
            throw CLIError(
                .wrongUsage, "'\(wanted)' is no address with a port", fix: "lattice up --demo --http 127.0.0.1:8080")
        }
        if LoopbackPort.isFree(port) { return (wanted, nil) }
        // One that somebody named is for the provider to refuse: it says who holds it.
        guard http == nil, let free = LoopbackPort.anyFree() else { return (wanted, nil) }
        return ("\(wanted[..<colon]):\(free)", movedFrom: wanted)
    }
}
