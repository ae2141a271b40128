import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Listens on one address and answers with one handler. Several listeners share an event loop group, which is the
/// caller's: it outlives them.
public final class HTTPListener: Sendable {
    public let address: ListenAddress
    private let settings: HTTPServerSettings
    private let limits: HTTPLimits
    private let group: any EventLoopGroup
    private let handler: HTTPHandler
    private let counters: ListenerCounters
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
        self.settings = settings
        self.limits = limits.adjusted(by: settings)
        self.group = group
        self.handler = handler
        counters = ListenerCounters(limits: self.limits)
    }

    public var counts: HTTPListenerCounts { counters.snapshot }

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

    private func bootstrap() -> ServerBootstrap {
        let (settings, limits, handler, counters, connections) = (settings, limits, handler, counters, connections)
        return ServerBootstrap(group: group)
            .serverChannelOption(ChannelOptions.backlog, value: 1024)
            .serverChannelOption(ChannelOptions.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in channel.eventLoop.makeCompletedFuture { try channel.closeOnExec() } }
            .childChannelOption(ChannelOptions.tcpOption(.tcp_nodelay), value: 1)
            // A client may say that it has sent all, and still wait for the answer.
            .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
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
                        HTTPConnection(settings: settings, limits: limits, counters: counters, handler: handler))
                    connections.add(channel)
                }
            }
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
