import LatticeContracts
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust
import NIOPosix
import Synchronization

extension BundledProvider {
    /// - Parameter defaults: for what links leave open.
    public static func httpServer(_ defaults: HTTPListenerProvider.Defaults = .init()) -> BundledProvider {
        BundledProvider("httpserver", contract: .httpServer, state: .shared) { setup in
            try HTTPListenerProvider(
                configuration: setup.configuration, defaults: defaults, callTimeout: setup.callTimeout,
                actors: setup.actors, log: setup.log)
        }
    }
}

/// `wasmcloud:httpserver`: a listener for each link, whose requests its actor answers. All listeners share NIO's one group
/// of event loops, a thread for each core, which begins with the first of them.
public final class HTTPListenerProvider: CapabilityProvider {
    /// What counts where a link says nothing.
    public struct Defaults: Sendable {
        public var address: ListenAddress
        public var limits: HTTPLimits

        public init(address: ListenAddress = .contractDefault, limits: HTTPLimits = HTTPLimits()) {
            self.address = address
            self.limits = limits
        }
    }

    private struct Entry {
        let values: [String: String]
        /// As it was asked for.
        let address: ListenAddress
        let listener: HTTPListener
        /// With the port that the system chose, if it was to choose one.
        let bound: ListenAddress
    }

    private let base: HTTPServerSettings
    private let limits: HTTPLimits
    private let actors: any ActorCaller
    private let log: @Sendable (String) -> Void
    private let entries = Mutex<[ModuleKey: Entry]>([:])

    /// How long requests that have begun may take when their listener ends.
    private static let drainTime: Duration = .seconds(2)
    /// Whoever calls the actor keeps the time, and knows better where it went; the listener's own clock is the last resort.
    private static let grace: Duration = .milliseconds(500)

    /// - Parameters:
    ///   - configuration: JSON with `address`, `port`, `timeout_ms`, `max_content_len` or `cache_control`, for links that do
    ///     not say it themselves.
    ///   - callTimeout: where neither says anything about time.
    public init(
        configuration: String? = nil, defaults: Defaults = Defaults(), callTimeout: Duration = .seconds(2),
        actors: any ActorCaller, log: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(LinkProblem) {
        base = try Self.base(configuration, defaults.address, callTimeout)
        limits = defaults.limits
        self.actors = actors
        self.log = log
    }

    private static func base(
        _ configuration: String?, _ address: ListenAddress, _ timeout: Duration
    ) throws(LinkProblem) -> HTTPServerSettings {
        var base = HTTPServerSettings()
        if let configuration, !configuration.isEmpty {
            do throws(HTTPSettingsError) {
                base = try HTTPServerSettings(values: ["config_json": configuration])
            } catch { throw LinkProblem("the provider's configuration: \(error)") }
            if let key = base.ignoredKeys.first {
                throw LinkProblem("the provider's configuration: '\(key.prefix(80))' means nothing to httpserver")
            }
            guard base.access == .readWrite, base.cors == CORSPolicy() else {
                throw LinkProblem("the provider's configuration: cors and readonly_mode belong to a link's own values")
            }
        }
        base.address = base.address ?? address
        base.timeout = base.timeout ?? timeout
        return base
    }

    /// Where each actor's listener listens.
    public var addresses: [ModuleKey: ListenAddress] { entries.withLock { $0.mapValues(\.bound) } }

    // MARK: Links

    public func put(_ link: LinkDefinition) async throws(LinkProblem) {
        let before = entries.withLock { $0[link.actor] }
        if before?.values == link.values { return }
        let settings = try settings(of: link)
        let address = settings.address ?? .contractDefault
        if let before, before.address == address {
            before.listener.change(to: listenerSettings(settings), limits: limits, handler: handler(link, settings))
            entries.withLock { entries in
                entries[link.actor] = Entry(
                    values: link.values, address: address, listener: before.listener, bound: before.bound)
            }
            return
        }
        try refuseNeighbour(link, address)
        let listener = HTTPListener(
            settings: listenerSettings(settings), limits: limits, group: MultiThreadedEventLoopGroup.singleton,
            handler: handler(link, settings))
        let bound: ListenAddress
        do throws(HTTPListenerError) { bound = try await listener.start() } catch { throw LinkProblem("\(error)") }
        entries.withLock { entries in
            entries[link.actor] = Entry(values: link.values, address: address, listener: listener, bound: bound)
        }
        log("listening on \(bound) for actor \(link.actor)")
        await before?.listener.stop(within: Self.drainTime)
    }

    private func settings(of link: LinkDefinition) throws(LinkProblem) -> HTTPServerSettings {
        var settings: HTTPServerSettings
        do throws(HTTPSettingsError) { settings = try HTTPServerSettings(values: link.values) } catch {
            throw LinkProblem("\(error)")
        }
        for key in settings.ignoredKeys {
            log("the link of actor \(link.actor) has the value '\(key.prefix(80))', which means nothing to httpserver")
        }
        settings.address = settings.address ?? base.address
        settings.timeout = settings.timeout ?? base.timeout
        settings.bodyBytesMax = settings.bodyBytesMax ?? base.bodyBytesMax
        settings.cacheControl = settings.cacheControl ?? base.cacheControl
        return settings
    }

    private func listenerSettings(_ settings: HTTPServerSettings) -> HTTPServerSettings {
        var settings = settings
        settings.timeout = settings.timeout.map { $0 + Self.grace }
        return settings
    }

    /// Says which actor has the port, where the listener could only say that it is this process.
    private func refuseNeighbour(_ link: LinkDefinition, _ address: ListenAddress) throws(LinkProblem) {
        let neighbour = entries.withLock { entries in
            entries.first { $0.key != link.actor && $0.value.bound.port == address.port && address.port != 0 }
        }
        guard let neighbour, neighbour.value.bound.host == address.host else { return }
        throw LinkProblem(
            "\(address) is taken by the link of actor \(neighbour.key): give this one another, such as "
                + "address=\(ListenAddress(host: address.host, port: address.port &+ 1))")
    }

    public func remove(_ link: LinkDefinition) async {
        let entry = entries.withLock { $0.removeValue(forKey: link.actor) }
        await entry?.listener.stop(within: Self.drainTime)
    }

    public func shutdown() async {
        let entries = entries.withLock { entries in
            defer { entries = [:] }
            return Array(entries.values)
        }
        await withTaskGroup { group in
            for entry in entries { group.addTask { await entry.listener.stop(within: Self.drainTime) } }
        }
    }

    public var health: HealthReply {
        let addresses = addresses.values.map(\.description).sorted()
        return HealthReply(
            isHealthy: true, message: addresses.isEmpty ? nil : "listens on " + addresses.joined(separator: ", "))
    }

    // MARK: Calls

    public func perform(_ call: ProviderCall, completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void) {
        let sentence = "'\(call.operation.prefix(80))' is no operation: httpserver calls actors and is not called"
        completion(.failure(call.refusal(.providerError, sentence)))
    }

    private func handler(_ link: LinkDefinition, _ settings: HTTPServerSettings) -> HTTPHandler {
        let actors = actors
        let timeout = min(settings.timeout ?? limits.requestTimeout, HTTPLimits.requestTimeoutMax)
        return { request, _, completion in
            let call = ActorCall(
                over: link, operation: HTTPServer.handleRequest, argument: HTTPServer.Request(request).messagePack,
                timeout: timeout)
            actors.call(call) { result in
                switch result {
                case .success(let bytes): completion(HTTPResponseValue(answer: bytes))
                case .failure(let refusal): completion(HTTPResponseValue(refusal))
                }
            }
        }
    }
}
