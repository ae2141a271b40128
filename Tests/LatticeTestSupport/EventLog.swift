import Glibc
import Synchronization

/// Collects what handlers report, and lets a test wait for it: for an event, never for a while.
public final class EventLog<Event: Sendable>: Sendable {
    private struct Waiter {
        let id: UInt64
        let isSatisfied: @Sendable ([Event]) -> Bool
        let continuation: CheckedContinuation<[Event]?, Never>
    }

    private struct Contents {
        var events: [Event] = []
        var waiters: [Waiter] = []
        var lastID: UInt64 = 0
    }

    private let contents = Mutex(Contents())

    public init() {}

    public var events: [Event] { contents.withLock { $0.events } }

    public func append(_ event: Event) {
        let (events, satisfied) = contents.withLock { contents in
            contents.events.append(event)
            let events = contents.events
            let satisfied = contents.waiters.filter { $0.isSatisfied(events) }
            contents.waiters.removeAll { waiter in satisfied.contains { $0.id == waiter.id } }
            return (events, satisfied)
        }
        for waiter in satisfied { waiter.continuation.resume(returning: events) }
    }

    /// Waits until there are so many events, and returns all that there are then.
    /// - Parameter limit: only there so that a broken test fails instead of hanging.
    @discardableResult
    public func wait(forCount count: Int, within limit: Duration = .seconds(20)) async throws -> [Event] {
        try await wait("\(count) events", within: limit) { $0.count >= count }
    }

    @discardableResult
    public func wait(
        _ what: String, within limit: Duration = .seconds(20), until isSatisfied: @escaping @Sendable ([Event]) -> Bool
    ) async throws -> [Event] {
        let id = contents.withLock { contents in
            contents.lastID += 1
            return contents.lastID
        }
        let timer = Task { [weak self] in
            try await Task.sleep(for: limit)
            self?.giveUp(id)
        }
        defer { timer.cancel() }
        let events = await withCheckedContinuation { continuation in
            let present: [Event]? = contents.withLock { contents in
                if isSatisfied(contents.events) { return contents.events }
                contents.waiters.append(Waiter(id: id, isSatisfied: isSatisfied, continuation: continuation))
                return nil
            }
            if let present { continuation.resume(returning: present) }
        }
        guard let events else { throw EventMissing(what: what, seen: "\(self.events.suffix(10))") }
        return events
    }

    private func giveUp(_ id: UInt64) {
        let waiter = contents.withLock { contents in
            let index = contents.waiters.firstIndex { $0.id == id }
            return index.map { contents.waiters.remove(at: $0) }
        }
        waiter?.continuation.resume(returning: nil)
    }
}

extension EventLog where Event: Equatable {
    @discardableResult
    public func wait(for event: Event, within limit: Duration = .seconds(20)) async throws -> [Event] {
        try await wait("\(event)", within: limit) { $0.contains(event) }
    }
}

public struct EventMissing: Error, CustomStringConvertible {
    let what: String
    let seen: String

    public var description: String { "waited in vain for \(what); the last events were \(seen)" }
}

/// Shuts until opened, for a handler that must hold a thread of the bus while a test looks.
public final class Gate: Sendable {
    private let isOpen = Mutex(false)

    public init() {}

    public func open() { isOpen.withLock { $0 = true } }

    public func waitOnThisThread() {
        while !isOpen.withLock({ $0 }) { usleep(500) }
    }
}
