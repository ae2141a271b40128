import LatticeBus
import Testing

/// A server and connections to it, on which the rules of the three ports are checked. One adapter, one bench.
public protocol PortBench: Sendable {
    /// A new connection, ready to use.
    func connect() async throws -> PortConnection
    /// Takes the server away from all connections; they have not noticed yet when this returns.
    func stopServer() async throws
    func startServer() async throws
}

/// The three ports over one connection.
public struct PortConnection: Sendable {
    public let bus: any MessageBus
    public let metadata: any MetadataStore
    public let objects: any ObjectStore
    public let close: @Sendable () async -> Void

    public init(
        bus: any MessageBus, metadata: any MetadataStore, objects: any ObjectStore,
        close: @escaping @Sendable () async -> Void
    ) {
        self.bus = bus
        self.metadata = metadata
        self.objects = objects
        self.close = close
    }
}

/// One rule that every adapter keeps.
public struct PortRule: Sendable, CustomTestStringConvertible {
    /// What a rule does to the server that it runs on.
    public enum Server: Sendable {
        case shared
        /// It is stopped in between, so nobody else can use it.
        case own
    }

    public let name: String
    public let server: Server
    public let check: @Sendable (any PortBench) async throws -> Void

    init(_ name: String, server: Server = .shared, check: @escaping @Sendable (any PortBench) async throws -> Void) {
        self.name = name
        self.server = server
        self.check = check
    }

    public var testDescription: String { name }

    public static let all =
        messageRules + completionRules + subscriptionRules + outageRules + metadataRules + watchRules + objectRules
    public static let onSharedServer = all.filter { $0.server == .shared }
    public static let onOwnServer = all.filter { $0.server == .own }
}

extension MessageBus {
    /// Subscribes into a log, and returns when the server knows of it.
    func record(_ pattern: String, group: String? = nil, into log: EventLog<BusMessage>) async throws
        -> any BusSubscription
    {
        let subscription = try subscribe(SubjectPattern(pattern), group: group.map(QueueGroup.init)) { log.append($0) }
        try await flush(timeout: .seconds(10))
        return subscription
    }

    /// Answers every request with what `reply` makes of it.
    func serve(_ pattern: String, reply: @escaping @Sendable (BusMessage) -> [UInt8]?) async throws
        -> any BusSubscription
    {
        let subscription = try subscribe(SubjectPattern(pattern)) { message in
            guard let bytes = reply(message) else { return }
            do { try answer(message, bytes) } catch { Issue.record(error) }
        }
        try await flush(timeout: .seconds(10))
        return subscription
    }
}

/// Expects an error and returns it, so that its contents can be looked at.
func failure<Failure: Error, Value>(
    of type: Failure.Type, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Value
) async throws -> Failure {
    do {
        let value = try await body()
        Issue.record("expected a \(type), got \(value)", sourceLocation: sourceLocation)
        throw EventMissing(what: "a \(type)", seen: "\(value)")
    } catch let error as Failure {
        return error
    }
}
