import Glibc
import LatticeBus
import LatticeIdentity
import LatticeProtocol

/// What a provider process tells whoever looks after it: lines on standard error.
struct ProviderLog: Sendable {
    enum Level: Int, Sendable, Comparable {
        case debug, info, warning, error

        static func < (one: Level, other: Level) -> Bool { one.rawValue < other.rawValue }

        var name: String { "\(self)" }

        /// In the words of host data; `info` for others.
        init(hostData text: String?) {
            switch text {
            case "error": self = .error
            case "warn", "warning": self = .warning
            case "debug", "trace": self = .debug
            default: self = .info
            }
        }
    }

    private let least: Level
    private let isStructured: Bool
    private let write: @Sendable (String) -> Void

    init(_ hostData: HostData, write: @escaping @Sendable (String) -> Void = standardError) {
        least = Level(hostData: hostData.logLevel)
        isStructured = hostData.logsStructured
        self.write = write
    }

    func debug(_ line: String) { tell(.debug, line) }
    func info(_ line: String) { tell(.info, line) }
    func warning(_ line: String) { tell(.warning, line) }

    /// For the host, which reads this: a line of its own, whatever the level.
    func tell(_ report: RefusalReport) {
        write(RefusalReport.linePrefix + String(decoding: report.json, as: UTF8.self))
    }

    func tell(_ level: Level, _ line: String) {
        guard level >= least else { return }
        guard isStructured else { return write("\(level.name): \(line)") }
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("level", level.name)
            writer.member("message", line)
        }
        write(String(decoding: writer.bytes, as: UTF8.self))
    }

    func tell(_ notice: BusNotice) {
        switch notice {
        case .state(.connected(let server)): info("connected to the bus at \(server)")
        case .state(.disconnected(let since, let reason)):
            warning("the bus is out of reach since \(since): \(reason)")
        case .state(.closed(let reason)): debug("the connection to the bus is closed: \(reason)")
        case .dropped(let pattern, let total):
            warning("\(total) messages on \(pattern) were lost, as they came faster than they were handled")
        case .complaint(let words): warning("the bus complains: \(words)")
        }
    }

    @Sendable static func standardError(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
