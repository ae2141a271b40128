import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Listens on one address and answers with one handler. Several listeners share an event loop group, which is the
/// caller's: it outlives them.
public final class HTTPListener: Sendable {
    public let address: ListenAddress
    private let group: any EventLoopGroup
    /// What new connections go by.
    private let service: Mutex<HTTPService>
    private let connections = ConnectionRegistry()
    private let state = Mutex(State.fresh)

    private enum State {
        case fresh
        case starting
        case listening(any Channel)
        case stopped
    }

    /// - Parameters:
    ///   - settings: of a link; what they say about time and size wins over `limits`.
    public init(
        settings: HTTPServerSettings, limits: HTTPLimits = HTTPLimits(), group: any EventLoopGroup,
        handler: @escaping HTTPHandler
    ) {
        address = settings.address ?? .contractDefault
        self.group = group
        service = Mutex(HTTPService(settings: settings, limits: limits, handler: handler))
    }

    /// Since the last change of the settings.
    public var counts: HTTPListenerCounts { service.withLock { $0.counters.snapshot } }

    /// Goes on at the same address by other settings, whatever address they name. Connections that are open end after the
    /// request that has begun; those that come from now on know nothing of before.
    public func change(to settings: HTTPServerSettings, limits: HTTPLimits, handler: @escaping HTTPHandler) {
        service.withLock { $0 = HTTPService(settings: settings, limits: limits, handler: handler) }
        connections.endIdle()
    }

    /// Serves when it returns.
    /// - Returns: the address with the port that the system chose if the settings said 0.
    public func start() async throws(HTTPListenerError) -> ListenAddress {
        let isFirst = state.withLock { state in
            guard case .fresh = state else { return false }
            state = .starting
            return true
        }
        guard isFirst else { throw .alreadyStarted }
        let channel: any Channel
        do {
            channel = try await bootstrap().bind(host: address.host, port: Int(address.port)).get()
        } catch {
            state.withLock { $0 = .stopped }
            if let error = error as? IOError { throw HTTPListenerError(address, errorNumber: error.errnoCode) }
            throw .failed(address, reason: "\(error)")
        }
        let isWanted = state.withLock { state in
            guard case .starting = state else { return false }
            state = .listening(channel)
            return true
        }
        if !isWanted { try? await channel.close() }
        return ListenAddress(host: address.host, port: UInt16(channel.localAddress?.port ?? 0))
    }

    /// Accepts no more, lets the requests that have begun be answered, closes what remains after `limit`.
    public func stop(within limit: Duration) async {
        let listening = state.withLock { state in
            defer { state = .stopped }
            if case .listening(let channel) = state { return channel as (any Channel)? }
            return nil
        }
        if let listening { try? await listening.close() }
        await connections.drain(within: limit, on: group.next())
    }

    private func isCurrent(_ service: HTTPService) -> Bool {
        self.service.withLock { $0.counters === service.counters }
    }

    private func bootstrap() -> ServerBootstrap {
        let connections = connections
        return ServerBootstrap(group: group)
            .serverChannelOption(ChannelOptions.backlog, value: 1024)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in channel.eventLoop.makeCompletedFuture { try channel.closeOnExec() } }
            .childChannelOption(ChannelOptions.tcpOption(.tcp_nodelay), value: 1)
            // A client may say that it has sent all, and still wait for the answer.
            .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { [self] channel in
                let service = service.withLock { $0 }
                let (limits, counters) = (service.limits, service.counters)
                return channel.eventLoop.makeCompletedFuture {
                    try channel.closeOnExec()
                    guard counters.admitConnection() else {
                        return try channel.pipeline.syncOperations.addHandler(RefusedConnection(limits: limits))
                    }
                    channel.closeFuture.assumeIsolated().whenComplete { _ in counters.releaseConnection() }
                    let decoder = HTTPRequestDecoder(
                        leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop,
                        limitConfiguration: limits.decoderConfiguration)
                    try channel.pipeline.syncOperations.addHandlers(
                        ByteToMessageHandler(decoder),
                        HTTPConnection(
                            settings: service.settings, limits: limits, counters: counters, handler: service.handler))
                    connections.add(channel)
                    // Changed between the two: who was added after the others were told is told here.
                    if !isCurrent(service) {
                        channel.pipeline.fireUserInboundEventTriggered(HTTPConnection.Drain())
                    }
                }
            }
    }
}

/// How requests are answered, until that changes.
private struct HTTPService: Sendable {
    let settings: HTTPServerSettings
    let limits: HTTPLimits
    let handler: HTTPHandler
    let counters: ListenerCounters

    init(settings: HTTPServerSettings, limits: HTTPLimits, handler: @escaping HTTPHandler) {
        self.settings = settings
        self.limits = limits.adjusted(by: settings)
        self.handler = handler
        counters = ListenerCounters(limits: self.limits)
    }
}

extension HTTPLimits {
    fileprivate var decoderConfiguration: NIOHTTPDecoderLimitConfiguration {
        var configuration = NIOHTTPDecoderLimitConfiguration()
        configuration.maxHeaderFieldSize = headerBytesMax
        configuration.maxHeaderListSize = headerBytesMax
        configuration.maxHeaderFieldCount = headerFieldsMax
        return configuration
    }
}
