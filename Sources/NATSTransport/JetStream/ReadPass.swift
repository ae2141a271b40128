import Dispatch
import LatticeBus
import Synchronization

/// One consumer's deliveries: handed on as they come, until there are enough or something is wrong.
final class ReadPass: Sendable {
    enum End: Sendable {
        case enough
        case gap
        /// Not even a heartbeat came.
        case silence
        case failed(StoreError)
    }

    private struct Contents {
        var progress: ReadProgress
        var wasCurrent = false
        var heard = DispatchTime.now().uptimeNanoseconds
        var end: End?
        /// Ends the waiting of `untilOver`.
        var signal: UInt64?
    }

    // Events are told while this is held, so that they come one at a time from whichever thread.
    private let contents: Mutex<Contents>
    private let connection: NATSConnection
    private let onEvent: @Sendable (StreamReader.Event) -> StreamReader.Verdict

    init(
        after sequence: UInt64, connection: NATSConnection,
        onEvent: @escaping @Sendable (StreamReader.Event) -> StreamReader.Verdict
    ) {
        contents = Mutex(Contents(progress: ReadProgress(after: sequence)))
        self.connection = connection
        self.onEvent = onEvent
    }

    var streamSequence: UInt64 { contents.withLock { $0.progress.streamSequence } }
    var wasCurrent: Bool { contents.withLock { $0.wasCurrent } }

    /// The consumer exists; its first messages may have come before this is known.
    func begin(initialCount: UInt64) {
        finishIfOver {
            if $0.progress.begin(initialCount: initialCount) { tellCurrent(&$0) }
            return nil
        }
    }

    func take(_ message: BusMessage) {
        finishIfOver { contents in
            contents.heard = DispatchTime.now().uptimeNanoseconds
            switch contents.progress.take(message) {
            case .message(let position):
                tell(.message(message, position), &contents)
            case .lastOfInitial(let position):
                tell(.message(message, position), &contents)
                if contents.end == nil { tellCurrent(&contents) }
            case .answer(let subject): return subject
            case .heartbeat: break
            case .gap: contents.end = .gap
            case .unreadable: contents.end = .failed(.malformed("a message without its place in the stream"))
            }
            return nil
        }
    }

    /// Nothing is told any more after this.
    func end() { contents.withLock { $0.end = $0.end ?? .enough } }

    /// Waits until there is enough, or something is wrong. Nothing is told any more when this returns.
    func untilOver(silenceMax: Duration) async -> End {
        defer { end() }
        while true {
            do throws(BusError) {
                let signal = try connection.openSignal(timeout: silenceMax)
                let isOver = contents.withLock { contents in
                    contents.signal = signal
                    return contents.end != nil
                }
                // A loss of the connection before the signal was set would not end it.
                if isOver || connection.state.failure != nil { connection.finishSignal(signal) }
                try await connection.awaitSignal(signal)
                if let failure = connection.state.failure { throw failure }
            } catch {
                return .failed(.bus(error))
            }
            let (end, heard) = contents.withLock { ($0.end, $0.heard) }
            if let end { return end }
            let silence = DispatchTime.now().uptimeNanoseconds - heard
            if silence >= silenceMax.nanoseconds { return .silence }
        }
    }

    /// - Parameter body: returns where to publish nothing, as the server's flow control asks.
    private func finishIfOver(_ body: (inout Contents) -> Subject?) {
        let (answer, signal) = contents.withLock { contents -> (Subject?, UInt64?) in
            guard contents.end == nil else { return (nil, nil) }
            let answer = body(&contents)
            return (answer, contents.end == nil ? nil : contents.signal)
        }
        // Where it cannot be sent the connection is lost, which ends this pass anyway.
        if let answer { try? connection.publish(BusMessage(to: answer)) }
        if let signal { connection.finishSignal(signal) }
    }

    private func tellCurrent(_ contents: inout Contents) {
        contents.wasCurrent = true
        tell(.current, &contents)
    }

    private func tell(_ event: StreamReader.Event, _ contents: inout Contents) {
        if onEvent(event) == .enough { contents.end = .enough }
    }
}
