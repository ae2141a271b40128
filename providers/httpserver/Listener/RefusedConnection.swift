import NIOCore

/// Tells a client that came too many why it is turned away, and waits a moment until it has read that.
final class RefusedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let limits: HTTPLimits
    private let timer = ConnectionTimer()
    private var date = HTTPDate()

    init(limits: HTTPLimits) { self.limits = limits }

    func channelActive(context: ChannelHandlerContext) {
        var buffer = ByteBuffer()
        try? ResponseEncoder.encode(
            .busyConnections, for: ResponseEncoder.Client(persistence: .closed), date: date.now(), into: &buffer)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        context.close(mode: .output, promise: nil)
        let channel = context.channel
        timer.set(.now() + TimeAmount(limits.lingerTimeout), on: context.eventLoop) { channel.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func channelInactive(context: ChannelHandlerContext) { timer.cancel() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
