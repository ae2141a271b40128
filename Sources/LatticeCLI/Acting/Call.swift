import ArgumentParser
import Glibc
import LatticeConfig
import LatticeControl
import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// `lattice call ACTOR OPERATION`
struct Call: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "Calls an actor and prints what it answers.",
        discussion: """
            JSON is turned into MessagePack and back: {"$utf8": "text"} and {"$bytes": "base64"} stand for bytes. \
            Without --data or --raw the actor gets zero bytes. The call is signed with a fresh key that an account of \
            yours vouches for.
            """)

    static let examples = [
        #"lattice call echo Echo.Say --data '{"text":"hello"}'"#, "lattice call counter Counter.Get --timeout 5s",
    ]

    @Argument(help: "The actor's name, call alias, key, or the first characters of that (4 or more).")
    var actor: String

    @Argument(help: "The operation, such as HttpServer.HandleRequest.")
    var operation: String

    @Option(help: ArgumentHelp("JSON; or @FILE, or - for standard input.", valueName: "json|@file|-"))
    var data: String?

    @Option(help: ArgumentHelp("A file whose bytes the actor gets as they are.", valueName: "file"))
    var raw: String?

    @Option(help: ArgumentHelp("How long the call may take, at most 55s.", valueName: "duration"))
    var timeout: TimeLimitArgument?

    @Option(help: ArgumentHelp("The account that vouches for it: a key's name or public key.", valueName: "key"))
    var issuer: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if data != nil, raw != nil { throw ValidationError("--data and --raw exclude each other") }
        if let timeout, timeout.duration > ClientCall.timeoutMax {
            throw ValidationError("--timeout is at most \(ClientCall.timeoutMax)")
        }
    }

    func report(in session: LatticeSession) async throws -> CallReport {
        let argument = try CallArgument.bytes(data: data, raw: raw)
        let snapshot = try await session.snapshot()
        if let foreign = session.foreign(snapshot) { throw foreign }
        let granter = try session.granter(snapshot, named: issuer)
        let key = try await actorKey(session, snapshot)
        let call = ClientCall(key, operation, argument, timeout: timeout?.duration ?? session.settings.actors.timeout)
        do throws(ClientCallError) {
            return CallReport(result: try await session.client.call(call, by: granter, basis: snapshot.basis))
        } catch { throw try await failure(error, session, snapshot) }
    }

    /// Mostly the buckets know the name; else hosts are asked what they run.
    private func actorKey(_ session: LatticeSession, _ snapshot: LatticeSnapshot) async throws -> ModuleKey {
        if let key = try? LatticeNames(snapshot: snapshot).actor(actor) { return key }
        return try await session.overview(of: snapshot).names.actor(actor)
    }

    // MARK: What went wrong

    private func failure(
        _ error: ClientCallError, _ session: LatticeSession, _ snapshot: LatticeSnapshot
    ) async throws -> CLIError {
        switch error {
        case .control(let error): return CLIError(error)
        case .timedOut: return CLIError(.timedOut, "\(error)")
        case .failed(let id, let words):
            return CLIError(.refused, "the actor failed: \(words) (call \(id))")
        case .nobody(let key):
            let overview = try await session.overview(of: snapshot)
            return CLIError(.refused, "\(error)", fix: overview.fix(for: .noActor(key)))
        case .refused(let refusal):
            let overview = try await session.overview(of: snapshot)
            let status: ExitStatus = refusal.code == .deadline ? .timedOut : .refused
            return CLIError(
                status, "\(refusal)", fix: overview.fix(for: try await withFacts(refusal, session, overview)))
        }
    }

    /// A refusal loses its facts on its way through a reply; the host that made it still has them.
    private func withFacts(
        _ refusal: Refusal, _ session: LatticeSession, _ overview: Overview
    ) async throws -> Refusal {
        guard let call = refusal.call else { return refusal }
        let reports = try await session.client.refusals(of: call, hostsCount: overview.view.hosts.count)
        return reports.first.flatMap(Refusal.init) ?? refusal
    }
}

/// What an actor is given.
enum CallArgument {
    private static let bytesMax = 64 << 20

    static func bytes(data: String?, raw: String?) throws(CLIError) -> [UInt8] {
        if let raw { return try InputFile.read(raw, bytesMax: bytesMax) }
        guard let data else { return [] }
        return try messagePack(try json(data))
    }

    private static func json(_ data: String) throws(CLIError) -> [UInt8] {
        if data == "-" { return try InputFile.read("/dev/stdin", bytesMax: bytesMax) }
        if data.hasPrefix("@") { return try InputFile.read(String(data.dropFirst()), bytesMax: bytesMax) }
        return Array(data.utf8)
    }

    private static func messagePack(_ json: [UInt8]) throws(CLIError) -> [UInt8] {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: json, limits: JSONLimits(bytesMax: bytesMax, depthMax: 64))
        } catch { throw CLIError(.wrongUsage, "--data is no JSON: \(error)") }
        do throws(MessagePackJSONError) { return try MessagePackValue(value).bytes } catch {
            throw CLIError(.wrongUsage, "--data: \(error)")
        }
    }
}

/// What an actor answered, as JSON in both formats: nothing is shown as nothing, and bytes that are no MessagePack as bytes.
struct CallReport: Report {
    private let value: MessagePackValue?

    init(result: [UInt8]) {
        value = result.isEmpty ? nil : (try? MessagePackValue(parsing: result)) ?? .binary(result)
    }

    var json: JSONValue {
        guard let value else { return .null }
        return (try? JSONValue(parsing: JSONWriter.bytes(of: value), limits: Self.limits)) ?? .null
    }

    private static let limits = JSONLimits(bytesMax: 512 << 20, depthMax: 256)

    func text(style: TextStyle) -> String {
        guard let value else { return "" }
        return String(decoding: JSONWriter.bytes(of: value, layout: .indented), as: UTF8.self) + "\n"
    }
}
