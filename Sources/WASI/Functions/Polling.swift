import CLinuxCalls
import Glibc
import WasmRuntime

extension WASISystem {
    /// Subscriptions of one call.
    private static let subscriptionsMax: UInt32 = 4_096

    func pollOneoff(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        let (source, events, count, result) = (call.u32(0), call.u32(1), call.u32(2), call.u32(3))
        guard count > 0, count <= Self.subscriptionsMax else { throw WASIErrno.inval }
        try memory.check(source, Int(count) * Subscription.bytesCount)
        try memory.check(events, Int(count) * Event.bytesCount)
        try memory.check(result, 4)
        var poll = Poll()
        for index in 0..<Int(count) {
            let address = try GuestMemory.element(source, index, stride: Subscription.bytesCount)
            add(try Subscription(memory, address), to: &poll)
        }
        if waiting == .suspended, let moment = moment(of: poll) {
            suspendedWait = SuspendedWait(until: moment, poll: poll, events: events, count: result)
            throw HostSuspension()
        }
        try tell(firstEvents(of: poll), in: memory, at: events, count: result)
    }

    private func tell(
        _ happened: [Event], in memory: GuestMemory, at events: UInt32, count result: UInt32
    ) throws(WASIErrno) {
        for (index, event) in happened.enumerated() {
            try event.store(in: memory, at: GuestMemory.element(events, index, stride: Event.bytesCount))
        }
        try memory.store(UInt32(happened.count), at: result)
    }

    /// Answers the call that the guest is suspended in.
    /// - Returns: what its execution is to be resumed with; nil if it is too early, and `suspendedWait` says until when.
    /// - Precondition: `suspendedWait` is not nil.
    public func endWait(_ call: Execution.SuspendedCall) -> [Value]? {
        guard let wait = suspendedWait else { preconditionFailure("the guest does not wait") }
        if let moment = moment(of: wait.poll) {
            suspendedWait?.until = moment
            return nil
        }
        suspendedWait = nil
        var answer = WASIErrno.success
        do throws(WASIErrno) {
            try tell(due(wait.poll), in: GuestMemory(call.memory), at: wait.events, count: wait.count)
        } catch {
            answer = error
        }
        return [.i32(bits: UInt32(answer.rawValue))]
    }

    /// What one call waits for.
    struct Poll {
        /// Already there, or never to come.
        fileprivate var events: [Event] = []
        fileprivate var files: [(subscription: Subscription, file: HostFile, entry: pollfd)] = []
        fileprivate var timers: [(subscription: Subscription, clock: WASIClock, end: UInt64)] = []
    }

    /// When something happens; nil if it has, or if not only clocks can make it.
    private func moment(of poll: Poll) -> ContinuousClock.Instant? {
        guard poll.events.isEmpty, poll.files.isEmpty, let left = delay(poll), left > 0 else { return nil }
        return .now + .nanoseconds(Int64(clamping: left))
    }

    /// Nanoseconds until the first timer is due.
    private func delay(_ poll: Poll) -> UInt64? { poll.timers.map { remaining($0.clock, until: $0.end) }.min() }

    private func due(_ poll: Poll) -> [Event] {
        poll.timers.filter { remaining($0.clock, until: $0.end) == 0 }.map { Event($0.subscription) }
    }

    private func add(_ subscription: Subscription, to poll: inout Poll) {
        do throws(WASIErrno) {
            switch subscription.kind {
            case .clock(let number, let timeout, let isAbsolute):
                let clock = try clock(number)
                guard clock == .realtime || clock == .monotonic else { throw .notsup }
                isNondeterministic = true
                let end = isAbsolute ? timeout : grants.clocks.time(clock).addingSaturated(timeout)
                poll.timers.append((subscription, clock, end))
            case .read(let number): try add(subscription, descriptors[number], .fdRead, POLLIN, to: &poll)
            case .write(let number): try add(subscription, descriptors[number], .fdWrite, POLLOUT, to: &poll)
            }
        } catch {
            poll.events.append(Event(subscription, error: error))
        }
    }

