import NIOCore
import Synchronization

/// The open connections of a listener, so that it can end them.
final class ConnectionRegistry: Sendable {
    private struct Contents {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isDraining = false
        var whenEmpty: EventLoopPromise<Void>?
    }

    private let contents = Mutex(Contents())

    func add(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        let isDraining = contents.withLock { contents in
            contents.channels[id] = channel
            return contents.isDraining
        }
        channel.closeFuture.whenComplete { [self] _ in remove(id) }
        if isDraining { channel.pipeline.fireUserInboundEventTriggered(HTTPConnection.Drain()) }
    }

    private func remove(_ id: ObjectIdentifier) {
        let promise = contents.withLock { contents in
            contents.channels[id] = nil
            return contents.channels.isEmpty ? contents.whenEmpty : nil
        }
        promise?.succeed()
    }

    /// Asks the connections that there are now to end after what has begun.
    func endIdle() {
        for channel in contents.withLock({ Array($0.channels.values) }) {
            channel.pipeline.fireUserInboundEventTriggered(HTTPConnection.Drain())
        }
    }

    /// Asks all connections to end, waits until they have, closes what remains after `limit`.
    func drain(within limit: Duration, on eventLoop: any EventLoop) async {
        let promise = eventLoop.makePromise(of: Void.self)
        let channels: [any Channel]? = contents.withLock { contents in
            contents.isDraining = true
            guard !contents.channels.isEmpty else { return nil }
            // A second call waits along with the first.
            contents.whenEmpty?.futureResult.cascade(to: promise)
            if contents.whenEmpty == nil { contents.whenEmpty = promise }
            return Array(contents.channels.values)
        }
        guard let channels else { return promise.succeed() }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(HTTPConnection.Drain()) }
        let deadline = eventLoop.scheduleTask(in: TimeAmount(limit)) { [self] in
            for channel in contents.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
        }
        try? await promise.futureResult.get()
        deadline.cancel()
    }
}
