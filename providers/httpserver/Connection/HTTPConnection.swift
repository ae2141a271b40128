import NIOCore
import NIOHTTP1

/// One client's connection: reads requests, hands one at a time to the handler, writes the answers in their order.
///
/// While an answer is awaited or stuck nothing more is read, so a client can only fill what one read has brought
/// (`HTTPLimits.pipelinedRequestsMax`). All members are touched on the channel's event loop alone.
final class HTTPConnection: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What happens now. Requests are read in the first three.
    enum Phase {
        /// Nothing of a next request has come. → readingHead, readingBody, answering, lingering, closed
        case idle
        /// → readingBody, answering, lingering, closed
        case readingHead
        /// → answering, lingering, closed
        case readingBody
        /// The handler works. → idle, flushing, lingering, closed
        case answering
        /// The client has to take what was written before it gets more. → idle, lingering, closed
        case flushing
        /// The last answer is out; what still comes is thrown away. → closed
        case lingering
        /// The channel is gone. The handler may still work.
        case closed

        var isReading: Bool { self == .idle || self == .readingHead || self == .readingBody }
    }

    private enum Pending {
        case request(ReceivedRequest)
        /// The connection ends after it.
        case refusal(HTTPResponseValue)
    }

    /// What the handler was given.
    private struct Exchange {
        let id: UInt64
        let client: ResponseEncoder.Client
        let bodyBytesReserved: Int
        let decoration: ResponseRules.Decoration
    }

    private let rules: ResponseRules
    private let limits: HTTPLimits
    private let counters: ListenerCounters
    private let handler: HTTPHandler

    private var phase = Phase.idle
    private var assembly: RequestAssembly
    private var pending = CircularBuffer<Pending>(initialCapacity: 2)
    private var exchange: Exchange?
    private var exchangesCount: UInt64 = 0
    private var date = HTTPDate()
    private let timer = ConnectionTimer()
    /// When the timer looked last.
    private var unwrittenBytesCount = Int.max
    private var context: ChannelHandlerContext?
    private var peer: SocketAddress?

    /// The client awaits `100 Continue`, which may have to wait for the answer before it.
    private var owesContinue = false
    /// Whatever else comes is thrown away: it can't be understood, or there is too much of it.
    private var ignoresInput = false
    private var inputHasEnded = false
    private var isDraining = false
    private var isProceeding = false
    /// Between a read and its end: answers are sent together then.
    private var isWithinRead = false
    private var hasReadParts = false
    private var needsFlush = false
    private var needsRead = false

    init(
        settings: HTTPServerSettings, limits: HTTPLimits, counters: ListenerCounters, handler: @escaping HTTPHandler
    ) {
        rules = ResponseRules(settings: settings)
        self.limits = limits
        self.counters = counters
        self.handler = handler
        assembly = RequestAssembly(limits: limits, counters: counters)
    }

    // MARK: Events of the channel

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        peer = context.channel.remoteAddress
        expire(in: limits.idleTimeout, context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        phase = .closed
        assembly.abandon()
        dropPending()
        // What the handler still works on counts until it answers, or until it should have.
        if exchange == nil { timer.cancel() }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isWithinRead = true
        hasReadParts = true
        guard !ignoresInput else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): take(assembly.begin(head), context)
        case .body(var part): take(assembly.append(&part), context)
        case .end: take(assembly.end(), context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isWithinRead = false
        if needsFlush {
            needsFlush = false
            context.flush()
        }
        if phase == .idle, !hasReadParts, !assembly.isWithinRequest {
            // Bytes came, and no part of a request: the beginning of a head.
            phase = .readingHead
            expire(in: limits.headTimeout, context)
        }
        hasReadParts = false
        if phase.isReading { settle(context) }
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        switch phase {
        case .idle, .readingHead, .readingBody, .lingering, .closed: context.read()
        case .answering, .flushing: needsRead = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if phase == .flushing, context.channel.isWritable {
            becomeIdle(context)
            proceed(context)
            readOn(context)
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            inputHasEnded = true
            if phase.isReading || phase == .lingering { context.close(promise: nil) }
        case is Drain:
            isDraining = true
            if phase == .idle { context.close(promise: nil) }
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
        guard !ignoresInput else { return }
        assembly.abandon()
        take(.refused(HTTPResponseValue(unreadable: error)), context)
    }

    /// Sent to every connection when its listener stops: no request after those that have begun.
    struct Drain: Sendable {}

    // MARK: From parts to answers

    private func take(_ step: RequestAssembly.Step, _ context: ChannelHandlerContext) {
        switch step {
        case .incomplete: return
        case .awaitsContinue:
            owesContinue = true
            return
        case .complete(let request):
            pending.append(.request(request))
            if pending.count > limits.pipelinedRequestsMax { ignoresInput = true }
        case .refused(let refusal):
            ignoresInput = true
            pending.append(.refusal(refusal))
        }
        owesContinue = false
        proceed(context)
    }

    /// Answers what is pending, until an answer has to be waited for.
    private func proceed(_ context: ChannelHandlerContext) {
        // An answer that comes at once calls this while it runs: the loop goes on instead of nesting.
        guard !isProceeding else { return }
        isProceeding = true
        while phase.isReading, let next = pending.popFirst() {
            switch next {
            case .request(let request): dispatch(request, context)
            case .refusal(let refusal): write(refusal, ResponseEncoder.Client(persistence: .closed), context)
            }
        }
        isProceeding = false
        if phase.isReading, !isWithinRead { settle(context) }
    }

    /// Nothing is pending: goes on with a body, or ends.
    private func settle(_ context: ChannelHandlerContext) {
        if assembly.isWithinRequest {
            if phase != .readingBody { expire(in: limits.bodyTimeout, context) }
            phase = .readingBody
            guard owesContinue else { return }
            owesContinue = false
            send(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n"), context)
        } else if phase == .idle, isDraining || inputHasEnded {
            linger(context)
        }
    }

    private func dispatch(_ request: ReceivedRequest, _ context: ChannelHandlerContext) {
        let decoration: ResponseRules.Decoration
        switch rules.judge(request.value) {
        case .passed(let found): decoration = found
        case .answered(let response):
            counters.releaseBody(request.bodyBytesReserved)
            return write(response, request.client, context)
        }
        guard counters.admitRequest() else {
            counters.releaseBody(request.bodyBytesReserved)
            return write(.busyRequests, request.client, context)
        }
        exchangesCount += 1
        let id = exchangesCount
        let deadline = NIODeadline.now() + TimeAmount(limits.requestTimeout)
        exchange = Exchange(
            id: id, client: request.client, bodyBytesReserved: request.bodyBytesReserved, decoration: decoration)
        phase = .answering
        expire(at: deadline, context)
        let eventLoop = context.eventLoop
        let connection = NIOLoopBound(self, eventLoop: eventLoop)
        handler(request.value, HTTPRequestContext(eventLoop: eventLoop, deadline: deadline, peer: peer)) { response in
            if eventLoop.inEventLoop {
                connection.value.finish(id, response)
            } else {
                eventLoop.execute { connection.value.finish(id, response) }
            }
        }
    }

    /// The handler's answer, or ours in its place. Only the first one for each request does anything.
    private func finish(_ id: UInt64, _ response: HTTPResponseValue) {
        guard let exchange, exchange.id == id else { return }
        self.exchange = nil
        counters.releaseRequest()
        counters.releaseBody(exchange.bodyBytesReserved)
        guard phase == .answering, let context else { return timer.cancel() }
        write(exchange.decoration.applied(to: response), exchange.client, context)
        proceed(context)
        readOn(context)
    }

    // MARK: Writing

    private func write(
        _ response: HTTPResponseValue, _ client: ResponseEncoder.Client, _ context: ChannelHandlerContext
    ) {
        var client = client
        // The last one before the end says so, and the last one whose successors were thrown away.
        if pending.isEmpty, isDraining || ignoresInput || inputHasEnded { client.persistence = .closed }
        var buffer = ByteBuffer()
        do {
            try ResponseEncoder.encode(response, for: client, date: date.now(), into: &buffer)
        } catch {
            // Ours have nothing in them that could be refused again.
            try? ResponseEncoder.encode(HTTPResponseValue(error), for: client, date: date.now(), into: &buffer)
        }
        send(buffer, context)
        if client.persistence == .closed {
            linger(context)
        } else if context.channel.isWritable {
            becomeIdle(context)
        } else {
            phase = .flushing
            unwrittenBytesCount = .max
            expire(in: limits.writeStallTimeout, context)
        }
    }

    private func send(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(buffer), promise: nil)
        if isWithinRead { needsFlush = true } else { context.flush() }
    }

    private func becomeIdle(_ context: ChannelHandlerContext) {
        phase = .idle
        expire(in: limits.idleTimeout, context)
    }

    /// Goes on with what was held back while an answer was awaited.
    private func readOn(_ context: ChannelHandlerContext) {
        guard needsRead, phase.isReading || phase == .lingering else { return }
        needsRead = false
        context.read()
    }

    /// Ends the connection so that the client can read its last answer: closing at once, with input unread, would
    /// make the kernel throw that answer away.
    private func linger(_ context: ChannelHandlerContext) {
        guard phase != .lingering, phase != .closed else { return }
        ignoresInput = true
        assembly.abandon()
        dropPending()
        phase = .lingering
        needsFlush = false
        context.flush()
        if inputHasEnded { return context.close(promise: nil) }
        context.close(mode: .output, promise: nil)
        unwrittenBytesCount = .max
        expire(in: limits.lingerTimeout, context)
        readOn(context)
    }

    private func dropPending() {
        for case .request(let request) in pending { counters.releaseBody(request.bodyBytesReserved) }
        pending.removeAll()
    }

    // MARK: Time

    private func expire(in limit: Duration, _ context: ChannelHandlerContext) {
        expire(at: .now() + TimeAmount(limit), context)
    }

    private func expire(at deadline: NIODeadline, _ context: ChannelHandlerContext) {
        timer.set(deadline, on: context.eventLoop, timeIsOver)
    }

    private func timeIsOver() {
        guard let context, phase != .closed else {
            // The client has gone, and the handler has not answered in time.
            if let exchange { finish(exchange.id, .deadline(after: limits.requestTimeout)) }
            return
        }
        switch phase {
        case .idle, .closed: context.close(promise: nil)
        case .readingHead, .readingBody:
            assembly.abandon()
            take(.refused(.requestTooSlow), context)
        case .answering:
            if let exchange { finish(exchange.id, .deadline(after: limits.requestTimeout)) }
        case .flushing, .lingering: closeUnlessMoving(context)
        }
    }

    /// A slow client may take its time as long as it takes something.
    private func closeUnlessMoving(_ context: ChannelHandlerContext) {
        let count = (try? context.channel.syncOptions?.getOption(ChannelOptions.bufferedWritableBytes)) ?? 0
        guard count > 0, count < unwrittenBytesCount else { return context.close(promise: nil) }
        unwrittenBytesCount = count
        expire(in: limits.writeStallTimeout, context)
    }
}
