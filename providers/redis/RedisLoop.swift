import Glibc
import KeyValueOperations
import OwnThreads

/// What the thread of one connection does until the connection is closed.
struct RedisLoop {
    private enum Link {
        /// Another thread connects.
        case connecting
        case connected(RedisContext)
        case waiting(until: ContinuousClock.Instant)
    }

    private struct Sent {
        let job: RedisJob
        let at: ContinuousClock.Instant
        /// It has timed out. Its answer still has its place in the row, and its share of what may wait.
        var isAbandoned = false
    }

    private let url: RedisURL
    private let limits: RedisLimits
    private let inbox: RedisInbox

    private var link = Link.connecting
    private var backoff: Duration
    /// Asked for, and not sent.
    private var queued: [RedisJob] = []
    private var sent: [Sent] = []
    /// How many of `sent`, from its front, have been answered.
    private var answeredCount = 0
    private var hasUnwritten = false
    private var lastHeard = ContinuousClock.now
    private var connectedAt = ContinuousClock.now
    private var replyBytesCount = 0
    /// Nobody's deadline is before it.
    private var nextDeadline: ContinuousClock.Instant?

    init(url: RedisURL, limits: RedisLimits, inbox: RedisInbox) {
        self.url = url
        self.limits = limits
        self.inbox = inbox
        backoff = limits.backoffMin
    }

    mutating func run() {
        connect()
        var isReadable = false
        while true {
            let taken = inbox.take()
            if taken.isStopped { return end(taken.jobs) }
            if let outcome = taken.connected { settle(outcome) }
            for job in taken.jobs { accept(job) }
            if case .connected(let context) = link, isReadable { receive(context) }
            if case .connected(let context) = link { send(context) }
            expire()
            if case .waiting(let until) = link, until <= .now { connect() }
            isReadable = sleep()
        }
    }

    // MARK: Connecting

    private mutating func connect() {
        link = .connecting
        inbox.state = .connecting
        let (url, limits, inbox) = (url, limits, inbox)
        let isRunning = OwnThread.start {
            do throws(RedisOutage) {
                inbox.deliver(.success(try RedisContext.connect(to: url, within: limits.connectTimeout)))
            } catch {
                inbox.deliver(.failure(error))
            }
        }
        if !isRunning {
            inbox.deliver(.failure(RedisOutage(kind: .unreachable, reason: "\(url): no thread to connect")))
        }
    }

    private mutating func settle(_ outcome: Result<RedisContext, RedisOutage>) {
        switch outcome {
        case .success(let context):
            link = .connected(context)
            inbox.state = .connected
            lastHeard = .now
            connectedAt = lastHeard
            replyBytesCount = 0
        case .failure(let outage): backOff(outage)
        }
    }

    private mutating func backOff(_ outage: RedisOutage) {
        link = .waiting(until: .now + backoff)
        backoff = min(backoff * 2, limits.backoffMax)
        inbox.state = .down(outage)
        for job in queued { complete(job, .failure(.unavailable(reason: outage.reason))) }
        queued = []
    }

    /// The connection is of no more use: what was sent on it is lost; what was not is sent on the next one, if that can
    /// be had at once.
    private mutating func disconnect(_ reason: String) {
        let lost = sent[answeredCount...]
        sent = []
        answeredCount = 0
        hasUnwritten = false
        if connectedAt.duration(to: .now) > limits.backoffMax {
            backoff = limits.backoffMin
            connect()
        } else {
            // A Redis that takes connections only to end them is not asked in a hurry.
            backOff(RedisOutage(kind: .unreachable, reason: "\(url): \(reason)"))
        }
        for sent in lost { settle(sent, .failure(.interrupted(reason: "\(url): \(reason)"))) }
    }

    // MARK: Talking

    private mutating func accept(_ job: RedisJob) {
        nextDeadline = min(nextDeadline ?? job.deadline, job.deadline)
        // Asked for before anybody knew that there is nobody to ask.
        if case .waiting = link, case .down(let outage) = inbox.state {
            return complete(job, .failure(.unavailable(reason: outage.reason)))
        }
        queued.append(job)
    }

