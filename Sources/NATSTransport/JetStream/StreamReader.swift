import Dispatch
import LatticeBus
import LatticeIdentity
import Synchronization

/// Reads the messages of a stream in order, without a gap, across lost connections and servers.
///
/// Each pass has an ephemeral consumer of its own that pushes to a subject of its own, with the server's flow control
/// so that a large object does not flood us, and with heartbeats so that silence is told from loss.
struct StreamReader: Sendable {
    enum Event {
        case message(BusMessage, StreamPosition)
        /// All that there was when reading began has been told.
        case current
        /// Reading stopped and will go on; until the next `current` what was told may be out of date.
        case interrupted(StoreError)
        /// The stream is not the one that was read before: everything is told anew.
        case restarted
    }

    enum Verdict: Sendable {
        case goOn
        case enough
    }

    enum Extent {
        /// Until there is enough; an interruption is an error for the caller.
        case once
        /// For as long as the task lives; only what waiting cannot mend is an error.
        case forEver
    }

    enum Content: String {
        case lastOfEachSubject = "last_per_subject"
        case everything = "all"
    }

    let api: JetStreamAPI
    let stream: StreamName
    let filter: String
    let content: Content
    var heartbeat: Duration = .seconds(5)

    /// - Parameters:
    ///   - entriesMax: more at the beginning of a pass is `tooMany`.
    ///   - prepare: called before each pass; creates the stream where it may be missing.
    ///   - onEvent: called on a thread of the bus, one event at a time.
    /// - Returns: when there is enough, or the task is cancelled.
    func read(
        _ extent: Extent, entriesMax: Int = .max, prepare: @Sendable () async throws(StoreError) -> Void = {},
        onEvent: @escaping @Sendable (Event) -> Verdict
    ) async throws(StoreError) {
        var lastSequence: UInt64 = 0
        var wasEverCurrent = false
        var failuresCount = 0
        while !Task.isCancelled {
            var pass: ReadPass?
            let end: ReadPass.End
            do throws(StoreError) {
                try await prepare()
                if lastSequence > 0, try await isAnotherStream(lastSequence) {
                    lastSequence = 0
                    _ = onEvent(.restarted)
                }
                let begun = ReadPass(after: lastSequence, connection: api.connection, onEvent: onEvent)
                pass = begun
                end = try await follow(begun, after: lastSequence, entriesMax: entriesMax)
            } catch {
                end = .failed(error)
            }
            if let pass { lastSequence = pass.streamSequence }
            if pass?.wasCurrent == true { (wasEverCurrent, failuresCount) = (true, 0) }
            let failure: StoreError
            switch end {
            case .enough: return
            // Nobody was told anything wrong: read on at once.
            case .gap where failuresCount < 3:
                failuresCount += 1
                continue
            case .gap: failure = .bus(.refused(reason: "messages of \(stream.text) were lost on the way"))
            case .silence: failure = .bus(.refused(reason: "the server fell silent about \(stream.text)"))
            case .failed(let error): failure = error
            }
            if Task.isCancelled { return }
            let isWorthWaiting = failure.isMendedByWaiting || (wasEverCurrent && !failure.isFinal)
            guard extent == .forEver, isWorthWaiting else { throw failure }
            _ = onEvent(.interrupted(failure))
            failuresCount += 1
            await api.connection.pauseUntilConnected(atMost: pauseAfter(failuresCount))
        }
    }

    private func pauseAfter(_ failuresCount: Int) -> Duration {
        .milliseconds(min(5_000, 100 << min(failuresCount, 6)))
    }

    /// Whether the server has lost what was read before, such as with its disk.
    private func isAnotherStream(_ lastSequence: UInt64) async throws(StoreError) -> Bool {
        do throws(JetStreamError) {
            return try await api.information(stream).lastSequence < lastSequence
        } catch {
            throw error.storeError
        }
    }

    private func follow(
        _ pass: ReadPass, after lastSequence: UInt64, entriesMax: Int
    ) async throws(StoreError) -> ReadPass.End {
        let inbox = api.connection.uniqueInbox()
        // Only what flow control lets through ever waits.
        let limits = PendingLimits(messagesMax: .max, bytesMax: .max)
        let subscription: any BusSubscription
        let consumer: ConsumerAnswer
        do throws(BusError) {
            subscription = try api.connection.subscribe(SubjectPattern(inbox), group: nil, limits: limits) {
                pass.take($0)
            }
        } catch {
            throw .bus(error)
        }
        defer { subscription.unsubscribe() }
        do throws(JetStreamError) {
            consumer = try await api.ask(
                "CONSUMER.CREATE.\(stream.text)", request(inbox, after: lastSequence), for: ConsumerAnswer.self)
        } catch {
            pass.end()
            throw error.storeError
        }
        defer { api.tell("CONSUMER.DELETE.\(stream.text).\(consumer.name)") }
        if consumer.initialCount > UInt64(entriesMax) {
            pass.end()
            throw .tooMany(entriesCount: Int(clamping: consumer.initialCount), max: entriesMax)
        }
        pass.begin(initialCount: consumer.initialCount)
        return await pass.untilOver(silenceMax: heartbeat * 2 + .seconds(1))
    }

    private func request(_ inbox: Subject, after lastSequence: UInt64) -> ConsumerRequest {
        ConsumerRequest(
            stream: stream, deliverSubject: inbox.text, filterSubject: filter,
            deliverPolicy: lastSequence == 0 ? content.rawValue : "by_start_sequence",
            startSequence: lastSequence == 0 ? nil : lastSequence + 1, heartbeatNanoseconds: heartbeat.nanoseconds)
    }
}

extension StoreError {
    /// The bus comes back, a leader is found, a server finishes its start.
    fileprivate var isMendedByWaiting: Bool {
        switch self {
        case .bus(.closed), .bus(.cancelled): false
        case .bus: true
        default: false
        }
    }

    /// Waiting is in vain even where reading went well before.
    fileprivate var isFinal: Bool {
        switch self {
        case .bus(.closed), .bus(.cancelled), .tooMany: true
        default: false
        }
    }
}
