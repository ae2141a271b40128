import LatticeProtocol

/// `wasmcloud:builtin:logging`, served by the host itself.
/// - Source: lattice protocol §6.10.
public enum Logging {
    public static let writeLog = "Logging.WriteLog"

    public struct LogEntry: Hashable, Sendable {
        /// `debug`, `info`, `warn` or `error`; others count as `debug`.
        public let level: String
        public let text: String

        public init(level: String, text: String) {
            self.level = level
            self.text = text
        }
    }
}

/// `wasmcloud:builtin:numbergen`, served by the host itself.
public enum NumberGen {
    public static let generateGUID = "NumberGen.GenerateGuid"
    public static let randomInRange = "NumberGen.RandomInRange"
    public static let random32 = "NumberGen.Random32"

    /// Both ends belong to the range.
    public struct Range: Hashable, Sendable {
        public let min: UInt32
        public let max: UInt32

        public init(min: UInt32, max: UInt32) {
            self.min = min
            self.max = max
        }
    }
}

/// What every actor may be asked.
/// - Source: lattice protocol §3.5.
public enum ActorHealth {
    public static let healthRequest = "Actor.HealthRequest"
}

extension Logging.LogEntry: ContractValue {
    private enum Field: String, MessagePackField {
        case level, text

        static let table = MessagePackFieldTable<Field>()
    }

    public init(from reader: inout MessagePackReader) throws(MessagePackError) {
        var level = "debug"
        var text: String?
        var fields = try MessagePackFields<Field>(of: &reader)
        while let field = try fields.next(in: &reader) {
            switch field {
            case .level: level = try reader.readString()
            case .text: text = try reader.readString()
            }
        }
        guard let text else { throw fields.missing(.text) }
        self.init(level: level, text: text)
    }

    public func write(to writer: inout MessagePackWriter) {
        writer.writeMapHeader(count: 2)
        writer.writeKey("level")
        writer.write(level)
        writer.writeKey("text")
        writer.write(text)
    }
}

extension NumberGen.Range: ContractValue {
    private enum Field: String, MessagePackField {
        case min, max

        static let table = MessagePackFieldTable<Field>()
    }

    public init(from reader: inout MessagePackReader) throws(MessagePackError) {
        var least, most: UInt32?
        var fields = try MessagePackFields<Field>(of: &reader)
        while let field = try fields.next(in: &reader) {
            switch field {
            case .min: least = try reader.readInteger()
            case .max: most = try reader.readInteger()
            }
        }
        guard let least else { throw fields.missing(.min) }
        guard let most else { throw fields.missing(.max) }
        self.init(min: least, max: most)
    }

    public func write(to writer: inout MessagePackWriter) {
        writer.writeMapHeader(count: 2)
        writer.writeKey("min")
        writer.write(min)
        writer.writeKey("max")
        writer.write(max)
    }
}