    private mutating func send(_ context: RedisContext) {
        let now = ContinuousClock.now
        var sentCount = 0
        while sentCount < queued.count, context.append(queued[sentCount].command) {
            sent.append(Sent(job: queued[sentCount], at: now))
            sentCount += 1
            hasUnwritten = true
        }
        queued.removeFirst(sentCount)
        if !queued.isEmpty { return disconnect(context.errorText) }
        guard hasUnwritten else { return }
        switch context.write() {
        case .all: hasUnwritten = false
        case .some: break
        case .failed: disconnect(context.errorText)
        }
    }

    private mutating func receive(_ context: RedisContext) {
        guard let count = context.read() else { return disconnect(context.errorText) }
        guard count > 0 else { return }
        lastHeard = .now
        replyBytesCount += count
        while true {
            switch context.nextReply() {
            case .incomplete:
                guard replyBytesCount > limits.replyBytesMax else { return }
                let tooLarge = KeyValueError.tooLarge(bytesCount: replyBytesCount, max: limits.replyBytesMax)
                _ = answer(.failure(tooLarge))
                return disconnect("an answer was longer than \(limits.replyBytesMax) bytes")
            case .failed: return disconnect(context.errorText)
            case .reply(let reply):
                replyBytesCount = 0
                guard answer(.success(reply)) else { return disconnect("an answer came that nobody asked for") }
            }
        }
    }

    /// To the oldest question; false when there is none.
    private mutating func answer(_ result: Result<RedisReply, KeyValueError>) -> Bool {
        guard answeredCount < sent.count else { return false }
        let oldest = sent[answeredCount]
        answeredCount += 1
        if answeredCount == sent.count || answeredCount > 1024 {
            sent.removeFirst(answeredCount)
            answeredCount = 0
        }
        settle(oldest, result)
        return true
    }

    private func settle(_ sent: Sent, _ result: Result<RedisReply, KeyValueError>) {
        inbox.release(sent.job)
        if !sent.isAbandoned { sent.job.completion(result) }
    }

    private func complete(_ job: RedisJob, _ result: Result<RedisReply, KeyValueError>) {
        inbox.release(job)
        job.completion(result)
    }

    private func end(_ unseen: [RedisJob]) {
        let closed = KeyValueError.unavailable(reason: "the connection was closed")
        for sent in sent[answeredCount...] { settle(sent, .failure(.interrupted(reason: "the connection was closed"))) }
        for job in queued + unseen { complete(job, .failure(closed)) }
    }

    // MARK: Time

    private mutating func expire() {
        guard let deadline = nextDeadline, deadline <= .now else { return }
        let now = ContinuousClock.now
        var next: ContinuousClock.Instant?
        var isDeaf = false
        for index in answeredCount..<sent.count where !sent[index].isAbandoned {
            let job = sent[index].job
            if job.deadline <= now {
                sent[index].isAbandoned = true
                if lastHeard < sent[index].at { isDeaf = true }
                job.completion(.failure(.timedOut(after: job.timeout)))
            } else {
                next = min(next ?? job.deadline, job.deadline)
            }
        }
        for job in queued where job.deadline <= now {
            complete(job, .failure(.unavailable(reason: "\(url): not connected within \(job.timeout)")))
        }
        queued.removeAll { $0.deadline <= now }
        for job in queued { next = min(next ?? job.deadline, job.deadline) }
        nextDeadline = next
        // Not a byte since the command was sent: this is no slow Redis, this is none.
        if isDeaf, case .connected = link { disconnect("no answer") }
    }

    /// Until something can be done.
    /// - Returns: whether Redis has said something, or is lost.
    private func sleep() -> Bool {
        var descriptors = [pollfd(fd: inbox.wakeDescriptor, events: Int16(POLLIN), revents: 0)]
        var wake = nextDeadline
        switch link {
        case .connecting: break
        case .connected(let context):
            let events = POLLIN | (hasUnwritten ? POLLOUT : 0)
            descriptors.append(pollfd(fd: context.descriptor, events: Int16(events), revents: 0))
        case .waiting(let until): wake = min(wake ?? until, until)
        }
        var limit: CInt = -1
        if let wake {
            let (seconds, attoseconds) = max(wake - .now, .zero).components
            // Rounded up: waking a moment too early would mean spinning.
            limit = CInt(min(seconds, 3600) * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
        }
        poll(&descriptors, nfds_t(descriptors.count), limit)
        return descriptors.count > 1 && descriptors[1].revents & ~Int16(POLLOUT) != 0
    }
}
