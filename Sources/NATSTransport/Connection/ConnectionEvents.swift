import CNATS
import Glibc
import LatticeBus
import Synchronization

/// What the C client's callbacks write to and everybody else reads: the state of one connection.
///
/// The C side holds one reference, which its last callback releases.
final class ConnectionEvents: Sendable {
    private struct Contents {
        var state: BusState
        var payloadBytesMax = 1 << 20
        var observers: [UInt64: @Sendable (BusNotice) -> Void] = [:]
        var lastObserver: UInt64 = 0
        var waitingForConnection: [UInt64] = []
        /// Why the server turned us away, which the client has forgotten by the time it gives up.
        var rejection: String?
    }

    let replies: ReplyTable
    let reconnectDelayMax: Duration
    private let contents: Mutex<Contents>
    let handshake: StalledHandshakes.Ticket

    init(replies: ReplyTable, options: NATSOptions) {
        self.replies = replies
        reconnectDelayMax = options.reconnectDelayMax
        handshake = StalledHandshakes.shared.begin(servers: options.addresses, timeout: options.connectTimeout)
        let reason = "no server yet at \(options.urls.withoutCredentials)"
        contents = Mutex(Contents(state: .disconnected(since: .now(), reason: reason)))
    }

    var state: BusState { contents.withLock { $0.state } }
    var payloadBytesMax: Int { contents.withLock { $0.payloadBytesMax } }

    /// - Parameter raw: the connection, for the time of this call.
    func connected(_ raw: OpaquePointer) {
        let limit = Int(natsConnection_GetMaxPayload(raw))
        var url = [CChar](repeating: 0, count: 1_024)
        let status = natsConnection_GetConnectedUrl(raw, &url, url.count)
        let text = String(decoding: url.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let server = status == NATS_OK ? text.withoutCredentials : "unknown"
        handshake.connected(localPort: raw.localPort, servers: raw.servers)
        let waiting = contents.withLock { contents in
            if limit > 0 { contents.payloadBytesMax = limit }
            contents.rejection = nil
            defer { contents.waitingForConnection = [] }
            return contents.waitingForConnection
        }
        change(to: .connected(server: server))
        for number in waiting { replies.finish(number, .success([])) }
    }

    func disconnected(_ raw: OpaquePointer) {
        var words: UnsafePointer<CChar>?
        natsConnection_GetLastError(raw, &words)
        let reason = words.map { String(cString: $0) } ?? ""
        disconnected(reason: reason.isEmpty ? "the server is gone" : reason)
    }

    /// Keeps the time of the first notice when several come.
    func disconnected(reason: String) {
        handshake.disconnected()
        guard case .connected = state else { return }
        change(to: .disconnected(since: .now(), reason: reason))
    }

    func closed(reason: String) {
        handshake.closed()
        change(to: .closed(reason: contents.withLock { $0.rejection } ?? reason))
    }

    func rejected(reason: String) {
        contents.withLock { $0.rejection = reason }
    }

    /// Lets an entry of the reply table end when there is a connection; at once if there is one.
    func finishWhenConnected(_ number: UInt64) {
        let isConnected = contents.withLock { contents in
            if contents.state.failure == nil { return true }
            contents.waitingForConnection.append(number)
            return false
        }
        if isConnected { replies.finish(number, .success([])) }
    }

    func observe(_ handler: @escaping @Sendable (BusNotice) -> Void) -> UInt64 {
        let (number, state) = contents.withLock { contents in
            contents.lastObserver += 1
            contents.observers[contents.lastObserver] = handler
            return (contents.lastObserver, contents.state)
        }
        handler(.state(state))
        return number
    }

    func forget(observer number: UInt64) {
        contents.withLock { $0.observers[number] = nil }
    }

    func announce(_ notice: BusNotice) {
        let observers = contents.withLock { Array($0.observers.values) }
        for tell in observers { tell(notice) }
    }

    private func change(to state: BusState) {
        let isNews = contents.withLock { contents in
            if case .closed = contents.state { return false }
            defer { contents.state = state }
            return contents.state != state
        }
        guard isNews else { return }
        if let failure = state.failure {
            let isFinal = if case .closed = state { true } else { false }
            replies.failAll(failure, forGood: isFinal)
        }
        announce(.state(state))
    }
}

/// What the client library says of a connection.
extension OpaquePointer {
    fileprivate var localPort: UInt16? {
        var ip: UnsafeMutablePointer<CChar>?
        var port: CInt = 0
        guard natsConnection_GetLocalIPAndPort(self, &ip, &port) == NATS_OK else { return nil }
        free(ip)
        return UInt16(exactly: port)
    }

    /// All addresses that it knows.
    fileprivate var servers: [String] {
        var texts: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        var count: CInt = 0
        guard natsConnection_GetServers(self, &texts, &count) == NATS_OK, let texts else { return [] }
        defer { free(texts) }
        return (0..<Int(count)).compactMap { index in
            guard let text = texts[index] else { return nil }
            defer { free(text) }
            return String(cString: text)
        }
    }
}

extension ConnectionEvents {
    /// Safety: `closure` is the reference that `ConnectionHandle` retained for the C side; it lives until `onClosed`.
    private static func from(_ closure: UnsafeMutableRawPointer?) -> ConnectionEvents? {
        closure.map { Unmanaged<ConnectionEvents>.fromOpaque($0).takeUnretainedValue() }
    }

    static let onConnected: natsConnectionHandler = { raw, closure in
        guard let raw else { return }
        from(closure)?.connected(raw)
    }

    static let onDisconnected: natsConnectionHandler = { raw, closure in
        guard let raw else { return }
        from(closure)?.disconnected(raw)
    }

    /// The last callback of a connection.
    static let onClosed: natsConnectionHandler = { raw, closure in
        guard let raw, let closure else { return }
        var words: UnsafePointer<CChar>?
        natsConnection_GetLastError(raw, &words)
        let reason = words.map { String(cString: $0) } ?? ""
        let events = Unmanaged<ConnectionEvents>.fromOpaque(closure).takeRetainedValue()
        events.closed(reason: reason.isEmpty ? "by the server" : reason)
    }

    static let onError: natsErrHandler = { raw, subscription, status, closure in
        guard let events = from(closure) else { return }
        if status == NATS_SLOW_CONSUMER, let subscription {
            var total: Int64 = 0
            natsSubscription_GetDropped(subscription, &total)
            let pattern = natsSubscription_GetSubject(subscription).map { String(cString: $0) } ?? ""
            events.announce(.dropped(SubjectPattern(received: pattern), total: Int(total)))
            return
        }
        var words: UnsafePointer<CChar>?
        if let raw { natsConnection_GetLastError(raw, &words) }
        let text = words.map { String(cString: $0) } ?? ""
        let complaint = text.isEmpty ? status.text : text
        if status == NATS_CONNECTION_AUTH_FAILED { events.rejected(reason: complaint) }
        events.announce(.complaint(complaint))
    }

    /// Milliseconds until the next attempt, by the number of those that failed.
    static let reconnectDelay: natsCustomReconnectDelayHandler = { _, attempts, closure in
        let longest = from(closure)?.reconnectDelayMax.milliseconds ?? 2_000
        let backedOff = max(1, longest / 20) << Int64(min(max(0, attempts - 1), 10))
        let delay = min(backedOff, longest)
        // Hosts that lost the same server do not all come back in the same moment.
        return delay / 2 + Int64.random(in: 0...max(1, delay / 2))
    }
}
