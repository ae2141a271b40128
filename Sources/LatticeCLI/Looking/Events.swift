import ArgumentParser
import Glibc
import LatticeControl
import LatticeIdentity
import LatticeProtocol

/// `lattice events`
struct Events: LatticeCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Shows what happens from now on, until Ctrl-C.",
        discussion: """
            Events are not kept: what happened before can't be shown. With -o json each line is one document, a \
            CloudEvent as it travels.
            """)

    static let examples = ["lattice events --follow", "lattice events -o json --count 1"]

    @Flag(help: "Goes on until Ctrl-C, as it does anyway.")
    var follow = false

    @Option(help: ArgumentHelp("Ends after so many events.", valueName: "n"))
    var count: Int?

    @Flag(help: "Also shows that hosts are alive, every 30 s and whenever somebody asks for hosts.")
    var heartbeats = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count has to be at least 1") }
    }

    func run() async throws {
        let session = try await LatticeSession.open(connection)
        let (events, continuation) = AsyncStream.makeStream(
            of: CloudEvent.self, bufferingPolicy: .bufferingOldest(10_000))
        let heartbeats = heartbeats
        let subscription = try session.client.events { event in
            if event.name != .hostHeartbeat || heartbeats { continuation.yield(event) }
        }
        defer { subscription.unsubscribe() }
        // Without hosts there are keys instead of names.
        let names = (try? await session.look())?.names ?? LatticeNames(bundled: BundledNames.all)
        var left = count ?? .max
        for await event in events {
            Program.write(line(event, names), to: STDOUT_FILENO)
            left -= 1
            if left == 0 { break }
        }
        await session.close()
    }

    func line(_ event: CloudEvent, _ names: LatticeNames) -> String {
        switch output.format {
        case .json: String(decoding: event.json, as: UTF8.self) + "\n"
        case .text: EventLine(event, names).text + "\n"
        }
    }
}

/// One event on one line: time, what, where, details.
struct EventLine {
    let text: String

    init(_ event: CloudEvent, _ names: LatticeNames) {
        let time = event.time.map { "\($0)".dropFirst(11).dropLast() }.map(String.init) ?? "--:--:--.---"
        let name = event.name?.rawValue ?? event.type
        let host = (try? HostKey(event.source)).flatMap(names.name) ?? String(event.source.prefix(8))
        let details = Self.details(event.data, names).filter { !$0.isEmpty }.joined(separator: "  ")
        text = "\(time)  \(name.padded(to: 18))  \(host.padded(to: 12))  \(details)".printable
    }

    private static func details(_ data: JSONObject, _ names: LatticeNames) -> [String] {
        var details: [String] = []
        for key in ["public_key", "actor_id", "provider_id"] {
            if let text = (try? data.string(key)) ?? nil { details.append(called(text, names)) }
        }
        for key in ["actor_ref", "provider_ref", "friendly_name"] {
            details.append(((try? data.string(key)) ?? nil) ?? "")
        }
        if let contract = (try? data.string("contract_id")) ?? nil { details.append(Shown.contract(contract)) }
        if let link = (try? data.string("link_name")) ?? nil, link != LinkName.default.text {
            details.append("link '\(link)'")
        }
        for key in ["count", "remaining", "max_instances"] {
            if let number = (try? data.integer(key, as: UInt64.self)) ?? nil { details.append("\(key) \(number)") }
        }
        if let code = (try? data.string("code")) ?? nil { details.append("[\(code)]") }
        for key in ["sentence", "reason", "error"] { details.append(((try? data.string(key)) ?? nil) ?? "") }
        if let call = (try? data.string("call")) ?? nil { details.append("call \(call)") }
        return details
    }

    private static func called(_ text: String, _ names: LatticeNames) -> String {
        let name =
            (try? ModuleKey(text)).flatMap(names.name) ?? (try? ProviderKey(text)).flatMap(names.name)
        return name ?? text
    }
}
