import Dispatch
import LatticeBus
import Synchronization

/// Everything that waits for replies on one connection, and the timer that ends the waiting.
///
/// A reply finds its entry by the number in the last token of the subject that it was sent to.
final class ReplyTable: Sendable {
    typealias Outcome = Result<[BusMessage], BusError>

    /// What an entry ends with when its time is up.
    enum Expiry {
        /// `timedOut`, naming what was asked.
        case failing
        /// Whatever has come.
        case succeeding
    }

    struct Question {
        let subject: Subject
        let repliesMax: Int
        let timeout: Duration
        let expiry: Expiry
    }

    /// Who is told of the outcome. Neither holds a thread.
    private enum Waiter {
        case task(UnsafeContinuation<Outcome, Never>)
        case completion(@Sendable (Outcome) -> Void)
    }

    private struct Entry {
        let question: Question
        var replies: [BusMessage] = []
        var outcome: Outcome?
        var waiting: Waiter?
    }

    private struct Contents {
        var entries: [UInt64: Entry] = [:]
        var deadlines = DeadlineQueue()
        var scheduled = UInt64.max
        var lastNumber: UInt64 = 0
        var closure: BusError?
    }

    private let requestsMax: Int
    private let contents = Mutex(Contents())
    // Safety: a dispatch source may be set from any thread, and this one never changes.
    private nonisolated(unsafe) let timer: any DispatchSourceTimer

    init(requestsMax: Int) {
        self.requestsMax = requestsMax
        timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "lattice.nats.deadlines"))
        timer.setEventHandler { [weak self] in self?.expireDue() }
        timer.schedule(deadline: .distantFuture)
        timer.activate()
    }

    deinit { timer.cancel() }

    /// Makes an entry, before the question goes out.
    /// - Parameter completion: called once, unless the entry is abandoned. Without one the entry must be awaited, once,
    ///   or abandoned.
    func open(
        _ question: Question, completion: (@Sendable (Outcome) -> Void)? = nil
    ) throws(BusError) -> UInt64 {
        let now = DispatchTime.now().uptimeNanoseconds
        let (deadline, overflow) = now.addingReportingOverflow(question.timeout.nanoseconds)
        let result: Result<UInt64, BusError> = contents.withLock { contents in
            if let closure = contents.closure { return .failure(closure) }
            guard contents.entries.count < requestsMax else { return .failure(.busy(requestsMax: requestsMax)) }
            contents.lastNumber += 1
            let number = contents.lastNumber
            contents.entries[number] = Entry(question: question, waiting: completion.map(Waiter.completion))
            let entries = contents.entries
            contents.deadlines.sweep(waitingCount: entries.count) { entries[$0] != nil }
            contents.deadlines.insert(.init(nanoseconds: overflow ? .max : deadline, id: number))
            schedule(&contents)
            return .success(number)
        }
        return try result.get()
    }

    func deliver(_ message: BusMessage, to number: UInt64) {
        let resumption = contents.withLock { contents -> Resumption? in
            guard let index = contents.entries.index(forKey: number), contents.entries.values[index].outcome == nil
            else { return nil }
            contents.entries.values[index].replies.append(message)
            let entry = contents.entries.values[index]
            guard entry.replies.count >= entry.question.repliesMax else { return nil }
            return Self.finish(&contents, index, .success(entry.replies))
        }
        resumption?.resume()
    }

    func refuseNoResponders(_ number: UInt64) {
        let subject = contents.withLock { $0.entries[number]?.question.subject }
        if let subject { finish(number, .failure(.noResponders(subject))) }
    }

    func finish(_ number: UInt64, _ outcome: Outcome) {
        let resumption = contents.withLock { contents -> Resumption? in
            guard let index = contents.entries.index(forKey: number) else { return nil }
            return Self.finish(&contents, index, outcome)
        }
        resumption?.resume()
    }

    /// Ends an entry of which nobody wants to hear any more.
    /// - Returns: whether it was there; if not, its completion has been called, or is being called.
    @discardableResult
    func abandon(_ number: UInt64) -> Bool {
        contents.withLock { $0.entries.removeValue(forKey: number) != nil }
    }

    /// Ends all waiting, because the connection is lost.
    /// - Parameter forGood: whether new entries are refused with the same error.
    func failAll(_ error: BusError, forGood: Bool) {
        let resumptions = contents.withLock { contents -> [Resumption] in
            if forGood { contents.closure = error }
            return contents.entries.keys.compactMap { number in
                contents.entries.index(forKey: number).flatMap { Self.finish(&contents, $0, .failure(error)) }
            }
        }
        for resumption in resumptions { resumption.resume() }
    }

    /// Waits for the outcome and removes the entry. A cancelled task gets `.cancelled` at once.
    func outcome(of number: UInt64) async -> Outcome {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let outcome = contents.withLock { contents -> Outcome? in
                    guard let index = contents.entries.index(forKey: number) else { return .failure(.cancelled) }
                    if let outcome = contents.entries.values[index].outcome {
                        contents.entries.remove(at: index)
                        return outcome
                    }
                    contents.entries.values[index].waiting = .task(continuation)
                    return nil
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            finish(number, .failure(.cancelled))
        }
    }

    private struct Resumption {
        let waiter: Waiter
        let outcome: Outcome

        func resume() {
            switch waiter {
            case .task(let continuation): continuation.resume(returning: outcome)
            case .completion(let completion): completion(outcome)
            }
        }
    }

    private static func finish(
        _ contents: inout Contents, _ index: Dictionary<UInt64, Entry>.Index, _ outcome: Outcome
    ) -> Resumption? {
        guard contents.entries.values[index].outcome == nil else { return nil }
        guard let waiting = contents.entries.values[index].waiting else {
            contents.entries.values[index].outcome = outcome
            return nil
        }
        contents.entries.remove(at: index)
        return Resumption(waiter: waiting, outcome: outcome)
    }

    private func expireDue() {
        let now = DispatchTime.now().uptimeNanoseconds
        let resumptions = contents.withLock { contents -> [Resumption] in
            contents.scheduled = .max
            var resumptions: [Resumption] = []
            while let due = contents.deadlines.popDue(at: now) {
                guard let index = contents.entries.index(forKey: due.id) else { continue }
                let entry = contents.entries.values[index]
                let outcome: Outcome =
                    switch entry.question.expiry {
                    case .failing: .failure(.timedOut(entry.question.subject, after: entry.question.timeout))
                    case .succeeding: .success(entry.replies)
                    }
                if let resumption = Self.finish(&contents, index, outcome) { resumptions.append(resumption) }
            }
            schedule(&contents)
            return resumptions
        }
        for resumption in resumptions { resumption.resume() }
    }

    /// Sets the timer forward only: while requests come and go within their time, it is left alone.
    private func schedule(_ contents: inout Contents) {
        guard let earliest = contents.deadlines.earliest, earliest < contents.scheduled else { return }
        contents.scheduled = earliest
        timer.schedule(deadline: DispatchTime(uptimeNanoseconds: earliest), leeway: .milliseconds(1))
    }
}
