import Synchronization

/// What the server and the subscriptions of one connection know of it.
final class InMemoryConnectionState: Sendable {
    static let serverName = "in-memory"

    private struct Contents {
        var state = BusState.connected(server: serverName)
        var observers: [UInt64: @Sendable (BusNotice) -> Void] = [:]
        var waiting: [UInt64: @Sendable (BusError) -> Void] = [:]
        var watchers: [UInt64: @Sendable (BusState) -> Void] = [:]
        var lastTicket: UInt64 = 0
    }

    private let contents = Mutex(Contents())

    var state: BusState { contents.withLock { $0.state } }
    var isConnected: Bool { state.failure == nil }

    /// A closed connection stays closed.
    func change(to state: BusState) {
        let (waiting, watchers) = contents.withLock { contents in
            if case .closed = contents.state {
                return (Array(contents.waiting.values), [] as [@Sendable (BusState) -> Void])
            }
            contents.state = state
            return (Array(contents.waiting.values), Array(contents.watchers.values))
        }
        if let failure = state.failure {
            for fail in waiting { fail(failure) }
        }
        for tell in watchers { tell(state) }
    }

    func add(observer id: UInt64, _ handler: @escaping @Sendable (BusNotice) -> Void) {
        let state = contents.withLock { contents in
            contents.observers[id] = handler
            return contents.state
        }
        handler(.state(state))
    }

    func remove(observer id: UInt64) {
        contents.withLock { $0.observers[id] = nil }
    }

    func announce(_ notice: BusNotice) {
        let observers = contents.withLock { Array($0.observers.values) }
        for tell in observers { tell(notice) }
    }

    /// Calls back once for each time the connection is lost, until forgotten; at once if it is lost already.
    func whenLost(_ fail: @escaping @Sendable (BusError) -> Void) -> UInt64 {
        let (ticket, failure) = contents.withLock { contents in
            contents.lastTicket += 1
            contents.waiting[contents.lastTicket] = fail
            return (contents.lastTicket, contents.state.failure)
        }
        if let failure { fail(failure) }
        return ticket
    }

    /// Calls back with every change of state, until forgotten.
    func whenChanged(_ tell: @escaping @Sendable (BusState) -> Void) -> UInt64 {
        contents.withLock { contents in
            contents.lastTicket += 1
            contents.watchers[contents.lastTicket] = tell
            return contents.lastTicket
        }
    }

    func forget(_ ticket: UInt64) {
        contents.withLock { contents in
            contents.waiting[ticket] = nil
            contents.watchers[ticket] = nil
        }
    }
}
