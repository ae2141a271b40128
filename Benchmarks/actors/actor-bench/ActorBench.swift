import FoundationEssentials
import LatticeBus
import LatticeExchange
import LatticeHost
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// From a signed module's bytes to its actor's first reply, in a host that has never seen it: hashed, verified, loaded,
/// initialised, reachable over the bus, called. Prints milliseconds; nothing of it is in the product.
@main
struct ActorBench {
    let lattice = LatticeName.default
    let operatorKeys = OperatorKeyPair.generate()
    let account = AccountKeyPair.generate()
    let caller = (host: HostKeyPair.generate(), cluster: ClusterKeyPair.generate())
    let ids = NUIDGenerator()

    private static let rounds = 21

    static func main() async throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: actor-bench FILE      an unsigned actor that answers whatever it is called with")
            return
        }
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: CommandLine.arguments[1])))
        let bench = ActorBench()
        let (key, signed) = try bench.sign(bytes)
        var times: [[String: Double]] = []
        for _ in 0..<rounds { times.append(try await bench.measure(signed, key)) }
        for step in ["hash of the file", "start", "first call", "all"] {
            let sorted = times.compactMap { $0[step] }.sorted()
            print("\(step)\t\((sorted[sorted.count / 2] * 100).rounded() / 100)")
        }
    }

    private func sign(_ bytes: [UInt8]) throws -> (ModuleKey, [UInt8]) {
        let key = ModuleKeyPair.generate().publicKey
        let claims = TokenClaims(
            id: ids.next(), subject: "\(key)", issuedAt: .now(),
            payload: ActorClaims(name: "large", capabilities: ["wasmcloud:httpserver"]))
        return (key, try UnsignedModule(bytes).signed(claims, by: account))
    }

    /// One host's time with the module, in milliseconds.
    private func measure(_ signed: [UInt8], _ key: ModuleKey) async throws -> [String: Double] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "actor-bench-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let bus = InMemoryServer().connect()
        let host = try host(in: folder.path, bus)
        let clock = ContinuousClock()
        let begin = clock.now
        let file = ModuleFile(signed)
        let hashed = clock.now
        _ = try await host.start(actor: file, reference: "benchmark")
        let started = clock.now
        let message = BusMessage(to: LatticeSubjects(lattice).calls(of: key), payload: invocation(key).messagePack)
        let reply = try await bus.request(message, timeout: .seconds(10))
        let end = clock.now
        let response = try InvocationResponse(messagePack: reply.payload)
        guard response.error == nil else { throw Failed(description: response.error ?? "") }
        func milliseconds(_ start: ContinuousClock.Instant, _ end: ContinuousClock.Instant) -> Double {
            start.duration(to: end) / .milliseconds(1)
        }
        return [
            "hash of the file": milliseconds(begin, hashed), "start": milliseconds(hashed, started),
            "first call": milliseconds(started, end), "all": milliseconds(begin, end),
        ]
    }

    private struct Failed: Error, CustomStringConvertible { let description: String }

    private func host(in folder: String, _ bus: InMemoryBus) throws -> Host {
        let identity = try HostIdentity(in: StateFolder(folder))
        let document = try TrustDocument.signed(
            by: operatorKeys, lattice: lattice, version: 1, issuers: [account.publicKey],
            clusters: [
                .init(key: caller.cluster.publicKey, host: caller.host.publicKey),
                .init(key: identity.cluster.publicKey, host: identity.host.publicKey),
            ], at: .now(), ids: ids)
        let basis = TrustBasis(
            lattice: lattice, operatorKey: operatorKeys.publicKey, document: document, settings: TrustSettings())
        return Host(
            identity: identity, gatekeeper: Gatekeeper(basis), bus: bus, subjects: LatticeSubjects(lattice))
    }

    private func invocation(_ actor: ModuleKey) -> Invocation {
        let signer = InvocationSigner(key: caller.cluster, host: caller.host.publicKey, lattice: lattice)
        let subject = LatticeSubjects(lattice).calls(of: actor)
        let draft = InvocationSigner.Draft(
            from: .actor(actor), to: .actor(actor), operation: "HttpServer.HandleRequest", argument: [],
            id: signer.nextID())
        return signer.sign(draft, .strict(subject: subject.text, timeout: .seconds(10)), at: .now())
    }
}