    private func add(
        _ subscription: Subscription, _ descriptor: Descriptor, _ right: Rights, _ events: Int32, to poll: inout Poll
    ) throws(WASIErrno) {
        try descriptor.require([right, .pollReadWrite])
        switch descriptor.resource {
        case .directory: throw .badf
        case .sink: poll.events.append(Event(subscription))
        case .source(let source): poll.events.append(Event(subscription, bytesCount: UInt64(source.bytesLeft)))
        case .file(let file) where descriptor.canBlock:
            let entry = pollfd(fd: file.number, events: Int16(events), revents: 0)
            poll.files.append((subscription, file, entry))
        case .file(let file):
            let size = UInt64(max(0, try file.status().st_size))
            let position = try file.offset()
            let left = events == POLLIN && size > position ? size - position : 0
            poll.events.append(Event(subscription, bytesCount: left))
        }
    }

    /// Waits until something has happened.
    /// - Returns: at least one event.
    private func firstEvents(of poll: Poll) throws -> [Event] {
        var entries = poll.files.map(\.entry)
        while true {
            let isReady = try wait(for: &entries, nanosecondsMax: poll.events.isEmpty ? delay(poll) : 0)
            var events = poll.events
            if isReady {
                for (file, entry) in zip(poll.files, entries) where entry.revents != 0 {
                    events.append(event(file.subscription, file.file, entry))
                }
            }
            events += due(poll)
            if !events.isEmpty { return events }
        }
    }

    /// Nanoseconds.
    private func remaining(_ clock: WASIClock, until end: UInt64) -> UInt64 {
        let now = grants.clocks.time(clock)
        return end > now ? end - now : 0
    }

    private func event(_ subscription: Subscription, _ file: HostFile, _ entry: pollfd) -> Event {
        let returned = Int32(entry.revents)
        if returned & POLLNVAL != 0 { return Event(subscription, error: .badf) }
        let count = returned & POLLIN != 0 ? UInt64(lattice_readable_bytes(file.number)) : 0
        return Event(subscription, bytesCount: count, isHangup: returned & POLLHUP != 0)
    }
}

/// A wait of a guest that is suspended in it.
public struct SuspendedWait {
    /// When to call `WASISystem.endWait`.
    public fileprivate(set) var until: ContinuousClock.Instant
    fileprivate let poll: WASISystem.Poll
    /// Addresses of the results.
    fileprivate let events: UInt32
    fileprivate let count: UInt32
}

/// `subscription`: 48 bytes.
private struct Subscription {
    enum Kind {
        /// Nanoseconds, from now on unless absolute.
        case clock(UInt32, timeout: UInt64, isAbsolute: Bool)
        case read(UInt32)
        case write(UInt32)
    }

    let userData: UInt64
    let kind: Kind

    static let bytesCount = 48

    init(_ memory: GuestMemory, _ address: UInt32) throws(WASIErrno) {
        userData = try memory.load(address, as: UInt64.self)
        let number = try memory.load(address + 16, as: UInt32.self)
        switch try memory.load(address + 8, as: UInt8.self) {
        case 0:
            let flags = try memory.load(address + 40, as: UInt16.self)
            guard flags & ~1 == 0 else { throw .inval }
            let timeout = try memory.load(address + 24, as: UInt64.self)
            kind = .clock(number, timeout: timeout, isAbsolute: flags == 1)
        case 1: kind = .read(number)
        case 2: kind = .write(number)
        default: throw .inval
        }
    }

    var eventType: UInt8 {
        switch kind {
        case .clock: 0
        case .read: 1
        case .write: 2
        }
    }
}

/// `event`: 32 bytes.
private struct Event {
    let subscription: Subscription
    let error: WASIErrno
    let bytesCount: UInt64
    let isHangup: Bool

    init(_ subscription: Subscription, error: WASIErrno = .success, bytesCount: UInt64 = 0, isHangup: Bool = false) {
        self.subscription = subscription
        self.error = error
        self.bytesCount = bytesCount
        self.isHangup = isHangup
    }

    static let bytesCount = 32

    func store(in memory: GuestMemory, at address: UInt32) throws(WASIErrno) {
        try memory.fill(address, Self.bytesCount) { bytes in
            bytes.storeBytes(of: subscription.userData.littleEndian, toByteOffset: 0, as: UInt64.self)
            bytes.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
            bytes.storeBytes(of: error.rawValue.littleEndian, toByteOffset: 8, as: UInt16.self)
            bytes.storeBytes(of: subscription.eventType, toByteOffset: 10, as: UInt8.self)
            bytes.storeBytes(of: bytesCount.littleEndian, toByteOffset: 16, as: UInt64.self)
            bytes.storeBytes(of: UInt64(isHangup ? 1 : 0).littleEndian, toByteOffset: 24, as: UInt64.self)
        }
    }
}

extension UInt64 {
    fileprivate func addingSaturated(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}
