/// A client of `wasmcloud:builtin:logging`, which the host answers itself.
public enum Logging {
    public enum Level { case debug, info, warn, error }

    public static func write(_ level: Level, _ text: Text) throws(CallError) {
        var writer = MessageWriter(capacity: text.utf8.count + 24)
        writer.writeMapCount(2)
        writer.write("level" as Text)
        writer.write(level.name)
        writer.write("text" as Text)
        writer.write(text)
        _ = try Host.call(
            "wasmcloud:builtin:logging", linkName: "default", operation: "Logging.WriteLog", argument: writer.finish())
    }
}

extension Logging.Level {
    var name: Text {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .warn: "warn"
        case .error: "error"
        }
    }
}
