import Synchronization

/// Gathers replies until there are enough, the time is up, or something went wrong. Finishes once.
final class ReplyCollector: Sendable {
    private typealias Outcome = Result<[BusMessage], BusError>

    private enum Phase {
        case collecting(CheckedContinuation<Outcome, Never>?)
        case finished(Outcome)
    }

    private struct Contents {
        var replies: [BusMessage] = []
        var phase = Phase.collecting(nil)
    }

    private let repliesMax: Int
    private let contents = Mutex(Contents())

    init(repliesMax: Int) { self.repliesMax = repliesMax }

    func add(_ reply: BusMessage) {
        let isEnough = contents.withLock { contents in
            guard case .collecting = contents.phase else { return false }
            contents.replies.append(reply)
            return contents.replies.count >= repliesMax
        }
        if isEnough { finish(nil) }
    }

    /// - Parameter failure: nil ends with what was gathered.
    func finish(_ failure: Result<Never, BusError>?) {
        let (waiting, outcome) = contents.withLock { contents -> (CheckedContinuation<Outcome, Never>?, Outcome?) in
            guard case .collecting(let waiting) = contents.phase else { return (nil, nil) }
            let outcome: Outcome =
                switch failure {
                case .failure(let error): .failure(error)
                case nil: .success(contents.replies)
                }
            contents.phase = .finished(outcome)
            return (waiting, outcome)
        }
        if let waiting, let outcome { waiting.resume(returning: outcome) }
    }

    /// Waits; a cancelled task gets `.cancelled` at once. May be awaited by one task only.
    func outcome() async -> Result<[BusMessage], BusError> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let finished = contents.withLock { contents -> Outcome? in
                    if case .finished(let outcome) = contents.phase { return outcome }
                    contents.phase = .collecting(continuation)
                    return nil
                }
                if let finished { continuation.resume(returning: finished) }
            }
        } onCancel: {
            finish(.failure(.cancelled))
        }
    }
}
