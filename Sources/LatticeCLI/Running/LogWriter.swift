import Glibc
import LatticeBus
import LatticeConfig
import LatticeHost
import LatticeIdentity
import LatticeProtocol

/// Writes what a host says to standard error: a line for people, or one JSON document on each line.
enum LogWriter {
    static func log(_ settings: LogSettings) -> HostLog {
        let least = HostLog.Level(rawValue: settings.level.rawValue) ?? .info
        let style = TextStyle(file: STDERR_FILENO, environment: Program.environment)
        return HostLog { level, sentence, facts in
            guard level >= least else { return }
            let line =
                switch settings.format {
                case .text: text(.now(), level, sentence, facts, style)
                case .json: json(.now(), level, sentence, facts)
                }
            Program.write(line + "\n", to: STDERR_FILENO)
        }
    }

    /// `12:04:11 warning  not enrolled: it starts nothing until it is  fix="lattice trust add N…"`
    static func text(
        _ time: WallTime, _ level: HostLog.Level, _ sentence: String, _ facts: [(key: String, value: String)],
        _ style: TextStyle
    ) -> String {
        let clock = time.description.dropFirst("2000-01-01T".count).prefix("00:00:00".count)
        let name = level.rawValue + String(repeating: " ", count: max(0, 8 - level.rawValue.count))
        let shown = level >= .warning ? style.red(name) : name
        let details = facts.map { "  \($0.key)=\(plain($0.value))" }.joined()
        return "\(clock) \(shown) \(oneLine(sentence))\(details)"
    }

    static func json(
        _ time: WallTime, _ level: HostLog.Level, _ sentence: String, _ facts: [(key: String, value: String)]
    ) -> String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("time", time.description)
            writer.member("level", level.rawValue)
            writer.member("message", sentence)
            for fact in facts { writer.member(fact.key, fact.value) }
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// What an actor or a provider said may hold anything; a line of the log stays a line.
    private static func oneLine(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
    }

    private static func plain(_ value: String) -> String {
        let line = oneLine(value)
        return line.contains(" ") || line.isEmpty ? "\"\(line)\"" : line
    }
}
