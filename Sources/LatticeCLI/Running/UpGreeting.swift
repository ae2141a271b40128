import LatticeConfig
import LatticeIdentity

/// What `lattice up` prints when everything serves.
struct UpGreeting: Report {
    let name: String
    let host: HostKey
    let settings: LatticeSettings
    /// Of the bus.
    let address: String
    let server: NATSChild?
    let account: AccountKey
    let demo: Demo.Started?
    let duration: Duration

    var json: JSONValue {
        [
            "host": .string("\(host)"), "name": .string(name), "lattice": .string(settings.name),
            "nats": .string(address), "nats_started": .bool(server != nil), "account": .string("\(account)"),
            "demo": demo.map { ["counter": .string("\($0.counter)"), "url": .string($0.url)] } ?? .null,
        ]
    }

    func text(style: TextStyle) -> String {
        let shown = name.padded(to: 13)
        let bus = "nats \(address.withoutScheme)\(server == nil ? "" : " (started here)")"
        var lines = [
            "\(style.bold("host"))   \(shown) \(Self.short(host))    lattice \(settings.name)    \(bus)",
            "\(style.bold("limits")) \(limits)",
        ]
        if let server, server.isMoved {
            lines.append("note   port \(NATSChild.usualPort) was taken, so the NATS server listens on \(server.port)")
        }
        if let demo { lines += demoLines(demo, style) }
        lines.append("\(style.bold("ready")) in \(seconds)\(demo.map { "       \($0.url)" } ?? "")")
        if let demo { lines += steps(demo, style) }
        return lines.map { $0 + "\n" }.joined()
    }

    private var limits: String {
        let gibibytes = (ThisMachine.memoryBytes + 1 << 29) >> 30
        return
            "\(settings.host.actorsMax) actors, \(settings.actors.memoryMax) each at most (this machine: \(gibibytes) GiB, "
            + "\(ThisMachine.coreCount) core\(ThisMachine.coreCount == 1 ? "" : "s"))"
    }

    private func demoLines(_ demo: Demo.Started, _ style: TextStyle) -> [String] {
        var lines = [
            "\(style.bold("demo"))   \("counter".padded(to: 13)) \(Self.short(demo.counter))    signed by "
                + "\(Self.prefix(account)) (this machine's account)   claims: http-server, keyvalue"
        ]
        if let moved = demo.movedFrom {
            lines.append("note   \(moved) was taken, so the demo listens on \(demo.address)")
        }
        return lines
    }

    private func steps(_ demo: Demo.Started, _ style: TextStyle) -> [String] {
        let curl = "curl \(demo.shownAddress)/counter"
        let steps = [
            (curl, "refused: nothing is allowed until you say so"),
            ("\(Program.name) why", "what was refused last, and the one command that allows it"),
            ("\(Program.name) link put counter keyvalue-local keyvalue", ""),
            (curl, "{\"counter\":1}"),
        ]
        let lines = steps.enumerated().map { index, step in
            let command = step.1.isEmpty ? step.0 : step.0.padded(to: 39)
            return "  \(index + 1)  \(command)\(step.1)"
        }
        return ["", "Try, in another terminal:"] + lines
    }

    private var seconds: String {
        let milliseconds = max(100, Int(duration / .milliseconds(1)))
        return "\(milliseconds / 1_000).\(milliseconds % 1_000 / 100) s"
    }

    /// `NCX4…4QA`: enough to tell it from others; commands take such a beginning, too.
    private static func short(_ key: some CustomStringConvertible) -> String {
        let text = "\(key)"
        return "\(text.prefix(4))…\(text.suffix(3))"
    }

    private static func prefix(_ key: some CustomStringConvertible) -> String { "\("\(key)".prefix(4))…" }
}

extension String {
    fileprivate var withoutScheme: String { hasPrefix("nats://") ? String(dropFirst("nats://".count)) : self }
}
